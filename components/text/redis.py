"""Redis: its settings and its users."""

import hashlib
from collections.abc import Mapping, Sequence

from diagram import Cache, Link
from diagram.description import in_bytes

KEEPER = "keeper"
EVERY_CALLER = "+@all -@admin -@dangerous +info"
"""What a caller may do on its own keys; a link's rules come after it."""


def settings(service: Cache) -> str:
    """redis.conf: TLS 1.3 with client certificates only, and every acknowledged write on disk where it is durable."""
    memory = in_bytes(service.memory) * 3 // 4
    persistence = "appendonly yes\nappendfsync always" if service.durable else 'appendonly no\nsave ""'
    return f"""\
port 0
tls-port {service.port}
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
{persistence}
maxmemory {memory}
maxmemory-policy {"noeviction" if service.durable else "allkeys-lru"}
timeout 0
tcp-keepalive 60
"""


def users(callers: Sequence[Link], passwords: Mapping[str, str], keeper_password: str) -> str:
    """users.acl: `passwords` maps a user (``<caller>_g<n>``) to its password; the file holds SHA-256 hashes only."""
    rules = {link.caller.replace("-", "_"): " ".join(link.keys) for link in callers}
    lines = ["user default off", f"user {KEEPER} on #{_hash(keeper_password)} ~* &* +@all"]
    for user, password in sorted(passwords.items()):
        own = rules[user.rpartition("_g")[0]]
        lines.append(f"user {user} on #{_hash(password)} resetchannels {EVERY_CALLER} {own}".rstrip())
    return "\n".join(lines) + "\n"


def _hash(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()
