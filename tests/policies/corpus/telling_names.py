"""What has a secret's name and is none: files, references, placeholders, and how secrets are treated."""

from __future__ import annotations

from tests.policies.corpus import names
from tests.policies.corpus.draw import LOWER, Draw
from tests.policies.corpus.entry import Made, kind


@kind("file-of-a-secret", secret=False, times=30)
def file_of_a_secret(draw: Draw) -> Made:
    path = (
        f"/run/secrets/{draw.word()}{draw.of(('-', '_'))}{draw.of(('password', 'token', 'key', 'credential', 'dsn'))}"
    )
    name = draw.of(names.PASSWORD + names.TOKEN)
    return draw.random.choice(
        (
            ("env", f"{name}_FILE", path),
            ("env", name, path),
            ("args", "", f"{draw.of(names.FLAG)}-file={path}"),
            ("args", "", f"server {draw.of(names.FLAG)}-file {path}"),
            (
                "env",
                draw.of(("TLS_KEY", "SSL_KEY", "SERVER_KEY", "TLS_PRIVATE_KEY")),
                f"/run/secrets/{draw.word()}.key",
            ),
            ("config", draw.of(names.CONFIG_FILE), f"password_file: {path}\nbearer_token_file: {path}\n"),
            ("healthcheck", "", f"redis-cli -a $(cat {path}) ping"),
            (
                "env",
                draw.of(
                    ("AWS_SHARED_CREDENTIALS_FILE", "GOOGLE_APPLICATION_CREDENTIALS", "PGPASSFILE", "SSLKEYLOGDIR")
                ),
                f"/run/secrets/{draw.word()}.json",
            ),
            ("env", draw.of(("SECRETS_DIR", "CREDENTIALS_DIRECTORY", "KEYS_PATH")), f"/var/lib/{draw.word()}/secrets"),
            (
                "config",
                "/etc/nginx/tls.conf",
                f"ssl_certificate_key {path};\nssl_certificate /etc/ssl/{draw.word()}.pem;\n",
            ),
        )
    )


@kind("reference-to-a-secret", secret=False, times=24)
def reference_to_a_secret(draw: Draw) -> Made:
    name, word = draw.of(names.PASSWORD), draw.word()
    return draw.random.choice(
        (
            ("env", name, "${" + draw.of(names.PASSWORD) + "}"),
            ("env", name, f"${draw.of(names.TOKEN)}"),
            ("env", draw.of(names.TOKEN), "{{ " + f"vault_{word}_token" + " }}"),
            ("env", draw.of(names.ADDRESS), f"postgres://{draw.of(names.USER)}:${{DB_PASSWORD}}@{draw.host()}/{word}"),
            ("config", draw.of(names.CONFIG_FILE), f"user = {word}\npassword = ${{DB_PASSWORD}}\n"),
            ("env", name, f"vault:secret/data/{word}#password"),
            (
                "env",
                f"{draw.of(names.TOKEN)}_ARN",
                f"arn:aws:secretsmanager:eu-west-1:{draw.digits(12)}:secret:{word}-{draw.alnum(6)}",
            ),
            ("args", "", f"sh -c 'PGPASSWORD=$(cat /run/secrets/{word}) exec app'"),
            (
                "env",
                draw.of(("SECRET_NAME", "VAULT_SECRET_PATH", "SECRET_REF", "KEY_VAULT_SECRET_NAME")),
                f"{word}-{draw.word()}-secret",
            ),
            ("args", "", f"{draw.of(names.FLAG)}=$API_TOKEN"),
            ("env", name, f"op://{word}/{draw.word()}/password"),
            ("config", draw.of(names.CONFIG_FILE), f"token: '{{{{ env \"{draw.of(names.TOKEN)}\" }}}}'\n"),
            ("env", name, f"%env({draw.of(names.TOKEN)})%"),
            ("label", "app.secret", f"{word}_{draw.word()}_password_g{draw.number(1, 9)}"),
        )
    )


@kind("placeholder", secret=False, times=24)
def placeholder(draw: Draw) -> Made:
    value = draw.of(
        (
            "<password>",
            "",
            "xxxxxxxx",
            "********",
            "<your-api-key>",
            "YOUR_API_KEY",
            "[redacted]",
            "null",
            "none",
            "<redacted>",
            "your-token-here",
            "...",
            "REDACTED",
            "<secret>",
            "unset",
        )
    )
    return "env", draw.of(names.PASSWORD + names.TOKEN), value


