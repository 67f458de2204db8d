"""The personal assistant, from its data up to its front door. Its users send SMS; an agent answers."""

from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import model_validator

from diagram import (
    Alerting,
    Cache,
    Database,
    Egress,
    Gateway,
    Monitor,
    Receiver,
    Route,
    Secret,
    Service,
    System,
    Workers,
)
from settings import Group, Replicas
from settings import Settings as Shared
from systems import common
from systems.common import role

ROOT = Path(__file__).parent.parent

GEMINI = "generativelanguage.googleapis.com"
TWILIO = "api.twilio.com"
PROVIDERS = (
    "graph.microsoft.com", "login.microsoftonline.com",
    "gmail.googleapis.com", "oauth2.googleapis.com", "youtube.googleapis.com",
    "api.notion.com",
)  # fmt: skip
PAGING = ("events.pagerduty.com", "hooks.slack.com")

CLIENT_SECRETS = tuple(
    Secret(name=f"{provider}-client-secret", config=f"{provider}ClientSecret")
    for provider in ("google", "microsoft", "notion", "youtube")
)
TWILIO_TOKEN = Secret(name="twilio-auth-token", config="twilioAuthToken")
API_KEY = Secret(name="api-secret-key")
OAUTH_KEY = Secret(name="oauth-encryption-key", keeps_old=True)

PAGER = Receiver(
    product="pagerduty", secret=Secret(name="pagerduty-key", config="pagerdutyKey"), severities=("critical", "high")
)
CHAT = Receiver(product="slack", secret=Secret(name="slack-webhook", config="slackWebhook"))

COUNTS = ("-@all", "+ping", "+incrby", "+expire", "+multi", "+exec")
SENDS = ("-@all", "+ping", "+multi", "+exec", "+lpush", "+llen", "+sadd", "+smembers")
RECEIVES = (
    *SENDS, "+rpush", "+brpop", "+zadd", "+zrem", "+zrevrangebyscore", "+hset", "+hget", "+hdel",
    "+watch", "+unwatch", "+set", "+get", "+del", "+evalsha", "+script|load",
)  # fmt: skip
"""What a caller of Redis may do on its own keys: count requests, send to the queue, work on it."""


class AssistantReplicas(Group):
    """How many tasks of each service that can have several."""

    edge: Replicas = 1
    gateway: Replicas = 1
    api: Replicas = 1
    agent: Replicas = 1
    oauth_manager: Replicas = 1
    sms_router: Replicas = 1
    worker: Replicas = 1
    egress: Replicas = 1


class Settings(Shared):
    """What the assistant's stacks may set beside what all may."""

    relaxations: ClassVar = ("live_reload", "demo")

    replicas: AssistantReplicas = AssistantReplicas()
    live_reload: bool = False
    demo: bool = False

    @model_validator(mode="after")
    def production_survives_losing_a_replica(self) -> Self:
        """The facts ask for two of api, agent and OAuth manager and three workers in production (A35-A38)."""
        least = {"gateway": 2, "api": 2, "agent": 2, "oauth_manager": 2, "sms_router": 2, "worker": 3}
        for name, count in least.items():
            if self.environment == "production" and getattr(self.replicas, name) < count:
                raise ValueError(f"replicas.{name}: production needs at least {count}")
        return self


def system(settings: Settings) -> System:
    """The assistant's diagram with this stack's replicas, images and addresses."""
    image, replicas = settings.image, settings.replicas
    env: dict[str, str] = {"ENVIRONMENT": settings.environment, "LOG_LEVEL": settings.log_level}
    app: dict[str, Any] = {"image": image("app"), "env": env, "memory": "256M"}
    if settings.live_reload:
        env["LIVE_RELOAD"] = "yes"
        app["sources"] = str(ROOT / "apps")

    egress = Egress(name="egress", image=image("egress"), replicas=replicas.egress)
    postgres = Database(
        name="postgres", image=image("postgres"), database=settings.database, schema_sql=schema(settings)
    )
    redis = Cache(name="redis", image=image("redis"))

    worker = Workers(
        name="worker", port=8004, command=role("worker"), replicas=replicas.worker,
        uses=(postgres, redis.keys("~queue:*", *RECEIVES), egress.to(*PROVIDERS, TWILIO)), **app,
    )  # fmt: skip
    beat = Workers(
        name="beat", port=8005, command=role("beat"), uses=(redis.keys("~queue:*", *SENDS),), **app,
    )  # fmt: skip
    oauth_manager = Service(
        name="oauth-manager", port=8002, command=role("oauth_manager"), replicas=replicas.oauth_manager,
        uses=(postgres, redis.keys("~oauth:*", *COUNTS), egress.to(*PROVIDERS)),
        secrets=(API_KEY, OAUTH_KEY, *CLIENT_SECRETS), **app,
    )  # fmt: skip
    agent = Service(
        name="agent", port=8001, command=role("agent"), replicas=replicas.agent,
        uses=(postgres, redis.keys("~queue:*", "~agent:*", *SENDS, "+incrby", "+expire"), egress.to(GEMINI)),
        secrets=(API_KEY, Secret(name="gemini-api-key", config="geminiApiKey")), **app,
    )  # fmt: skip
    api = Service(
        name="api", port=8000, command=role("api"), replicas=replicas.api,
        uses=(postgres, redis.keys("~api:*", *COUNTS), agent, oauth_manager),
        secrets=(API_KEY,), **app,
    )  # fmt: skip
    sms_router = Service(
        name="sms-router", port=8003, command=role("sms_router"), replicas=replicas.sms_router,
        uses=(postgres, agent), secrets=(Secret(name="webhook-signing-key"), TWILIO_TOKEN),
        **app | {"env": env | {"PUBLIC_URL": settings.url}},
    )  # fmt: skip

    gateway = Gateway(
        name="gateway", image=image("gateway"), replicas=replicas.gateway,
        host=settings.host, public_port=settings.ports.https, certificate=settings.certificate,
        routes=(
            Route(path="/api/", to=api, rate=10, burst=20),
            Route(path="/agent/", to=agent, rate=5, burst=10),
            Route(path="/oauth/", to=oauth_manager, rate=2, burst=10),
            Route(path="/webhook/sms", to=sms_router, rate=10, burst=20),
        ),
    )  # fmt: skip
    edge = common.edge(settings, gateway, replicas.edge)

    alerting = Alerting(
        name="alertmanager", image=image("alertmanager"), receivers=(PAGER, CHAT), uses=(egress.to(*PAGING),)
    )
    monitor = Monitor(name="prometheus", image=image("prometheus"), alerting=alerting, rules=common.rules("assistant"))
    exporters = (*common.exporters(settings, gateway, postgres), common.redis_exporter(settings, redis))

    return System(
        name="assistant",
        services=(
            edge, gateway, api, agent, oauth_manager, sms_router, worker, beat,
            postgres, redis, egress, monitor, alerting, *exporters,
        ),
        addresses=settings.addresses,
        generation=settings.generation,
        keep_data=settings.keep_data,
    )  # fmt: skip


def schema(settings: Settings) -> str:
    """The application's schema, and in a demonstration its two users."""
    files = ["schema.sql", "demo.sql"] if settings.demo else ["schema.sql"]
    return "\n".join((ROOT / "apps" / name).read_text() for name in files)
