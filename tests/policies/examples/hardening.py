"""Examples for the families hardening, images and observability."""

import pulumi_docker as docker

from tests.policies.build import IMAGE, container, named, service
from tests.policies.examples import Examples

DIGEST = "sha256:" + "a" * 64

EXAMPLES = {
    "root-filesystems-are-read-only": Examples(
        breaks=[
            lambda: service({"read_only": False}),
            lambda: service({"read_only": None}),
            lambda: container(read_only=None),
        ],
        keeps=[service, container, lambda: service({"read_only": True, "dir": "/app"})],
    ),
    "capabilities-are-dropped": Examples(
        breaks=[
            lambda: service({"cap_drops": None}),
            lambda: service({"cap_drops": ["NET_RAW", "CHOWN"]}),
            lambda: container(capabilities=None),
        ],
        keeps=[service, container, lambda: service({"cap_drops": ["all"]})],
    ),
    "capabilities-are-not-added": Examples(
        breaks=[
            lambda: service({"cap_adds": ["NET_BIND_SERVICE"]}),
            lambda: service({"cap_adds": ["SYS_ADMIN", "NET_ADMIN"]}),
            lambda: container(capabilities={"drops": ["ALL"], "adds": ["CHOWN"]}),
        ],
        keeps=[service, container, lambda: service({"cap_adds": []})],
    ),
    "users-are-not-root": Examples(
        breaks=[
            lambda: service({"user": None}),
            lambda: service({"user": "0:0"}),
            lambda: service({"user": "10001:0"}),
            lambda: container(user="app"),
        ],
        keeps=[service, container, lambda: service({"user": "65534"})],
    ),
    "groups-are-not-added": Examples(
        breaks=[
            lambda: service({"groups": ["docker"]}),
            lambda: service({"groups": ["1", "2"]}),
            lambda: container(group_adds=["999"]),
        ],
        keeps=[service, container, lambda: service({"groups": []})],
    ),
    "processes-have-an-init": Examples(
        breaks=[lambda: service({"init": None}), lambda: service({"init": False}), lambda: container(init=None)],
        keeps=[service, container, lambda: service({"init": True, "stop_signal": "SIGINT"})],
    ),
    "memory-is-limited": Examples(
        breaks=[
            lambda: service(task={"resources": {"limits": {"nano_cpus": 500_000_000}}}),
            lambda: service(task={"resources": {"limits": {"nano_cpus": 500_000_000, "memory_bytes": 1024}}}),
            lambda: container(memory=None),
            lambda: container(memory_swap=-1),
        ],
        keeps=[
            service,
            container,
            lambda: service(task={"resources": {"limits": {"nano_cpus": 1, "memory_bytes": 6 * 1024**2}}}),
        ],
    ),
    "processors-are-limited": Examples(
        breaks=[
            lambda: service(task={"resources": {"limits": {"memory_bytes": 1 << 27}}}),
            lambda: service(task={"resources": {"limits": {"memory_bytes": 1 << 27, "nano_cpus": 0}}}),
            lambda: container(cpus=None),
        ],
        keeps=[service, container, lambda: container(cpus=None, cpu_quota=50_000)],
    ),
    "memory-filesystems-are-limited": Examples(
        breaks=[
            lambda: service({"mounts": [{"type": "tmpfs", "target": "/tmp"}]}),
            lambda: container(mounts=[{"type": "tmpfs", "target": "/tmp", "tmpfs_options": {"mode": 1023}}]),
            lambda: container(tmpfs={"/tmp": "rw,noexec"}),
        ],
        keeps=[
            service,
            lambda: container(tmpfs={"/tmp": "rw,size=64m"}),
            lambda: container(mounts=[{"type": "tmpfs", "target": "/tmp", "tmpfs_options": {"size_bytes": 1024}}]),
        ],
    ),
    "kernel-parameters-are-safe": Examples(
        breaks=[
            lambda: service({"sysctl": {"kernel.msgmax": "65536"}}),
            lambda: service({"sysctl": {"net.ipv4.ip_forward": "1"}}),
            lambda: container(sysctls={"net.ipv4.conf.all.route_localnet": "1"}),
        ],
        keeps=[
            service,
            lambda: service({"sysctl": {"net.core.somaxconn": "1024"}}),
            lambda: container(sysctls={"net.ipv4.ip_unprivileged_port_start": "0"}),
        ],
    ),
    "images-are-immutable": Examples(
        breaks=[
            lambda: service({"image": "nginx:latest"}),
            lambda: service({"image": "registry.example/app:1.2.3"}),
            lambda: service({"image": "app@sha256:abc"}),
            lambda: container(image="nginx:1"),
            lambda: docker.RemoteImage(named("image"), name="nginx:1.22"),
        ],
        also=frozenset({"images-have-a-version"}),
        keeps=[
            service,
            lambda: service({"image": f"registry.example:5000/shop/app@{DIGEST}"}),
            lambda: container(image=f"nginx:1.22@{DIGEST}"),
            lambda: container(image=DIGEST),
        ],
    ),
    "images-have-a-version": Examples(
        also=frozenset({"images-are-immutable"}),
        breaks=[
            lambda: service({"image": "nginx:latest"}),
            lambda: container(image="registry.example:5000/nginx"),
            lambda: docker.RemoteImage(named("image"), name="nginx"),
            lambda: docker.Tag(named("tag"), source_image="shop:3", target_image="registry.example/shop:latest"),
            lambda: docker.Image(named("image"), image_name="shop", build={"context": "."}),
        ],
        keeps=[
            service,
            lambda: container(image=f"nginx@{DIGEST}"),
            lambda: docker.Tag(named("tag"), source_image="shop:3", target_image="registry.example/shop:3"),
            lambda: docker.RegistryImage(named("image"), name="registry.example:5000/shop:3"),
        ],
    ),
    "logs-are-bounded": Examples(
        breaks=[
            lambda: service(task={"log_driver": None}),
            lambda: service(task={"log_driver": {"name": "json-file"}}),
            lambda: service(task={"log_driver": {"name": "json-file", "options": {"max-size": "10m"}}}),
            lambda: container(log_opts=None),
            lambda: container(log_driver="syslog"),
        ],
        keeps=[
            service,
            container,
            lambda: service(task={"log_driver": {"name": "local", "options": {"max-size": "1g", "max-file": "2"}}}),
        ],
    ),
    "images-come-from-known-registries": Examples(
        breaks=[
            lambda: service({"image": f"evil.example/app@{DIGEST}"}),
            lambda: container(image=f"nginx@{DIGEST}"),
            lambda: service({"image": f"elsewhere.example/library/nginx@{DIGEST}"}),
        ],
        keeps=[
            service,
            lambda: service({"image": f"registry.example/shop/app@{DIGEST}"}),
            lambda: container(image=IMAGE),
        ],
    ),
}
