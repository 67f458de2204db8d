"""What every program says about itself: addresses, numbers, formats and commands."""

from __future__ import annotations

from tests.policies.corpus import names
from tests.policies.corpus.draw import Draw
from tests.policies.corpus.entry import Made, kind


@kind("path", secret=False, times=20)
def path(draw: Draw) -> Made:
    value = draw.of(
        (
            f"/usr/local/lib/{draw.word()}/{draw.word()}-{draw.version()}/bin/{draw.word()}",
            f"/var/lib/docker/volumes/{draw.word()}_data/_data",
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            f"/opt/java/openjdk-{draw.version()}/jre/lib/amd64/server/libjvm.so",
            f"C:\\Program Files\\{draw.word().title()}\\{draw.word()}.exe",
            f"s3://{draw.word()}-{draw.word()}/backups/{draw.date()}/{draw.word()}.tar.zst",
            f"/dev/disk/by-id/nvme-eui.{draw.hex(32)}",
            f"/sys/fs/cgroup/{draw.word()}.slice/{draw.word()}-{draw.hex(8)}.scope",
        )
    )
    return (
        draw.of(("env", "label", "driver-option")),
        draw.of(("DATA_DIR", "PATH", "HOME", "device", "BACKUP_TARGET", "LD_PRELOAD")),
        value,
    )


@kind("address-without-password", secret=False, times=30)
def address_without_password(draw: Draw) -> Made:
    value = draw.of(
        (
            f"https://{draw.site()}/{draw.word()}/{draw.word()}?page={draw.number(1, 99)}&sort=asc",
            f"postgresql://{draw.of(names.USER)}@{draw.host()}:5432/{draw.word()}?sslmode=verify-full",
            f"rediss://{draw.host()}:6379/0",
            f"https://{draw.site()}/releases/download/v{draw.version()}/{draw.word()}-linux-amd64.tar.gz",
            f"amqps://{draw.host()}:5671/{draw.word()}",
            f"ssh://git@{draw.site()}/{draw.word()}/{draw.word()}.git",
            f"git@{draw.site()}:{draw.word()}/{draw.word()}.git",
            f"unix:///var/run/{draw.word()}.sock",
            f"jdbc:postgresql://{draw.host()}:5432/{draw.word()}?ssl=true&sslmode=verify-full",
            f"https://{draw.hex(8)}{draw.hex(8)}.{draw.site()}/ingest",
            f"mongodb://{draw.host()},{draw.host()}:27017/{draw.word()}?replicaSet=rs0&tls=true",
            f"https://{draw.site()}/oauth2/authorize?client_id={draw.uuid()}&response_type=code&scope=openid%20email",
        )
    )
    return draw.of(("env", "env", "label")), draw.of(names.ADDRESS + names.NEUTRAL), value


@kind("host-or-network", secret=False, times=26)
def host_or_network(draw: Draw) -> Made:
    value = draw.of(
        (
            f"ip-{draw.number(1, 254)}-{draw.number(1, 254)}-{draw.number(1, 254)}.eu-west-1.compute.internal",
            f"{draw.ip()},{draw.ip()},{draw.ip()}",
            f"10.{draw.number(0, 255)}.0.0/16",
            f"fd{draw.hex(2)}:{draw.hex(4)}:{draw.hex(4)}::/48",
            f"{draw.chars('abcdefghijklmnopqrstuvwxyz0123456789', 12)}.{draw.site()}",
            f"{draw.word()}-{draw.hex(8)}-{draw.hex(5)}",
            ":".join(draw.hex(2) for _ in range(6)),
            f"{draw.word()}.{draw.chars('abcdefghijklmnopqrstuvwxyz0123456789', 6)}.cache.internal:6379",
            f"{draw.host()}:9092,{draw.host()}:9092,{draw.host()}:9092",
        )
    )
    return (
        draw.of(("env", "label")),
        draw.of(("HOSTNAME", "NO_PROXY", "BROKERS", "SUBNET", "UPSTREAM", "TRUSTED_PROXIES", "MAC", "ENDPOINT")),
        value,
    )