@kind("setting-about-secrets", secret=False, times=60)
def setting_about_secrets(draw: Draw) -> Made:
    """The name speaks of passwords, tokens or keys; the value is how they are treated."""
    pairs = (
        ("PASSWORD_MIN_LENGTH", "12"),
        ("TOKEN_TTL", "3600"),
        ("ACCESS_TOKEN_EXPIRE_MINUTES", "30"),
        ("JWT_ALGORITHM", "RS256"),
        ("API_KEY_HEADER", "X-API-Key"),
        ("PASSWORD_ENCRYPTION", "scram-sha-256"),
        ("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256"),
        ("TOKEN_URL", f"https://{draw.site()}/oauth/token"),
        ("TOKENIZERS_PARALLELISM", "false"),
        ("AUTH_TYPE", "basic"),
        ("KEYCLOAK_URL", f"https://{draw.site()}"),
        ("PASSKEYS_ENABLED", "true"),
        ("CSRF_COOKIE_NAME", "csrftoken"),
        ("PARTITION_KEY", "user_id"),
        ("SSH_KEY_TYPE", "ed25519"),
        ("KEYBOARD_LAYOUT", "de-latin1"),
        ("SORT_KEY", "created_at"),
        ("PASSWORD_RESET_TIMEOUT", "259200"),
        ("SECRETS_BACKEND", "vault"),
        ("TOKEN_ISSUER", f"https://{draw.site()}/"),
        ("PASSWORD_HASHER", "argon2id"),
        ("SECRET_ROTATION_DAYS", "90"),
        ("KEY_PREFIX", f"{draw.word()}:"),
        ("CREDENTIALS_MODE", "omit"),
        ("PASSWORD_POLICY", "length(12) and upperCase(1)"),
        ("AUTH_ENABLED", "true"),
        ("CACHE_KEY_PREFIX", f"{draw.word()}-cache"),
        ("TOKEN_AUDIENCE", f"{draw.word()}-api"),
        ("PASSWORD_LOGIN_DISABLED", "true"),
        ("SECRET_SCAN", "enabled"),
        ("MAX_TOKENS", "4096"),
        ("AUTH_TOKEN_LIFETIME", "15m"),
        ("KEY_SIZE", "4096"),
        ("PRIMARY_KEY", "id"),
        ("KEYSPACE", draw.word()),
        ("FOREIGN_KEYS", "on"),
        ("SESSION_COOKIE_SECURE", "true"),
        ("PASSWORDLESS", "yes"),
        ("REDIS_KEY", f"{draw.word()}:{draw.word()}"),
        ("TOKEN_TYPE", "Bearer"),
        ("KMS_KEY_ALIAS", f"alias/{draw.word()}"),
        ("ROUTING_KEY", f"{draw.word()}.created"),
        ("ALLOW_EMPTY_PASSWORD", "no"),
        ("SECRET_STORE", "docker"),
        ("PASS_THROUGH", "true"),
        ("COMPASS_HOST", draw.host()),
        ("AUTHOR", draw.words(2).title()),
        ("OAUTH_CLIENT_ID", f"{draw.digits(12)}-{draw.chars(LOWER, 32)}.apps.googleusercontent.com"),
        ("MONKEY_MODE", "off"),
        ("KEY_ID", f"{draw.word()}-{draw.date()}"),
        ("AUTH_SERVER", f"https://{draw.site()}/realms/{draw.word()}"),
        ("SSL_KEY_ALGORITHM", "ECDSA"),
        ("TOKEN_BUCKET_RATE", "100"),
        ("ENCRYPTION_ALGORITHM", "AES-256-GCM"),
        ("AUTHORITY", draw.site()),
        ("PASSWORD_CHARSET", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
        ("SIGNING_KEY_ID", draw.hex(16)),
    )
    name, value = pairs[draw.random.choice([at for at in range(len(pairs)) if (at % 3 == 2) == draw.held_out])]
    return "env", name, value


@kind("user-name", secret=False, times=12)
def user_name(draw: Draw) -> Made:
    name = draw.of(
        (
            "POSTGRES_USER",
            "DB_USER",
            "SMTP_USER",
            "REDIS_USERNAME",
            "ADMIN_EMAIL",
            "LDAP_BIND_DN",
            "MINIO_ROOT_USER",
            "GRAFANA_ADMIN_USER",
            "TWILIO_ACCOUNT_SID",
            "AWS_ROLE_ARN",
            "SERVICE_ACCOUNT",
            "OWNER",
        )
    )
    special = {
        "LDAP_BIND_DN": f"cn={draw.word()},ou=services,dc=example,dc=com",
        "TWILIO_ACCOUNT_SID": "AC" + draw.hex(32),
        "AWS_ROLE_ARN": f"arn:aws:iam::{draw.digits(12)}:role/{draw.word()}-{draw.word()}",
        "ADMIN_EMAIL": f"{draw.word()}.{draw.word()}@{draw.site()}",
        "SERVICE_ACCOUNT": f"{draw.word()}@{draw.word()}-{draw.digits(6)}.iam.gserviceaccount.com",
    }
    return "env", name, special.get(name, f"{draw.of(names.USER)}_{draw.word()}")
