"""PgBouncer: its settings, and who may come from where."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

from components.text import postgres
from diagram import Pooler

SECRETS = "/run/secrets"
QUESTION = 'SELECT login, verifier FROM pooling."{}"($1)'
WATCHERS = 10
"""Connections for exporters and the health check, beside those of its clients."""
DESCRIPTORS = 100
"""File descriptors beside those of clients and servers."""


def settings(service: Pooler, own: str, readers: Sequence[str]) -> str:
    """pgbouncer.ini: transactions are pooled, both sides verified; `own` is its login, `readers` see its figures."""
    database, name = service.of, service.of.name
    return f"""\
[databases]
{database.database} = host={name} port={database.port} dbname={database.database}

[pgbouncer]
listen_addr = *
listen_port = {service.port}
unix_socket_dir = /tmp
unix_socket_mode = 0700
pool_mode = transaction
max_client_conn = {service.clients + WATCHERS}
default_pool_size = {service.pool}
max_db_connections = {service.connections}
server_connect_timeout = 5
server_login_retry = 1
query_wait_timeout = 60
dns_max_ttl = 2
dns_nxdomain_ttl = 1
tcp_keepalive = 1
client_login_timeout = 30
ignore_startup_parameters = extra_float_digits
auth_type = hba
auth_hba_file = /tmp/hba.conf
auth_file = {SECRETS}/users.txt
auth_user = {own}
auth_query = {QUESTION.format(postgres.group(service.name))}
stats_users = {", ".join(readers)}
client_tls_sslmode = verify-full
client_tls_protocols = tlsv1.3
client_tls_ca_file = {SECRETS}/callers.pem
client_tls_cert_file = {SECRETS}/front.pem
client_tls_key_file = {SECRETS}/front.pem.key
server_tls_sslmode = verify-full
server_tls_protocols = tlsv1.3
server_tls_ca_file = {SECRETS}/root.pem
server_tls_cert_file = {SECRETS}/{name}.pem
server_tls_key_file = {SECRETS}/{name}.pem.key
log_connections = 0
log_disconnections = 0
"""


def admitted(logins: Mapping[str, tuple[str, IPv4Network]]) -> str:
    """Each login with its database and its link's network; the image makes records of hba.conf from them."""
    return "".join(f"{database} {login} {network}\n" for login, (database, network) in sorted(logins.items()))


def users(own: Mapping[str, str], readers: Mapping[str, str]) -> str:
    """users.txt: its own logins with their passwords, and those of the console's readers with their verifiers.

    All others it asks the database for.
    """
    return "".join(f'"{login}" "{word}"\n' for login, word in sorted({**own, **readers}.items()))


def descriptors(service: Pooler) -> int:
    """The file descriptors that it needs when every client and every server is connected."""
    return service.clients + WATCHERS + service.connections + DESCRIPTORS
