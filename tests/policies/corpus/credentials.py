"""Secrets without a vendor's format: passwords, keys, and the addresses and lines that hold them."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

from tests.policies.corpus import names
from tests.policies.corpus.draw import BASE32, Draw
from tests.policies.corpus.entry import Made, kind

PEM = {
    "RSA PRIVATE KEY": ("MIIEpAIBAAKCAQEA", 1170),
    "EC PRIVATE KEY": ("MHcCAQEEI", 110),
    "PRIVATE KEY": ("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg", 90),
    "ENCRYPTED PRIVATE KEY": ("MIIFLTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQI", 1200),
    "OPENSSH PRIVATE KEY": ("b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ", 240),
    "DSA PRIVATE KEY": ("MIIBuwIBAAKBgQ", 400),
    "PGP PRIVATE KEY BLOCK": ("lQVYBF", 700),
}


def password(draw: Draw) -> str:
    return draw.password() if draw.chance(2) else draw.human()


def pem(draw: Draw) -> str:
    what = draw.of(list(PEM))
    start, length = PEM[what]
    body = start + draw.base64(length)
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    return f"-----BEGIN {what}-----\n{lines}\n-----END {what}-----\n"


@kind("private-key", secret=True, times=16)
def private_key(draw: Draw) -> Made:
    key = pem(draw)
    return draw.random.choice(
        (
            ("env", draw.of(names.NEUTRAL), key),
            ("env", draw.of(("TLS_KEY", "SSH_PRIVATE_KEY", "SERVER_KEY")), key),
            ("config", "/etc/ssl/server.pem", key),
            (
                "config",
                "/etc/ssl/bundle.pem",
                f"-----BEGIN CERTIFICATE-----\nMIID{draw.base64(600)}\n-----END CERTIFICATE-----\n{key}",
            ),
            ("label", draw.of(names.LABEL), key),
        )
    )


@kind("private-key-on-one-line", secret=True, times=10)
def private_key_on_one_line(draw: Draw) -> Made:
    key = pem(draw)
    return draw.random.choice(
        (
            ("env", draw.of(names.NEUTRAL), key.replace("\n", "\\n")),
            ("env", draw.of(names.NEUTRAL), base64.b64encode(key.encode()).decode()),
            ("config", "/app/config.json", json.dumps({"issuer": draw.site(), "pem": key})),
        )
    )


@kind("database-address", secret=True, times=30)
def database_address(draw: Draw) -> Made:
    scheme = draw.of(
        ("postgresql", "postgres", "mysql", "mongodb+srv", "mongodb", "redis", "rediss", "amqp", "amqps", "mariadb",
         "postgresql+psycopg", "clickhouse", "mssql+pyodbc", "mysql+pymysql", "nats", "couchdb", "oracle", "db2")
    )  # fmt: skip
    who = "" if scheme.startswith("redis") and draw.chance() else draw.of(names.USER)
    url = f"{scheme}://{who}:{quote(password(draw), safe='')}@{draw.host()}:{draw.number(1024, 60000)}/{draw.word()}"
    return draw.random.choice(
        (
            ("env", draw.of(names.ADDRESS), url),
            ("env", draw.of(names.ADDRESS), f"{url}?sslmode=verify-full"),
            ("args", "", f"--dsn={url}"),
            ("label", draw.of(names.LABEL), url),
            ("config", draw.of(names.CONFIG_FILE), f"pool = 10\nurl = {url}\n"),
        )
    )


@kind("user-and-password-in-address", secret=True, times=16)
def user_and_password_in_address(draw: Draw) -> Made:
    scheme = draw.of(("https", "http", "ssh", "sftp", "ftp", "smtp", "smtps", "git+https", "ldap", "imaps", "socks5"))
    url = f"{scheme}://{draw.of(names.USER)}:{quote(password(draw), safe='')}@{draw.site()}/{draw.word()}"
    return draw.random.choice(
        (
            ("env", draw.of(names.NEUTRAL), url),
            ("healthcheck", "", f"curl -fsS {url}"),
            ("log-option", draw.of(("splunk-url", "gelf-address", "loki-url")), url),
            ("config", "/app/.git-credentials", f"{url}\n"),
            ("driver-option", "device", url),
        )
    )


@kind("authorization-header", secret=True, times=14)
def authorization_header(draw: Draw) -> Made:
    pair = base64.b64encode(f"{draw.of(names.USER)}:{password(draw)}".encode()).decode()
    header = draw.of(
        (f"Basic {pair}", f"Bearer {draw.alnum(40)}", f"Bearer {draw.urlsafe(32)}", f"Token {draw.hex(40)}")
    )
    return draw.random.choice(
        (
            ("env", draw.of(("OTEL_EXPORTER_OTLP_HEADERS", "EXTRA_HEADERS")), f"Authorization={header}"),
            ("healthcheck", "", f"curl -fsS -H 'Authorization: {header}' http://127.0.0.1:8000/health"),
            (
                "config",
                "/etc/nginx/conf.d/api.conf",
                f'location / {{\n  proxy_set_header Authorization "{header}";\n}}\n',
            ),
        )
    )


@kind("generated-password", secret=True, times=40)
def generated_password(draw: Draw) -> Made:
    return draw.of(("env", "env", "build-arg")), draw.of(names.PASSWORD), draw.password()


@kind("generated-token", secret=True, times=30)
def generated_token(draw: Draw) -> Made:
    value = draw.of((draw.password(), draw.urlsafe(32), draw.alnum(48), draw.base64(24), draw.uuid()))
    return draw.of(("env", "env", "build-arg", "driver-option")), draw.of(names.TOKEN), value


@kind("key-under-a-telling-name", secret=True, times=20)
def key_under_a_telling_name(draw: Draw) -> Made:
    key = draw.of(
        (
            draw.hex(32),
            draw.hex(64),
            draw.base64(32),
            draw.chars(BASE32, 32),
            f"base64:{draw.base64(32)}",
            draw.hex(128),
        )
    )
    return "env", draw.of(names.TOKEN), key


@kind("key-under-a-neutral-name", secret=True, times=20)
def key_under_a_neutral_name(draw: Draw) -> Made:
    key = draw.of((draw.hex(64), draw.base64(32), draw.base64(48), draw.urlsafe(32), draw.alnum(40), draw.hex(96)))
    return draw.of(("env", "label", "build-arg")), draw.of(names.NEUTRAL), key


@kind("human-password", secret=True, times=36)
def human_password(draw: Draw) -> Made:
    return "env", draw.of(names.PASSWORD), draw.human()


@kind("default-password", secret=True, times=16)
def default_password(draw: Draw) -> Made:
    """What everybody tries first: a finding, because it is what the program runs with."""
    value = draw.of(
        ("changeme", "admin", "postgres", "guest", "minioadmin", "password", "root", "secret", "123456", "changeit",
         "admin123", "qwerty", "letmein", "P@ssw0rd", "default", "test1234", "passw0rd", "welcome1")
    )  # fmt: skip
    return "env", draw.of(names.PASSWORD), value


@kind("numeric-password", secret=True, times=8)
def numeric_password(draw: Draw) -> Made:
    return "env", draw.of(names.PASSWORD), draw.digits(draw.of_numbers(6, 8, 10, 12))


@kind("password-argument", secret=True, times=24)
def password_argument(draw: Draw) -> Made:
    flag, value, user = draw.of(names.FLAG), password(draw), draw.of(names.USER)
    return draw.random.choice(
        (
            ("args", "", f"server --listen=:8080 {flag}={value}"),
            ("args", "", f"server {flag} {value} --verbose"),
            ("healthcheck", "", f"mysqladmin ping -u {user} -p{value}"),
            ("healthcheck", "", f"redis-cli -a {value} ping"),
            ("healthcheck", "", f"curl -fsS -u {user}:{value} http://127.0.0.1:9200/_cluster/health"),
            ("healthcheck", "", f"PGPASSWORD={value} psql -U {user} -c 'select 1'"),
            ("healthcheck", "", f"wget -q --user={user} --password={value} http://127.0.0.1/"),
            ("args", "", f"sh -c 'export DB_PASSWORD={value}; exec /app/run'"),
            ("healthcheck", "", f"mongosh --quiet -u {user} --password {value} --eval 'db.adminCommand(1)'"),
        )
    )


@kind("one-time-password-seed", secret=True, times=6)
def one_time_password_seed(draw: Draw) -> Made:
    seed = draw.chars(BASE32, 32)
    return draw.random.choice(
        (
            ("env", draw.of(("TOTP_SECRET", "MFA_SEED", "OTP_SECRET")), seed),
            (
                "env",
                draw.of(names.NEUTRAL),
                f"otpauth://totp/{draw.word()}:{draw.word()}?secret={seed}&issuer={draw.word()}",
            ),
        )
    )


@kind("connection-string", secret=True, times=16)
def connection_string(draw: Draw) -> Made:
    host, value, user, base = draw.host(), password(draw), draw.of(names.USER), draw.word()
    text = draw.random.choice(
        (
            f"Server={host};Database={base};User Id={user};Password={value};Encrypt=True",
            f"Data Source={host},1433;Initial Catalog={base};uid={user};pwd={value}",
            f"jdbc:postgresql://{host}:5432/{base}?user={user}&password={quote(value, safe='')}",
            f"jdbc:sqlserver://{host}:1433;databaseName={base};user={user};password={value}",
            f"host={host} port=5432 dbname={base} user={user} password={value} sslmode=verify-full",
            f"jdbc:mysql://{host}/{base}?user={user}&password={quote(value, safe='')}&useSSL=true",
            f"{user}:{value}@tcp({host}:3306)/{base}?parseTime=true",
            f"{host}:6379,password={value},ssl=True,abortConnect=False",
        )
    )
    return draw.random.choice((("env", draw.of(names.ADDRESS), text), ("env", draw.of(names.NEUTRAL), text)))
