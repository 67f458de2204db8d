"""PostgreSQL: its settings, who may connect, and the roles of its callers."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

from diagram import Database, Link
from diagram.description import in_bytes

OWNER = "rempart"
"""The superuser: the keeper, by the unix socket, as the server's own system user."""

READS_EVERYTHING = "pg_read_all_data"

ITERATIONS = 4096
"""PostgreSQL's default for SCRAM-SHA-256."""


def group(caller: str) -> str:
    """The NOLOGIN role that holds a caller's rights."""
    return caller.replace("-", "_")


def clients(pooler: str) -> str:
    """The NOLOGIN role whose members a pooler may stand for."""
    return f"{group(pooler)}_clients"


def login(caller: str, generation: int) -> str:
    """The role that a caller logs in as; also the name in its certificate."""
    return f"{group(caller)}_g{generation}"


def verifier(password: str, salt: bytes) -> str:
    """The SCRAM-SHA-256 verifier (RFC 5803) of a password of ASCII letters and digits."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    server = hmac.digest(salted, b"Server Key", "sha256")
    parts = (salt, hashlib.sha256(client).digest(), server)
    encoded = [base64.b64encode(part).decode() for part in parts]
    return f"SCRAM-SHA-256${ITERATIONS}:{encoded[0]}${encoded[1]}:{encoded[2]}"


def settings(service: Database) -> str:
    """postgresql.conf: TLS 1.3 only, nothing of a statement's parameters in the logs."""
    megabytes = in_bytes(service.memory) // 1024**2
    return f"""\
listen_addresses = '*'
port = {service.port}
unix_socket_directories = '/run/keeper'
max_connections = {service.connections}
shared_buffers = {megabytes // 4}MB
effective_cache_size = {megabytes // 2}MB
dynamic_shared_memory_type = posix
shared_preload_libraries = 'pg_stat_statements'
ssl = on
ssl_cert_file = '/run/keeper/server.pem'
ssl_key_file = '/run/keeper/server.pem.key'
ssl_ca_file = '/run/keeper/callers.pem'
ssl_min_protocol_version = 'TLSv1.3'
password_encryption = 'scram-sha-256'
authentication_timeout = 10s
log_destination = 'stderr'
log_line_prefix = '%m [%p] %u@%d '
log_connections = on
log_min_duration_statement = {service.slow_query_ms}
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
idle_in_transaction_session_timeout = 60s
"""


def host_based(service: Database, callers: Mapping[str, IPv4Network], poolers: Sequence[str] = ()) -> str:
    """pg_hba.conf: each caller from its own link's network, by password and a certificate of the same name.

    Whom a pooler stands for comes from the pooler's network, with a password of its own and the pooler's certificate.
    """
    lines = []
    for caller, network in sorted(callers.items()):
        at = f'hostssl "{service.database}" +{{}} {network} scram-sha-256 clientcert=verify-'
        lines.append(f"{at.format(group(caller))}full")
        if caller in poolers:
            lines.append(f"{at.format(clients(caller))}ca")
    return "\n".join([f"local all {OWNER} peer", *lines]) + "\n"


def roles(service: Database, callers: Sequence[Link], verifiers: Mapping[str, str], poolers: Sequence[str] = ()) -> str:
    """roles.sql: idempotent; shuts every login role that is not in `verifiers` (role to verifier)."""
    accepted = ", ".join(f"'{role}'" for role in sorted(verifiers))
    statements = [
        "\\set ON_ERROR_STOP on",
        _unless("pg_database WHERE datname", service.database, f'CREATE DATABASE "{service.database}"'),
        f'REVOKE ALL ON DATABASE "{service.database}" FROM PUBLIC;',
        *(_create(clients(pooler), "NOLOGIN") for pooler in poolers),
        *(_group(service, link) for link in callers),
        *(_login(role, verifier) for role, verifier in sorted(verifiers.items())),
        *(_held(role, callers) for role in sorted(verifiers)),
        _shut(accepted),
    ]
    return "\n".join(statements) + "\n"


def schema(service: Database, poolers: Sequence[str] = ()) -> str:
    """schema.sql: what poolers ask, and the application's own, in its database."""
    asked = "".join(_asked(pooler) for pooler in poolers)
    return f'\\set ON_ERROR_STOP on\n\\connect "{service.database}"\n{asked}{service.schema_sql}\n'


def _asked(pooler: str) -> str:
    """What a pooler may ask: the verifier of a login that it stands for, and of no other."""
    question = f'pooling."{group(pooler)}"(text)'
    return f"""\
CREATE SCHEMA IF NOT EXISTS pooling;
CREATE OR REPLACE FUNCTION pooling."{group(pooler)}"(asked text, OUT login text, OUT verifier text) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT rolname::text, rolpassword FROM pg_authid
  WHERE rolname = asked AND rolcanlogin AND NOT rolsuper AND pg_has_role(oid, '{clients(pooler)}', 'MEMBER')
$$;
REVOKE ALL ON FUNCTION {question} FROM PUBLIC;
GRANT USAGE ON SCHEMA pooling TO "{group(pooler)}";
GRANT EXECUTE ON FUNCTION {question} TO "{group(pooler)}";
"""


def _unless(where: str, name: str, statement: str) -> str:
    return f"SELECT '{statement}' WHERE NOT EXISTS (SELECT FROM {where} = '{name}')\\gexec"


def _create(role: str, attributes: str) -> str:
    return _unless("pg_roles WHERE rolname", role, f'CREATE ROLE "{role}" {attributes}')


def _group(service: Database, link: Link) -> str:
    role = group(link.caller)
    grants = [f'GRANT "{also}" TO "{role}";' for also in link.roles]
    return "\n".join(
        [_create(role, "NOLOGIN"), f'GRANT CONNECT ON DATABASE "{service.database}" TO "{role}";', *grants]
    )


def _login(role: str, verifier: str) -> str:
    caller = role.rpartition("_g")[0]
    return "\n".join(
        [
            _create(role, "LOGIN"),
            f"ALTER ROLE \"{role}\" LOGIN PASSWORD '{verifier}';",
            f'GRANT "{caller}" TO "{role}";',
        ]
    )


def _held(role: str, callers: Sequence[Link]) -> str:
    """Row policies hold every login but those that may read everything: a dump without some rows would be none."""
    readers = {group(link.caller) for link in callers if READS_EVERYTHING in link.roles}
    return f'ALTER ROLE "{role}" {"BYPASSRLS" if role.rpartition("_g")[0] in readers else "NOBYPASSRLS"};'


def _shut(accepted: str) -> str:
    return f"""\
DO $$ DECLARE gone text; BEGIN
  FOR gone IN SELECT rolname FROM pg_roles
    WHERE rolcanlogin AND rolname <> '{OWNER}' AND rolname NOT IN ({accepted or "''"})
  LOOP
    EXECUTE format('ALTER ROLE %I NOLOGIN PASSWORD NULL', gone);
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = gone;
  END LOOP;
END $$;"""
