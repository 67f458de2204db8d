"""Examples for availability and observability: replicas, drains, memory, health in the protocol, metrics and alerts."""

from typing import Any

import yaml

from tests.policies.build import config, container, database, service, with_config
from tests.policies.examples import Examples
from tests.policies.examples.transport import JOB, POSTGRES, REDIS_CONF

GIB = 1 << 30
UP = {"alert": "Down", "expr": "sum by (job) (up) == 0"}
MANAGERS = {"alertmanagers": [JOB]}
PROMETHEUS = frozenset({"scrapes-are-verified"})


def check(*tests: str) -> dict[str, Any]:
    return {"healthcheck": {"tests": list(tests), "interval": "5s", "retries": 3}}


def limited(size: int) -> dict[str, Any]:
    return {"resources": {"limits": {"memory_bytes": size, "nano_cpus": 500_000_000}}}


def told(text: str, size: int = 1 << 28) -> Any:
    """A service of this size that is given this configuration."""
    return database({"configs": [with_config(config(text))]}, task=limited(size))


def drained(text: str, grace: str) -> Any:
    return service({"configs": [with_config(config(text))], "stop_grace_period": grace})


def step(**settings: Any) -> Any:
    return service(update_config={"order": "start-first", "failure_action": "rollback", "monitor": "20s", **settings})


def scraping(*targets: str, alerts: Any = (UP,), rules: bool = True, alerting: Any = MANAGERS) -> Any:
    """A Prometheus that has these targets, with its alerts."""
    jobs = [{**JOB, "job_name": name, "static_configs": [{"targets": [f"{name}:8000"]}]} for name in targets]
    document = {"scrape_configs": jobs, "alerting": alerting, **({"rule_files": ["*.yml"]} if rules else {})}
    config(yaml.safe_dump({"groups": [{"name": "a", "rules": list(alerts)}]}))
    return config(yaml.safe_dump(document))


def replicas(number: int, **more: Any) -> Any:
    return service(mode={"replicated": {"replicas": number}}, **more)


