"""What a Swarm service is made of: every property of docker:Service, and where Docker's API keeps it."""

from typing import Final

from engine.docker.block import Block, Blocks, Field, block
from engine.docker.kinds import (
    DURATION,
    EMPTY_OBJECT,
    ENVIRONMENT,
    FLAG,
    HOSTS,
    LABELS,
    MAP,
    NAMES,
    NUMBER,
    OPTIONS,
    RATIO,
    SPREADS,
    TEXT,
    TEXTS,
    one_of,
)

_ORDER: Final = one_of("start-first", "stop-first")

_MOUNT: Final = block(
    Field("target", "Target", TEXT),
    Field("source", "Source", TEXT),
    Field("type", "Type", one_of("bind", "volume", "tmpfs")),
    Field("readOnly", "ReadOnly", FLAG, fresh=None),
    Field(
        "bindOptions",
        "BindOptions",
        block(
            Field("propagation", "Propagation", TEXT, default="rprivate"),
        ),
    ),
    Field(
        "volumeOptions",
        "VolumeOptions",
        block(
            Field("noCopy", "NoCopy", FLAG, fresh=None),
            Field("labels", "Labels", LABELS),
            Field("driverName", "DriverConfig.Name", TEXT),
            Field("driverOptions", "DriverConfig.Options", MAP),
        ),
    ),
    Field(
        "tmpfsOptions",
        "TmpfsOptions",
        block(
            Field("sizeBytes", "SizeBytes", NUMBER, fresh=None),
            Field("mode", "Mode", NUMBER, fresh=None),
        ),
    ),
)


def _file(what: str) -> Blocks:
    """Secrets or configs as files in the container."""
    return Blocks(
        element=block(
            Field(f"{what.lower()}Id", f"{what}ID", TEXT),
            Field(f"{what.lower()}Name", f"{what}Name", TEXT),
            Field("fileName", "File.Name", TEXT),
            Field("fileUid", "File.UID", TEXT, default="0"),
            Field("fileGid", "File.GID", TEXT, default="0"),
            Field("fileMode", "File.Mode", NUMBER, default=0o444),
        )
    )


