"""MinIO: its front, and what its callers may do."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from components.text import postgres
from components.text.haproxy import GIVEN, HEAD
from diagram import Link, ObjectStore
from diagram.service import LOOPBACK

ON_OBJECTS = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
]


def front(service: ObjectStore, callers: Sequence[str], readers: Sequence[str]) -> str:
    """The front: a caller uses its own key only, `readers` see the figures; the keeper comes by the socket.

    Which generations of a caller's key count, MinIO knows from its keeper: the front stays as it is in a rotation.
    """
    groups = "|".join(sorted(postgres.group(caller) for caller in callers))
    caller = f"ssl_c_s_dn(cn) -m reg ^({groups})_g[0-9]+$" if callers else "always_false"
    reader = f"ssl_c_s_dn(cn) -m str {' '.join(sorted(readers))}" if readers else "always_false"
    return f"""{HEAD.format(idle=service.grace)}
frontend front
    mode http
    bind :{service.port} ssl {GIVEN} verify required alpn http/1.1
    acl caller {caller}
    acl reader {reader}
    http-request reject unless caller or reader
    http-request set-header X-Rempart-Caller %[ssl_c_s_dn(cn)]
    http-request allow if {{ path -m str {service.health.alive} }}
    http-request deny if reader !{{ path -m str {service.metrics} }}
    http-request deny if !reader {{ path_beg /minio/ }}
    http-request set-var(txn.caller) ssl_c_s_dn(cn)
    http-request set-var(txn.signer) req.fhdr(authorization),field(2,=),field(1,/)
    http-request deny unless reader or {{ var(txn.signer),strcmp(txn.caller) eq 0 }}
    default_backend application

frontend keeper
    mode http
    bind unix@/run/keeper/minio.sock mode 600
    default_backend application

backend application
    mode http
    retry-on conn-failure
    server application 127.0.0.1:{service.port and service.port + LOOPBACK}
"""


def grants(service: ObjectStore, links: Sequence[Link], secrets: Mapping[str, str]) -> str:
    """grants.json: each caller's policy, and each accepted login with its secret key."""
    policies = {postgres.group(link.caller): _policy(service.bucket, link.prefixes) for link in links}
    users = {
        login: {"policy": login.rpartition("_g")[0], "secret": secret} for login, secret in sorted(secrets.items())
    }
    return json.dumps({"bucket": service.bucket, "policies": policies, "users": users})


def _policy(bucket: str, prefixes: Sequence[str]) -> dict[str, Any]:
    """Listing, reading and writing under `prefixes`, and nothing else."""
    root = f"arn:aws:s3:::{bucket}"
    under = [f"{prefix}*" for prefix in prefixes]
    statements = [
        {"Effect": "Allow", "Action": ["s3:GetBucketLocation"], "Resource": [root]},
        {
            "Effect": "Allow",
            "Action": ["s3:ListBucket"],
            "Resource": [root],
            "Condition": {"StringLike": {"s3:prefix": under}},
        },
        {"Effect": "Allow", "Action": ON_OBJECTS, "Resource": [f"{root}/{names}" for names in under]},
    ]
    return {"Version": "2012-10-17", "Statement": statements}
