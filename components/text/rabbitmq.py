"""RabbitMQ: its settings, and its users, rights and queues."""

import json
from collections.abc import Mapping
from typing import Any

from diagram import Link, Queue
from diagram.description import in_bytes

PROBE = "probe"
"""The name in the health check's certificate; no user has it."""

EVENTS = "celeryev"
"""The exchange on which Celery's workers tell of their tasks."""

NOTHING = "^$"


def settings(service: Queue) -> str:
    """rabbitmq.conf: TLS 1.3 with client certificates only, whose name is the user; the figures on loopback."""
    megabytes = in_bytes(service.memory) // 1024**2
    return f"""\
listeners.tcp = none
listeners.ssl.default = {service.port}
ssl_options.cacertfile = /run/keeper/callers.pem
ssl_options.certfile = /run/keeper/server.pem
ssl_options.keyfile = /run/keeper/server.pem.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
ssl_options.depth = 1
ssl_options.versions.1 = tlsv1.3
auth_mechanisms.1 = EXTERNAL
ssl_cert_login_from = common_name
load_definitions = /run/keeper/.definitions.json
vm_memory_high_watermark.absolute = {megabytes // 2}MiB
disk_free_limit.absolute = 256MiB
raft.wal_max_size_bytes = 33554432
collect_statistics_interval = 15000
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = {service.figures_port + 10_000}
prometheus.return_per_object_metrics = true
log.console = true
log.console.level = info
log.connection.level = error
"""


def definitions(service: Queue, logins: Mapping[str, Link]) -> str:
    """definitions.json: `logins` maps each user to its link. Nobody has a password, and nobody administers."""
    host = service.virtual_host
    document = {
        "vhosts": [{"name": host}],
        "users": [{"name": name, "password_hash": "", "tags": []} for name in sorted(logins)],
        "permissions": [{"user": name, "vhost": host, **_rights(link)} for name, link in sorted(logins.items())],
        "exchanges": [*(_exchange(host, name, "direct") for name in service.queues), _exchange(host, EVENTS, "topic")],
        "queues": [
            {
                "name": name, "vhost": host, "durable": True, "auto_delete": False,
                "arguments": {"x-queue-type": "quorum"},
            }
            for name in service.queues
        ],
        "bindings": [
            {
                "source": name, "vhost": host, "destination": name, "destination_type": "queue", "routing_key": name,
                "arguments": {},
            }
            for name in service.queues
        ],
    }  # fmt: skip
    return json.dumps(document, indent=1)


def _rights(link: Link) -> dict[str, str]:
    """Senders write to their queues' exchanges, takers read their queues and tell of it; who watches has queues of
    its own, which end with it, and reads events. Nobody makes or removes anything else.
    """
    own = rf"{EVENTS}\..+"
    configure = [own] if link.watches else []
    write = [*link.sends, *([EVENTS] if link.takes else []), *configure]
    read = [*link.takes, *([EVENTS, own] if link.watches else [])]
    return {"configure": _any(configure), "write": _any(write), "read": _any(read)}


def _any(names: list[str]) -> str:
    return f"^({'|'.join(names)})$" if names else NOTHING


def _exchange(host: str, name: str, kind: str) -> dict[str, Any]:
    return {
        "name": name, "vhost": host, "type": kind, "durable": True, "auto_delete": False, "internal": False,
        "arguments": {},
    }  # fmt: skip