_HEALTHCHECK: Final = block(
    Field("tests", "Test", TEXTS),
    Field("interval", "Interval", DURATION, default="0s"),
    Field("timeout", "Timeout", DURATION, default="0s"),
    Field("startPeriod", "StartPeriod", DURATION, default="0s"),
    Field("retries", "Retries", NUMBER, default=0),
)
_DNS: Final = block(
    Field("nameservers", "Nameservers", TEXTS),
    Field("searches", "Search", TEXTS),
    Field("options", "Options", TEXTS),
)
_SELINUX: Final = block(
    Field("disable", "Disable", FLAG),
    *(Field(name, name.capitalize(), TEXT) for name in ("user", "role", "type", "level")),
)
_CONTAINER: Final = block(
    Field("image", "Image", TEXT),
    Field("labels", "Labels", LABELS),
    Field("commands", "Command", TEXTS),
    Field("args", "Args", TEXTS),
    Field("hostname", "Hostname", TEXT),
    Field("env", "Env", ENVIRONMENT),
    Field("dir", "Dir", TEXT),
    Field("user", "User", TEXT),
    Field("groups", "Groups", TEXTS),
    Field(
        "privileges",
        "Privileges",
        block(
            Field("seLinuxContext", "SELinuxContext", _SELINUX),
        ),
    ),
    Field("readOnly", "ReadOnly", FLAG, fresh=None),
    Field("mounts", "Mounts", Blocks(element=_MOUNT)),
    Field("stopSignal", "StopSignal", TEXT),
    Field("stopGracePeriod", "StopGracePeriod", DURATION, computed=True, unset=0),
    Field("healthcheck", "Healthcheck", _HEALTHCHECK, computed=True, unset={}),
    Field("hosts", "Hosts", HOSTS, replaces=True),
    Field("dnsConfig", "DNSConfig", _DNS, computed=True, unset={}),
    Field("secrets", "Secrets", _file("Secret")),
    Field("configs", "Configs", _file("Config")),
    Field("isolation", "Isolation", one_of("default", "process", "hyperv"), default="default"),
    Field("sysctl", "Sysctls", MAP, replaces=True),
    Field("capAdds", "CapabilityAdd", TEXTS),
    Field("capDrops", "CapabilityDrop", TEXTS),
    Field("init", "Init", FLAG, computed=True, unset=False),
)
_AMOUNTS: Final = (Field("nanoCpus", "NanoCPUs", NUMBER), Field("memoryBytes", "MemoryBytes", NUMBER))
_RESOURCES: Final = block(
    Field("limits", "Limits", Block(fields=_AMOUNTS)),
    Field("reservation", "Reservations", Block(fields=_AMOUNTS)),
)
_RESTART: Final = block(
    Field("condition", "Condition", one_of("none", "on-failure", "any")),
    Field("delay", "Delay", DURATION, unset=0),
    Field("maxAttempts", "MaxAttempts", NUMBER, unset=0),
    Field("window", "Window", DURATION, unset=0),
)
_PLATFORM: Final = block(Field("architecture", "Architecture", TEXT), Field("os", "OS", TEXT))
_PLACEMENT: Final = block(
    Field("constraints", "Constraints", NAMES),
    Field("prefs", "Preferences", SPREADS),
    Field("maxReplicas", "MaxReplicas", NUMBER),
    Field("platforms", "Platforms", Blocks(element=_PLATFORM)),
)
_NETWORK: Final = block(
    Field("id", "Target", TEXT),
    Field("name", "", TEXT),
    Field("aliases", "Aliases", NAMES),
    Field("driverOpts", "DriverOpts", OPTIONS),
)
_TASK: Final = block(
    Field("containerSpec", "ContainerSpec", _CONTAINER),
    Field("resources", "Resources", _RESOURCES, computed=True, unset={}),
    Field("restartPolicy", "RestartPolicy", _RESTART, computed=True, unset={}),
    Field("placement", "Placement", _PLACEMENT, computed=True, unset={}),
    Field("forceUpdate", "ForceUpdate", NUMBER, computed=True),
    Field("runtime", "Runtime", TEXT, computed=True),
    Field("networksAdvanceds", "Networks", Blocks(element=_NETWORK), replaces=True),
    Field(
        "logDriver",
        "LogDriver",
        block(Field("name", "Name", TEXT), Field("options", "Options", MAP)),
    ),
)
_MODE: Final = block(
    Field(
        "replicated",
        "Replicated",
        block(
            Field("replicas", "Replicas", NUMBER, default=1),
        ),
        computed=True,
    ),
    Field("global", "Global", EMPTY_OBJECT, replaces=True),
)


def _roll(*failure_actions: str) -> Block:
    return block(
        Field("parallelism", "Parallelism", NUMBER, default=1),
        Field("delay", "Delay", DURATION, default="0s"),
        Field("failureAction", "FailureAction", one_of(*failure_actions), default="pause"),
        Field("monitor", "Monitor", DURATION, default="5s"),
        Field("maxFailureRatio", "MaxFailureRatio", RATIO, default="0.0"),
        Field("order", "Order", _ORDER, default="stop-first"),
    )


_PORT: Final = block(
    Field("name", "Name", TEXT),
    Field("protocol", "Protocol", one_of("tcp", "udp", "sctp"), default="tcp"),
    Field("targetPort", "TargetPort", NUMBER),
    Field("publishedPort", "PublishedPort", NUMBER, computed=True),
    Field("publishMode", "PublishMode", one_of("host", "ingress"), default="ingress"),
)
_ENDPOINT: Final = block(
    Field("mode", "Mode", one_of("vip", "dnsrr"), computed=True),
    Field("ports", "Ports", Blocks(element=_PORT, ordered=True)),
)
_CONVERGE: Final = block(Field("delay", "", DURATION, default="7s"), Field("timeout", "", DURATION, default="3m"))

SERVICE: Final = block(
    Field("name", "Name", TEXT, replaces=True),
    Field("labels", "Labels", LABELS),
    Field("taskSpec", "TaskTemplate", _TASK),
    Field("mode", "Mode", _MODE, computed=True),
    Field("updateConfig", "UpdateConfig", _roll("pause", "continue", "rollback")),
    Field("rollbackConfig", "RollbackConfig", _roll("pause", "continue")),
    Field("endpointSpec", "EndpointSpec", _ENDPOINT, computed=True, unset={}),
    Field("convergeConfig", "", _CONVERGE),
)
