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
        case Protocol.postgres | Protocol.redis | Protocol.mongodb | Protocol.amqp:
            word = {f"{prefix}_PASSWORD_FILE": f"{SECRETS}/{link.callee}.password"}
            url = {f"{prefix}_URL": _data(link, postgres.login(link.caller, generation))}
            return url if link.protocol is Protocol.amqp else url | word
        case Protocol.s3:
            return {
                f"{prefix}_URL": f"https://{link.callee}:{link.port}",
                f"{prefix}_BUCKET": link.bucket,
                f"{prefix}_USER": postgres.login(link.caller, generation),
                f"{prefix}_PASSWORD_FILE": f"{SECRETS}/{link.callee}.password",
                **_files(prefix, link.callee),
            }
        case Protocol.proxy:
            return {f"{prefix}_PROXY": f"http://127.0.0.1:{link.port}", f"{prefix}_HOSTS": ",".join(link.hosts)}
        case Protocol.tcp:
            return {f"{prefix}_ADDRESS": f"127.0.0.1:{link.port}"}
        case _:
            return {}


def _data(link: Link, login: str) -> str:
    """The URL of what keeps data; the password, where there is one, is in a file."""
    at = f"{login}@{link.callee}:{link.port}"
    root, leaf = f"{SECRETS}/root.pem", f"{SECRETS}/{link.callee}.pem"
    match link.protocol:
        case Protocol.postgres:
            verified = f"sslmode=verify-full&sslrootcert={root}&sslcert={leaf}&sslkey={leaf}.key"
            return f"postgresql://{at}/{link.database}?{verified}"
        case Protocol.redis:
            verified = "ssl_cert_reqs=required&ssl_check_hostname=true"
            return f"rediss://{at}/0?{verified}&ssl_ca_certs={root}&ssl_certfile={leaf}&ssl_keyfile={leaf}.key"
        case Protocol.amqp:
            files = f"verify=verify_peer&cacertfile={root}&certfile={leaf}&keyfile={leaf}.key"
            return f"amqps://{at}/{link.database}?auth_mechanism=EXTERNAL&{files}"
        case _:
            members = ",".join(f"{member}:{link.port}" for member in link.members)
            elected = f"replicaSet={link.callee}&authSource=admin&authMechanism=SCRAM-SHA-256&w=majority"
            verified = f"tls=true&tlsCAFile={root}&tlsCertificateKeyFile={leaf}"
            return f"mongodb://{login}@{members}/{link.database}?{elected}&{verified}"


def _files(prefix: str, callee: str) -> dict[str, str]:
    return {
        f"{prefix}_CA_FILE": f"{SECRETS}/root.pem",
        f"{prefix}_CERT_FILE": f"{SECRETS}/{callee}.pem",
        f"{prefix}_KEY_FILE": f"{SECRETS}/{callee}.pem.key",
    }