EXAMPLES = {
    "stateless-services-have-replicas": Examples(
        stack="prod",
        also=frozenset({"stacks-are-monitored", "modes-are-written-out"}),
        breaks=[lambda: replicas(1), lambda: replicas(1, kind="gateway"), lambda: service(mode={"replicated": {}})],
        keeps=[
            lambda: [scraping("api"), service()],
            lambda: [scraping("db"), database()],
            lambda: [scraping("api"), service(mode={"global_": True})],
        ],
    ),
    "replicas-are-not-on-one-node": Examples(
        breaks=[
            lambda: service(task={"placement": {"constraints": ["node.hostname==one"]}}),
            lambda: service(task={"placement": {"constraints": ["node.role==worker", "node.id == abc"]}}),
            lambda: replicas(3, task={"placement": {"constraints": ["node.hostname == one"]}}),
        ],
        keeps=[
            service,
            lambda: service(task={"placement": {"constraints": ["node.labels.zone==a", "node.hostname!=one"]}}),
            lambda: database(task={"placement": {"constraints": ["node.hostname==one"]}}),
        ],
    ),
    "updates-go-step-by-step": Examples(
        breaks=[lambda: step(parallelism=0), lambda: step(parallelism=2), lambda: step(parallelism=9)],
        keeps=[service, lambda: step(parallelism=1), database],
    ),
    "stops-outlast-drains": Examples(
        also=frozenset({"configs-are-used"}),
        breaks=[
            lambda: service({"env": {"DRAIN_SECONDS": "30"}}),
            lambda: service({"args": ["gunicorn", "--graceful-timeout", "60"]}),
            lambda: drained("global\n  hard-stop-after 30s\nlisten a\n", "20s"),
            lambda: drained("worker_shutdown_timeout 60s;\nevents {}\n", "30s"),
        ],
        keeps=[
            service,
            lambda: service({"env": {"DRAIN_SECONDS": "5"}}),
            lambda: drained("global\n  hard-stop-after 20s\nlisten a\n", "30s"),
        ],
    ),
    "memory-fits-the-nodes": Examples(
        breaks=[
            lambda: replicas(9, task=limited(10 * GIB)),
            lambda: [replicas(2, task=limited(20 * GIB)), replicas(2, task=limited(20 * GIB))],
            lambda: [container(memory=60_000), container(memory=60_000)],
        ],
        keeps=[service, lambda: replicas(2, task=limited(30 * GIB)), container],
    ),
    "caches-fit-their-memory": Examples(
        breaks=[
            lambda: told(REDIS_CONF),
            lambda: told(REDIS_CONF + "maxmemory 300mb\n"),
            lambda: told(REDIS_CONF + "maxmemory 0\n"),
            lambda: container(command=["redis-server", "--maxmemory", "128mb", "--aclfile", "/run/users.acl"]),
        ],
        also=frozenset({"servers-are-started-with-tls"}),
        keeps=[
            lambda: told(REDIS_CONF + "maxmemory 200mb\n"),
            lambda: told(REDIS_CONF + "maxmemory 1gb\n", 2 * GIB),
            service,
        ],
    ),
    "databases-fit-their-memory": Examples(
        breaks=[
            lambda: told(POSTGRES + "shared_buffers = 200MB\n"),
            lambda: told(POSTGRES + "shared_buffers = 1GB\n", GIB),
            lambda: told(POSTGRES + "shared_buffers = 64MB\nwork_mem = 64MB\nmax_connections = 200\n"),
            lambda: container(command=["postgres", "-c", "shared_buffers=100MB"]),
        ],
        keeps=[
            lambda: told(POSTGRES + "shared_buffers = 64MB\nmax_connections = 50\n"),
            lambda: told(POSTGRES + "shared_buffers = 8192\nmax_connections = 20\n"),
            service,
        ],
    ),
    "health-checks-speak-the-protocol": Examples(
        breaks=[
            lambda: service(check("CMD-SHELL", "nc -z localhost 8000")),
            lambda: service(check("CMD", "pgrep", "app")),
            lambda: service(check("CMD-SHELL", "ps aux | grep app")),
            lambda: container(**check("CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8000")),
        ],
        keeps=[
            service,
            lambda: service(check("CMD-SHELL", "curl -fsS http://localhost:8000/ready || exit 1")),
            lambda: service(check("CMD", "pg_isready", "-q")),
        ],
    ),
    "services-are-scraped": Examples(
        also=PROMETHEUS,
        breaks=[
            lambda: [scraping("worker"), service()],
            lambda: [scraping("api"), service(), service(called="worker", kind="workers")],
            lambda: [scraping("exporter"), service(called="exporter", kind="exporter"), database()],
        ],
        keeps=[
            lambda: [scraping("api"), service()],
            lambda: [
                scraping("exporter"),
                service(called="exporter", kind="exporter", zone="monitoring", links="exporter-to-db"),
                database(links="exporter-to-db"),
            ],
            lambda: [scraping("api"), service(), service(called="keeper", kind="keeper", zone="data")],
            service,
        ],
    ),
    "services-have-an-alert": Examples(
        also=PROMETHEUS,
        breaks=[
            lambda: scraping("api", alerts=[]),
            lambda: scraping("api", alerts=[{**UP, "expr": 'up{job="worker"} == 0'}]),
            lambda: scraping("api", rules=False),
            lambda: scraping("api", alerting={}),
        ],
        keeps=[
            lambda: scraping("api"),
            lambda: scraping("api", "worker", alerts=[{**UP, "expr": 'up{job=~"api|worker"} == 0'}]),
            service,
        ],
    ),
    "stacks-are-monitored": Examples(
        stack="prod",
        breaks=[service, lambda: [service(), database()], lambda: [config("level = info"), service()]],
        keeps=[
            lambda: [scraping("api"), service()],
            lambda: [scraping("api", "db"), service(), database()],
            container,
        ],
    ),
}  # fmt: skip
