"""PostgreSQL takes certificates, callers' authority, roles and schema from its keeper, also new ones while it runs."""

import base64
import hashlib
import hmac

import pytest

from tests.images.certificates import Authority, Pair
from tests.images.lab import Lab, run

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

SETTINGS = """
listen_addresses = '*'
unix_socket_directories = '/run/keeper'
ssl = on
ssl_cert_file = '/run/keeper/server.pem'
ssl_key_file = '/run/keeper/server.pem.key'
ssl_ca_file = '/run/keeper/callers.pem'
ssl_min_protocol_version = 'TLSv1.3'
"""
HOST_BASED = """
local all rempart peer
hostssl notes +api all scram-sha-256 clientcert=verify-full
"""
SCHEMA = r"""
\connect notes
CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE IF NOT EXISTS note (line text);
GRANT SELECT, INSERT ON note TO api;
"""


def verifier(password: str) -> str:
    salt = b"0123456789abcdef"
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 4096)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    parts = [base64.b64encode(part).decode() for part in (salt, stored, hmac.digest(salted, b"Server Key", "sha256"))]
    return f"SCRAM-SHA-256$4096:{parts[0]}${parts[1]}:{parts[2]}"


def roles(password: str, *, login: str, closed: str | None = None) -> str:
    missing = "WHERE NOT EXISTS (SELECT FROM pg_{0} WHERE {1} = '{2}') \\gexec"
    lines = [
        f"SELECT 'CREATE DATABASE notes' {missing.format('database', 'datname', 'notes')}",
        f"SELECT 'CREATE ROLE api NOLOGIN' {missing.format('roles', 'rolname', 'api')}",
        f"SELECT 'CREATE ROLE {login}' {missing.format('roles', 'rolname', login)}",
        f"ALTER ROLE {login} LOGIN PASSWORD '{verifier(password)}';",
        f"GRANT api TO {login};",
    ]
    if closed:
        lines.append(f"ALTER ROLE {closed} NOLOGIN;")
    return "\n".join(lines)


DATA = "/var/lib/postgresql/data"


def held(server: Pair, callers: Authority, roles_sql: str) -> dict[str, str]:
    return {
        "server.pem": server.certificate,
        "server.pem.key": server.key,
        "callers.pem": callers.certificate,
        "roles.sql": roles_sql,
    }


def start(lab: Lab, files: dict[str, str]) -> None:
    shared = lab.memory()
    lab.service(
        "postgres",
        "postgres",
        ["postgres"],
        ["pg_isready", "-q", "-h", "/run/keeper"],
        configs={"/etc/postgresql/postgresql.conf": SETTINGS, "/etc/postgresql/pg_hba.conf": HOST_BASED},
        mounts=[shared, lab.data(DATA)],
        signal="SIGINT",
    )
    ready = ["test", "-f", "/tmp/ready"]
    configs = {"/etc/keeper/schema.sql": SCHEMA}
    lab.service("keeper", "postgres", ["keeper"], ready, files=files, configs=configs, mounts=[shared])
    lab.healthy("postgres", 90)
    lab.healthy("keeper")


def url(role: str, leaf: str | None) -> str:
    address = (
        f"postgresql://{role}@postgres:5432/notes?sslmode=verify-full&sslrootcert=/certs/root.pem&connect_timeout=5"
    )
    return address + (f"&sslcert=/certs/{leaf}.pem&sslkey=/certs/{leaf}.key" if leaf else "&sslcert=/none&sslkey=/none")


def files_of(root: Authority, **leaves: Pair) -> dict[str, str]:
    files = {"root.pem": root.certificate}
    for name, leaf in leaves.items():
        files |= {f"{name}.pem": leaf.certificate, f"{name}.key": leaf.key}
    return files


