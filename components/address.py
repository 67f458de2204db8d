"""Where a caller finds its callee, and with which files: literal environment variables, so that rules can read them."""

from components.text import postgres
from diagram import Link, Protocol

SECRETS = "/run/secrets"


def of(link: Link, generation: int) -> dict[str, str]:
    """The environment of `link`'s caller."""
    prefix = link.callee.upper().replace("-", "_")
    match link.protocol:
        case Protocol.http:
            return {f"{prefix}_URL": f"https://{link.callee}:{link.port}", **_files(prefix, link.callee)}
        case Protocol.postgres:
            login = postgres.login(link.caller, generation)
            return {
                f"{prefix}_URL": f"postgresql://{login}@{link.callee}:{link.port}/{link.database}"
                f"?sslmode=verify-full&sslrootcert={SECRETS}/root.pem"
                f"&sslcert={SECRETS}/{link.callee}.pem&sslkey={SECRETS}/{link.callee}.pem.key",
                f"{prefix}_PASSWORD_FILE": f"{SECRETS}/{link.callee}.password",
            }
        case Protocol.redis:
            login = postgres.login(link.caller, generation)
            return {
                f"{prefix}_URL": f"rediss://{login}@{link.callee}:{link.port}/0"
                f"?ssl_cert_reqs=required&ssl_check_hostname=true&ssl_ca_certs={SECRETS}/root.pem"
                f"&ssl_certfile={SECRETS}/{link.callee}.pem&ssl_keyfile={SECRETS}/{link.callee}.pem.key",
                f"{prefix}_PASSWORD_FILE": f"{SECRETS}/{link.callee}.password",
            }
        case Protocol.proxy:
            return {f"{prefix}_PROXY": f"http://127.0.0.1:{link.port}", f"{prefix}_HOSTS": ",".join(link.hosts)}
        case Protocol.tcp:
            return {f"{prefix}_ADDRESS": f"127.0.0.1:{link.port}"}
        case _:
            return {}


def _files(prefix: str, callee: str) -> dict[str, str]:
    return {
        f"{prefix}_CA_FILE": f"{SECRETS}/root.pem",
        f"{prefix}_CERT_FILE": f"{SECRETS}/{callee}.pem",
        f"{prefix}_KEY_FILE": f"{SECRETS}/{callee}.pem.key",
    }
