"""Examples for the family hardening: privileges, builds, builders, plugins and the ways to an engine."""

from typing import Any

import pulumi_docker as docker

from tests.policies.build import container, named, service
from tests.policies.examples import Examples

DIGEST = "@sha256:" + "0" * 64


def attempts(number: int, **policy: Any) -> Any:
    restart = {"condition": "any", "delay": "1s", "window": "0s", "max_attempts": number, **policy}
    return service(task={"restart_policy": restart})


def image(**build: Any) -> docker.RemoteImage:
    settings: Any = {"context": ".", **build}
    return docker.RemoteImage(named("image"), name="shop:3", build=settings)


def plugin(**settings: Any) -> docker.Plugin:
    return docker.Plugin(named("plugin"), name="store" + DIGEST, **settings)


def builder(**settings: Any) -> docker.BuildxBuilder:
    return docker.BuildxBuilder(named("builder"), **settings)


def provider(host: str, **settings: Any) -> docker.Provider:
    return docker.Provider(named("provider"), host=host, **settings)


EXAMPLES = {
    "containers-are-not-privileged": Examples(
        breaks=[
            lambda: container(privileged=True),
            lambda: container(privileged=True, user="65534"),
            lambda: [container(), container(privileged=True)],
        ],
        keeps=[container, lambda: container(privileged=False), lambda: container(capabilities={"drops": ["ALL"]})],
    ),
    "containers-keep-their-namespaces": Examples(
        breaks=[
            lambda: container(pid_mode="host"),
            lambda: container(ipc_mode="container:db"),
            lambda: container(userns_mode="host"),
            lambda: container(cgroupns_mode="host"),
        ],
        keeps=[container, lambda: container(ipc_mode="private"), lambda: container(cgroupns_mode="private")],
    ),
    "containers-get-no-devices": Examples(
        breaks=[
            lambda: container(devices=[{"host_path": "/dev/sda"}]),
            lambda: container(device_cgroup_rules=["c 1:3 rwm"]),
            lambda: container(gpus="all"),
        ],
        keeps=[container, lambda: container(devices=[]), lambda: container(gpus=None)],
    ),
    "containers-stay-in-their-control-group": Examples(
        breaks=[
            lambda: container(cgroup_parent="/system.slice"),
            lambda: container(cgroup_parent="shop"),
            lambda: container(cgroup_parent="/"),
        ],
        keeps=[container, lambda: container(cgroup_parent=None), lambda: container(cgroup_parent="")],
    ),
    "limits-are-not-lifted": Examples(
        breaks=[
            lambda: container(ulimits=[{"name": "nofile", "soft": 1024, "hard": -1}]),
            lambda: container(ulimits=[{"name": "nproc", "soft": -1, "hard": -1}]),
            lambda: container(ulimits=[{"name": "a", "soft": 1, "hard": 1}, {"name": "core", "soft": -1, "hard": -1}]),
        ],
        keeps=[
            container,
            lambda: container(ulimits=[{"name": "nofile", "soft": 1024, "hard": 2048}]),
            lambda: container(ulimits=[]),
        ],
    ),
    "containers-gain-no-privileges": Examples(
        breaks=[
            lambda: container(security_opts=None),
            lambda: container(security_opts=["apparmor=docker-default"]),
            lambda: container(security_opts=[]),
        ],
        keeps=[
            container,
            lambda: container(security_opts=["no-new-privileges:true"]),
            lambda: container(security_opts=["apparmor=docker-default", "no-new-privileges=true"]),
        ],
    ),
    "confinement-stays-on": Examples(
        also=frozenset({"containers-gain-no-privileges"}),
        breaks=[
            lambda: service({"privileges": {"se_linux_context": {"disable": True}}}),
            lambda: service({"privileges": {"se_linux_context": {"disable": True, "level": "s0"}}}),
            lambda: container(security_opts=["no-new-privileges", "seccomp=unconfined"]),
            lambda: container(security_opts=["no-new-privileges:true", "label:disable"]),
            lambda: container(security_opts=["no-new-privileges:true", "systempaths=unconfined"]),
        ],
        keeps=[
            service,
            lambda: service({"privileges": {"se_linux_context": {"level": "s0:c1,c2"}}}),
            lambda: container(security_opts=["no-new-privileges", "label:user:testuser"]),
        ],
    ),
    "restarts-are-counted": Examples(
        profile="cis-strict",
        also=frozenset({"services-always-come-back", "containers-always-come-back",
                        "stacks-are-monitored"}),
        breaks=[service, lambda: attempts(9), container],
        keeps=[
            lambda: attempts(5),
            lambda: container(restart="on-failure", max_retry_count=5),
            lambda: attempts(5, delay="9s"),
        ],
    ),
    "workloads-run-no-ssh": Examples(
        also=frozenset({"only-the-edge-publishes", "published-ports-are-not-privileged"}),
        breaks=[
            lambda: service({"args": ["/usr/sbin/sshd", "-D"]}),
            lambda: container(command=["sh", "-c", "service ssh start; /usr/sbin/sshd && app"]),
            lambda: container(ports=[{"internal": 22, "external": 2222, "ip": "127.0.0.1"}]),
        ],
        keeps=[service, container, lambda: service({"args": ["app", "--no-sshd-here"]})],
    ),
    "plugins-are-granted-nothing-blindly": Examples(
        breaks=[
            lambda: plugin(grant_all_permissions=True),
            lambda: plugin(grant_permissions=[{"name": "network", "values": ["host"]}]),
            lambda: plugin(grant_permissions=[{"name": "capabilities", "values": ["CAP_SYS_ADMIN"]}]),
        ],
        keeps=[
            plugin,
            lambda: plugin(grant_permissions=[{"name": "network", "values": ["none"]}]),
            lambda: plugin(grant_all_permissions=False),
        ],
    ),
    "the-daemon-covers-what-services-cannot-say": Examples(
        profile="production",
        breaks=[service, lambda: [container(), service()], lambda: [service(), service()]],
        keeps=[container, plugin, lambda: builder(driver="docker-container")],
        also=frozenset({"stateless-services-have-replicas", "stacks-are-monitored"}),
    ),
    "builds-stay-confined": Examples(
        breaks=[
            lambda: image(network_mode="host"),
            lambda: image(security_opts=["seccomp=unconfined"]),
            lambda: docker.Image(named("image"), image_name="shop:3", build={"context": ".", "network": "host"}),
        ],
        keeps=[image, lambda: image(network_mode="none"), lambda: image(security_opts=["no-new-privileges"])],
    ),
    "builders-stay-confined": Examples(
        breaks=[
            lambda: builder(buildkit_flags="--allow-insecure-entitlement security.insecure"),
            lambda: builder(driver_options={"network": "host"}),
            lambda: builder(buildkit_config='[registry."registry.example"]\n  http = true\n'),
        ],
        keeps=[
            builder,
            lambda: builder(driver_options={"network": "shop"}),
            lambda: builder(buildkit_config="[worker.oci]\n  max-parallelism = 4\n"),
        ],
    ),
    "engines-are-called-over-tls": Examples(
        breaks=[
            lambda: provider("tcp://10.0.0.1:2375"),
            lambda: provider("http://10.0.0.1:2375", cert_path="/etc/docker"),
            lambda: provider("ssh://node", ssh_opts=["-o", "StrictHostKeyChecking=no"]),
        ],
        keeps=[
            lambda: provider("ssh://deploy@node"),
            lambda: provider("tcp://10.0.0.1:2376", cert_path="/etc/docker"),
            lambda: provider("unix:///var/run/docker.sock"),
        ],
    ),
    "registries-are-verified": Examples(
        breaks=[
            lambda: docker.RegistryImage(named("image"), name="registry.example/shop:3", insecure_skip_verify=True),
            lambda: docker.RegistryImage(named("image"), name="http://registry.example/shop:3"),
            lambda: docker.Image(
                named("image"), image_name="shop:3", build={"context": "."}, registry={"server": "http://10.0.0.1"}
            ),
        ],
        keeps=[
            lambda: docker.RegistryImage(named("image"), name="registry.example/shop:3"),
            lambda: docker.RegistryImage(named("image"), name="registry.example/shop:3", insecure_skip_verify=False),
            image,
        ],
    ),
}  # fmt: skip