def test_only_a_listed_role_with_its_own_certificate_and_password_gets_in(lab: Lab) -> None:
    """Password and certificate are both needed, and the certificate must come from the callers' authority."""
    root, callers, others = Authority("root"), Authority("callers"), Authority("others")
    start(lab, held(root.server("postgres"), callers, roles("first", login="api_g1")))
    client = lab.client_container(
        "postgres",
        files_of(root, own=callers.client("api_g1"), named=callers.client("agent_g1"), alien=others.client("api_g1")),
    )

    def ask(leaf: str | None, password: str = "first") -> tuple[int, str]:
        statement = "INSERT INTO note VALUES ('kept') RETURNING line"
        return run(client, "psql", "-XAtq", url("api_g1", leaf), "-c", statement, PGPASSWORD=password)

    assert ask("own") == (0, "kept\n")
    assert "password authentication failed" in ask("own", "wrong")[1]
    assert "valid client certificate" in ask(None)[1]
    assert "authentication failed" in ask("named")[1]
    assert "unknown ca" in ask("alien")[1]


def test_a_rotation_needs_no_restart_and_ends_the_sessions_of_closed_roles(lab: Lab) -> None:
    """After one update of the keeper: new authority, leaf and role are in use; the old ones are not."""
    root, old, new = Authority("root"), Authority("callers"), Authority("callers")
    start(lab, held(root.server("postgres"), old, roles("first", login="api_g1")))
    before = lab.healthy("postgres").id
    leaves = {"old": old.client("api_g1"), "new": new.client("api_g2")}
    client = lab.client_container("postgres", files_of(root, **leaves))
    open_session = ["sh", "-c", f"psql -XAtq '{url('api_g1', 'old')}' -c 'SELECT pg_sleep(120)' 2>/tmp/ended"]
    client.exec_run(open_session, environment={"PGPASSWORD": "first"}, detach=True)

    served = root.server("postgres")
    lab.give("keeper", held(served, new, roles("second", login="api_g2", closed="api_g1")))
    lab.until(lambda: "server.pem" in lab.logs("keeper") and lab.healthy("keeper"), 60, lambda: lab.logs("keeper"))

    assert run(client, "psql", "-XAtq", url("api_g2", "new"), "-c", "SELECT 1", PGPASSWORD="second") == (0, "1\n")
    assert run(client, "psql", "-XAtq", url("api_g1", "old"), "-c", "SELECT 1", PGPASSWORD="first")[0] != 0
    assert "terminating connection" in run(client, "cat", "/tmp/ended")[1]
    shown = "openssl s_client -starttls postgres -connect postgres:5432 </dev/null 2>/dev/null | openssl x509"
    assert run(client, "sh", "-c", shown)[1].strip() == served.certificate.strip()
    assert lab.healthy("postgres").id == before
    for service in ("postgres", "keeper"):
        assert "SCRAM-SHA-256$" not in lab.logs(service)


def test_a_roles_file_that_fails_leaves_the_keeper_unready_and_its_verifiers_unlogged(lab: Lab) -> None:
    """The keeper's log says what is wrong, without a verifier, and the keeper never says that it is ready."""
    root, callers = Authority("root"), Authority("callers")
    broken = roles("first", login="api_g1") + f"\nALTER ROLE nobody PASSWORD '{verifier('x')}';"
    shared = lab.memory()
    configs = {"/etc/postgresql/postgresql.conf": SETTINGS, "/etc/postgresql/pg_hba.conf": HOST_BASED}
    check = ["test", "-f", "/tmp/ready"]
    mounts = [shared, lab.data(DATA)]
    lab.service("postgres", "postgres", ["postgres"], ["true"], configs=configs, mounts=mounts, signal="SIGINT")
    files = held(root.server("postgres"), callers, broken)
    lab.service("keeper", "postgres", ["keeper"], check, files=files, mounts=[shared])
    lab.until(lambda: 'role "nobody" does not exist' in lab.logs("keeper"), 60, lambda: lab.logs("keeper"))
    assert all(c.attrs["State"]["Health"]["Status"] == "starting" for c in lab.containers("keeper"))
    assert "SCRAM-SHA-256$" not in lab.logs("keeper") + lab.logs("postgres")