@kind("number-or-flag", secret=False, times=36)
def number_or_flag(draw: Draw) -> Made:
    pairs = (
        ("PORT", str(draw.number(1, 65535))),
        ("DEBUG", "false"),
        ("TIMEOUT", f"{draw.number(1, 300)}s"),
        ("WORKERS", "4"),
        ("MEMORY_LIMIT", "512m"),
        ("BUILD_NUMBER", draw.digits(8)),
        ("STARTED_AT", f"{draw.date()}T10:11:12Z"),
        ("UID", "10001"),
        ("EPOCH", draw.digits(10)),
        ("VERSION", draw.version()),
        ("RATE", f"{draw.number(1, 99)}/s"),
        ("FEATURE_CHECKOUT", "true"),
        ("LOG_LEVEL", "info"),
        ("RATIO", f"0.{draw.digits(12)}"),
        ("PHONE", f"+49{draw.digits(10)}"),
        ("MAX_BYTES", draw.digits(11)),
        ("TZ", "Europe/Zurich"),
        ("LANG", "de_CH.UTF-8"),
        ("JAVA_VERSION", f"jdk-{draw.version()}+{draw.number(1, 12)}"),
        ("PYTHON_VERSION", draw.version()),
        ("NODE_ENV", "production"),
        ("PRICE", f"{draw.number(1, 999)}.99"),
        ("COLOR", "#" + draw.hex(6)),
        ("SCHEDULE", f"{draw.number(0, 59)} {draw.number(0, 23)} * * 1-5"),
    )
    name, value = pairs[draw.random.choice([at for at in range(len(pairs)) if (at % 3 == 2) == draw.held_out])]
    return draw.of(("env", "env", "label", "build-arg")), name, value


@kind("words-and-lists", secret=False, times=32)
def words_and_lists(draw: Draw) -> Made:
    value = draw.of(
        (
            f"com.{draw.word()}.{draw.word()}.{draw.word().title()}{draw.word().title()}Factory",
            "de-CH,fr-CH,it-CH,en-GB,pt-BR,zh-Hans",
            f"{draw.word()},{draw.word()},{draw.word()},{draw.word()}",
            f"{draw.word()}-{draw.word()}-{draw.word()}-{draw.number(1, 99)}",
            "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256",
            f"flex items-center justify-between px-{draw.number(1, 9)} rounded-xl bg-{draw.word()}-500 hover:underline",
            f"Please ask {draw.word().title()} before you change this password policy.",
            f"-Xmx{draw.number(1, 8)}g -XX:+UseG1GC -XX:MaxGCPauseMillis=200 -Djava.security.egd=file:/dev/./urandom",
            f"org.{draw.word()}:{draw.word()}-{draw.word()}-spring-boot-starter:{draw.version()}",
            "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256",
            "accept-encoding,authorization,content-type,origin,x-csrf-token,x-requested-with",
            f"{draw.word().title()}{draw.word().title()}{draw.word().title()}ServiceImpl",
            "GET,POST,PUT,PATCH,DELETE,OPTIONS",
            f"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/{draw.number(90, 140)}.0",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        )
    )
    return draw.of(("env", "label", "build-arg")), draw.of(names.NEUTRAL), value


@kind("arguments", secret=False, times=24)
def arguments(draw: Draw) -> Made:
    return (
        "args",
        "",
        draw.of(
            (
                f"--config.file=/etc/{draw.word()}.yml --storage.path=/data --web.listen-address=:9090",
                f"gunicorn {draw.word()}.wsgi:application --bind 0.0.0.0:8000 --workers 4 --access-logfile -",
                f"--host={draw.host()} --port={draw.number(1024, 65535)} --user={draw.of(names.USER)}",
                f"celery -A {draw.word()} worker --loglevel=info --concurrency=4 -Q {draw.word()},{draw.word()}",
                "nginx -g 'daemon off;'",
                f"java -jar /app/{draw.word()}-{draw.version()}.jar --spring.profiles.active=prod",
                "--no-password --prompt-token --auth=none",
                f"--tls-key=/etc/ssl/{draw.word()}.key --tls-cert=/etc/ssl/{draw.word()}.pem --auth-token-ttl=15m",
                "postgres -c shared_preload_libraries=pg_stat_statements -c password_encryption=scram-sha-256",
                f"sh -c 'until pg_isready -h {draw.host()}; do sleep 1; done; exec {draw.word()}'",
                "--password-stdin --token-ttl 3600 --secret-name app",
                f"openssl s_client -connect {draw.host()}:443 -servername {draw.site()}",
            )
        ),
    )


