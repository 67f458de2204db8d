"""Names under which programs keep their values."""

PASSWORD = (
    "DB_PASSWORD", "POSTGRES_PASSWORD", "PGPASSWORD", "MYSQL_ROOT_PASSWORD", "REDIS_PASSWORD", "SMTP_PASSWORD",
    "ADMIN_PASSWORD", "RABBITMQ_DEFAULT_PASS", "MONGO_INITDB_ROOT_PASSWORD", "GF_SECURITY_ADMIN_PASSWORD", "DB_PASS",
    "LDAP_BIND_PASSWORD", "KEYSTORE_PASSWORD", "DATABASE_PASSWD", "ELASTIC_PASSWORD", "MINIO_ROOT_PASSWORD",
    "ROOT_PWD", "dbPassword", "spring.datasource.password", "MAIL_PASS", "OPENSEARCH_INITIAL_ADMIN_PASSWORD",
    "NEXTCLOUD_ADMIN_PASSWORD", "VNC_PW", "KC_DB_PASSWORD", "SA_PASSWORD", "MSSQL_SA_PASSWORD", "ftp_password",
    "PASSPHRASE", "SSH_PASSPHRASE", "BORG_PASSPHRASE", "RESTIC_PASSWORD", "ADMIN_PWD", "WIFI_PSK", "IPSEC_PSK",
    "LDAP_ADMIN_PASSWORD", "POSTGRESQL_POSTGRES_PASSWORD",
)  # fmt: skip
TOKEN = (
    "API_KEY", "API_TOKEN", "ACCESS_TOKEN", "AUTH_TOKEN", "CLIENT_SECRET", "OAUTH_CLIENT_SECRET", "SECRET_KEY",
    "DJANGO_SECRET_KEY", "JWT_SECRET", "SESSION_SECRET", "ENCRYPTION_KEY", "SIGNING_KEY", "WEBHOOK_SECRET",
    "BEARER_TOKEN", "REFRESH_TOKEN", "COOKIE_SECRET", "APP_SECRET", "MASTER_KEY", "HMAC_KEY", "AES_KEY",
    "SECRET_KEY_BASE", "NEXTAUTH_SECRET", "apiKey", "clientSecret", "X_API_KEY", "SERVICE_TOKEN", "DEPLOY_TOKEN",
    "PRIVATE_TOKEN", "TWILIO_AUTH_TOKEN", "FERNET_KEY", "VAULT_TOKEN", "MEILI_MASTER_KEY", "KEY_ENCRYPTION_KEY",
    "STORAGE_ACCOUNT_KEY", "INFLUX_TOKEN", "CSRF_SECRET", "SHARED_SECRET", "PEPPER", "HASH_SALT", "TYPESENSE_API_KEY",
    "HASURA_GRAPHQL_ADMIN_SECRET", "ERLANG_COOKIE", "RABBITMQ_ERLANG_COOKIE",
)  # fmt: skip
NEUTRAL = (
    "VALUE", "SETTING", "APP_CONFIG", "EXTRA", "PAYMENT", "BACKEND", "UPSTREAM", "OPTION_A", "MAILER", "GATEWAY",
    "NOTIFY", "TARGET", "STORAGE", "INTEGRATION", "CI_VAR", "PARAM_1", "SERVICE", "CHANNEL", "BILLING", "PROVIDER",
    "REMOTE", "VENDOR", "SOURCE", "SYNC", "ALERTS", "CRM", "REPORTING", "SEARCH", "DATA", "ANALYTICS", "QUEUE",
    "STREAM", "BOT", "FEED", "PARTNER", "LEGACY",
)  # fmt: skip
LABEL = (
    "com.example.owner", "com.example.note", "traefik.custom", "org.label.extra", "app.settings", "team.contact",
    "backup.target", "monitoring.hook", "com.example.deploy", "io.example.meta", "ops.comment", "app.feature",
)  # fmt: skip
ADDRESS = (
    "DATABASE_URL", "DB_URL", "DSN", "SQLALCHEMY_DATABASE_URI", "REDIS_URL", "BROKER_URL", "CELERY_BROKER_URL",
    "MONGO_URI", "AMQP_URL", "CACHE_URL", "STORE", "CONNECTION", "SPRING_DATA_MONGODB_URI", "RESULT_BACKEND",
    "QUEUE_URL", "DATA_SOURCE_NAME", "EVENTS", "PRIMARY",
)  # fmt: skip
FLAG = (
    "--password", "--db-password", "--token", "--api-key", "--secret", "--auth-token", "--admin-password",
    "--client-secret", "--access-key", "--secret-key", "--requirepass", "--masterauth", "--passphrase",
    "--redis.password", "--web.auth-token", "--private-token", "--root-password", "--smtp-password",
)  # fmt: skip
USER = (
    "app", "admin", "root", "postgres", "service", "api", "worker", "reader", "backup", "deploy", "jenkins",
    "grafana", "replicator", "bot", "web", "orders", "ci", "analytics",
)  # fmt: skip
CONFIG_FILE = (
    "/etc/app/settings.ini", "/app/config.yaml", "/etc/service.conf", "/app/application.properties", "/srv/.env",
    "/etc/app/config.toml", "/opt/app/conf/app.json", "/etc/worker.cfg", "/config/server.yml",
)  # fmt: skip
