"""Redis takes certificates, callers' authority and users from its keeper, also new ones while it runs."""

import hashlib

import pytest

from tests.images.certificates import Authority, Pair
from tests.images.lab import Lab, run
from tests.images.test_postgres_keeper import files_of

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

SETTINGS = """
port 0
tls-port 6379
unixsocket /run/keeper/redis.sock
unixsocketperm 700
tls-cert-file /run/keeper/server.pem
tls-key-file /run/keeper/server.pem.key
tls-ca-cert-file /run/keeper/callers.pem
tls-auth-clients yes
tls-protocols TLSv1.3
aclfile /run/keeper/users.acl
protected-mode no
dir /data
"""


def hashed(password: str) -> str:
    return "#" + hashlib.sha256(password.encode()).hexdigest()


def held(server: Pair, callers: Authority, keeper: str, **users: str) -> dict[str, str]:
    lines = ["user default off", f"user keeper on {hashed(keeper)} ~* &* +@all"]
    lines += [
        f"user {name} on {hashed(password)} ~queue:* resetchannels +@all -@admin" for name, password in users.items()
    ]
    return {
        "server.pem": server.certificate,
        "server.pem.key": server.key,
        "callers.pem": callers.certificate,
        "users.acl": "\n".join(lines) + "\n",
        "keeper.password": keeper,
    }


def start(lab: Lab, files: dict[str, str]) -> None:
    shared = lab.memory()
    configs = {"/etc/redis/redis.conf": SETTINGS}
    check = ["probe-redis", "/run/keeper/redis.sock"]
    lab.service("redis", "redis", ["redis"], check, configs=configs, mounts=[shared, lab.data("/data")])
    lab.service("keeper", "redis", ["keeper"], ["test", "-f", "/tmp/ready"], files=files, mounts=[shared])
    lab.healthy("redis")
    lab.healthy("keeper")


def command(user: str, leaf: str | None) -> str:
    own = f"--cert /certs/{leaf}.pem --key /certs/{leaf}.key" if leaf else ""
    return f"timeout 90 redis-cli -h redis --tls --cacert /certs/root.pem {own} --user {user} --no-auth-warning"


def test_only_a_listed_user_with_a_certificate_and_password_gets_in_and_only_to_its_keys(lab: Lab) -> None:
    """Password and certificate are both needed, and the certificate must come from the callers' authority."""
    root, callers, others = Authority("root"), Authority("callers"), Authority("others")
    start(lab, held(root.server("redis"), callers, "kk", api_g1="first"))
    leaves = files_of(root, own=callers.client("api"), alien=others.client("api"))
    client = lab.client_container("redis", leaves)

    def ask(leaf: str | None, words: str, password: str = "first") -> str:
        return run(client, "sh", "-c", f"{command('api_g1', leaf)} {words} 2>&1", REDISCLI_AUTH=password)[1]

    assert ask("own", "SET queue:1 kept") == "OK\n"
    assert "NOPERM" in ask("own", "GET other:1")
    assert "WRONGPASS" in ask("own", "PING", "wrong")
    assert "Error: " in ask(None, "PING")
    assert "Error: " in ask("alien", "PING")
    assert ask("own", "PING") == "PONG\n"


def test_a_rotation_needs_no_restart_and_cuts_only_the_users_who_left(lab: Lab) -> None:
    """After one update of the keeper: new authority, leaf and user are in use; a user who stays keeps the session."""
    root, old, new = Authority("root"), Authority("callers"), Authority("callers")
    start(lab, held(root.server("redis"), old, "k1", api_g1="first", stays_g1="same"))
    before = lab.healthy("redis").id
    client = lab.client_container("redis", files_of(root, old=old.client("api"), new=new.client("api")))
    for user, password in (("api_g1", "first"), ("stays_g1", "same")):
        wait = f"{command(user, 'old')} BLPOP queue:{user} 80 > /tmp/{user} 2>&1"
        client.exec_run(["sh", "-c", wait], environment={"REDISCLI_AUTH": password}, detach=True)

    served = root.server("redis")
    lab.give("keeper", held(served, new, "k2", api_g2="second", stays_g1="same"))
    lab.until(lambda: "deleted users" in lab.logs("keeper"), 60, lambda: lab.logs("keeper"))
    lab.healthy("keeper")

    def ask(user: str, leaf: str, password: str, words: str) -> str:
        return run(client, "sh", "-c", f"{command(user, leaf)} {words} 2>&1", REDISCLI_AUTH=password)[1]

    assert ask("api_g2", "new", "second", "LPUSH queue:stays_g1 word") == "1\n"
    assert "Error: " in ask("api_g2", "old", "second", "PING")
    assert "WRONGPASS" in ask("api_g1", "new", "first", "PING")
    lab.until(lambda: "word" in run(client, "cat", "/tmp/stays_g1")[1], 10, lambda: "the session of stays_g1 was cut")
    assert "word" not in run(client, "cat", "/tmp/api_g1")[1]
    assert run(client, "cat", "/tmp/api_g1")[1] != ""
    shown = run(client, "sh", "-c", "openssl s_client -connect redis:6379 </dev/null 2>/dev/null | openssl x509")
    assert shown[1].strip() == served.certificate.strip()
    assert lab.healthy("redis").id == before