@kind("health-check", secret=False, times=16)
def health_check(draw: Draw) -> Made:
    return (
        "healthcheck",
        "",
        draw.of(
            (
                f"curl -fsS http://127.0.0.1:{draw.number(1024, 65535)}/health || exit 1",
                f"pg_isready -U {draw.of(names.USER)} -d {draw.word()}",
                "redis-cli --tls --cacert /run/secrets/ca.pem ping",
                f"wget -q --spider https://{draw.host()}/ready",
                f"probe {draw.number(1024, 65535)} /ready /health",
                "rabbitmq-diagnostics -q check_running && rabbitmq-diagnostics -q check_local_alarms",
                'redis-cli -a "$REDIS_PASSWORD" ping',
                'mysqladmin ping -u root -p"$MYSQL_ROOT_PASSWORD"',
                "REDISCLI_AUTH=$(cat /run/secrets/redis_password) redis-cli ping",
            )
        ),
    )


@kind("query-or-format", secret=False, times=20)
def query_or_format(draw: Draw) -> Made:
    table = draw.word()
    value = draw.of(
        (
            f"SELECT id, password_hash, created_at FROM {table} WHERE tenant = $1 ORDER BY id LIMIT 100",
            f'sum by (job) (rate(http_requests_total{{job="{table}",code=~"5.."}}[5m])) > 0.{draw.number(1, 9)}',
            "%(asctime)s %(levelname)s [%(name)s] %(message)s trace=%(trace_id)s",
            '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer"',
            f"^/api/v[0-9]+/(?P<{table}>[a-z0-9-]{{1,64}})/tokens?$",
            "{{.Node.Hostname}}-{{.Task.Slot}}",
            f"Host(`{draw.site()}`) && PathPrefix(`/{table}`)",
            f"ALTER ROLE {table} WITH PASSWORD $1",
            "logs/%Y-%m-%d/%H%M%S-{hostname}.json.gz",
            f"node.labels.{table} == true && node.role != manager",
        )
    )
    return (
        draw.of(("env", "label")),
        draw.of(("QUERY", "LOG_FORMAT", "RULE", "ROUTE", "PATTERN", "TEMPLATE", "EXPR")),
        value,
    )


@kind("log-and-driver-options", secret=False, times=22)
def log_and_driver_options(draw: Draw) -> Made:
    return draw.random.choice(
        (
            ("log-option", "max-size", f"{draw.number(1, 100)}m"),
            ("log-option", "tag", "{{.ImageName}}/{{.Name}}/{{.ID}}"),
            ("log-option", "syslog-address", f"tcp+tls://{draw.host()}:6514"),
            ("log-option", "labels-regex", "^(com|org)\\.example\\..+"),
            ("log-option", "gelf-address", f"udp://{draw.host()}:12201"),
            ("log-option", "syslog-tls-key", f"/etc/ssl/{draw.word()}.key"),
            ("driver-option", "com.docker.network.driver.overlay.vxlanid_list", str(draw.number(4096, 9000))),
            ("driver-option", "o", f"addr={draw.ip()},rw,nfsvers=4.1,hard,timeo=600"),
            ("driver-option", "device", f":/exports/{draw.word()}/{draw.uuid()}"),
            ("driver-option", "com.docker.network.bridge.name", f"br-{draw.hex(12)}"),
            ("driver-option", "type", "tmpfs"),
        )
    )
