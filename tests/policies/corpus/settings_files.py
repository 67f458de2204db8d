"""Settings files that keep their secrets elsewhere."""

from __future__ import annotations

import json

from tests.policies.corpus.draw import Draw
from tests.policies.corpus.entry import Made, kind


@kind("settings-file", secret=False, times=30)
def settings_file(draw: Draw) -> Made:
    host, word = draw.host(), draw.word()
    return draw.random.choice(
        (
            (
                "config",
                "/etc/redis/redis.conf",
                f"port 0\ntls-port 6379\naclfile /run/secrets/users.acl\nmaxmemory {draw.number(16, 512)}mb\n",
            ),
            (
                "config",
                "/etc/nginx/nginx.conf",
                f"ssl_certificate_key /run/secrets/{word}.key;\nproxy_set_header Authorization $http_authorization;\n",
            ),
            (
                "config",
                "/etc/postgresql/pg_hba.conf",
                "hostssl all all 0.0.0.0/0 scram-sha-256 clientcert=verify-full\nlocal all postgres peer\n",
            ),
            (
                "config",
                "/app/config.json",
                json.dumps({"db": {"host": host, "user": word, "passwordFile": f"/run/secrets/{word}"}}),
            ),
            (
                "config",
                "/app/config.yaml",
                f"auth:\n  type: oauth2\n  token_url: https://{draw.site()}/token\n  client_id: {draw.uuid()}\n",
            ),
            (
                "config",
                "/etc/prometheus.yml",
                f"scrape_configs:\n- job_name: {word}\n  tls_config:\n    key_file: /run/secrets/{word}.key\n",
            ),
            (
                "config",
                "/etc/haproxy.cfg",
                "global\n  ssl-default-bind-options ssl-min-ver TLSv1.3\ndefaults\n  timeout client 30s\n",
            ),
            (
                "config",
                "/etc/alertmanager.yml",
                f"receivers:\n- name: {word}\n  slack_configs:\n  - api_url_file: /run/secrets/{word}\n",
            ),
            (
                "config",
                "/app/app.properties",
                f"server.port={draw.number(1024, 65535)}\nkey.serializer=org.{word}.StringSerializer\n",
            ),
            (
                "config",
                "/app/messages_en.properties",
                f"login.password=Password\nlogin.forgot=Forgot your password, {word}?\n",
            ),
            (
                "config",
                "/app/schema.sql",
                f"CREATE TABLE {word} (id uuid PRIMARY KEY, password_hash text NOT NULL, api_token text);\n",
            ),
            (
                "config",
                "/app/logging.json",
                json.dumps({"version": 1, "redact": ["password", "token", "secret"], "level": "INFO"}),
            ),
            (
                "config",
                "/etc/squid/squid.conf",
                f"acl {word} dstdomain {draw.site()}\nhttp_access allow {word}\nhttp_access deny all\n",
            ),
            (
                "config",
                "/app/openapi.yaml",
                "components:\n  securitySchemes:\n    api_key:\n      type: apiKey\n      name: X-API-Key\n",
            ),
            (
                "config",
                "/etc/pgbouncer.ini",
                f"[pgbouncer]\nauth_type = scram-sha-256\nauth_file = /run/secrets/{word}\n",
            ),
        )
    )
