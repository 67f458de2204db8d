"""A program of another kind than ours: what it consists of is its configuration."""

import json
from base64 import b64encode
from typing import Any

import pulumi
import pulumi_docker as docker
import pulumi_random as random

config = pulumi.Config()
asked = json.loads(config.require("shop"))
canary = config.require_secret("canary")


def labels(**given: str) -> list[Any]:
    return [{"label": f"rempart.{name}", "value": value} for name, value in given.items()]


class Part(pulumi.ComponentResource):
    """A service with its secrets."""

    def __init__(self, name: str, about: dict[str, Any], networks: list[docker.Network]) -> None:
        super().__init__("shop:index:Part", name)
        self.own = pulumi.ResourceOptions(parent=self)
        spec: Any = {
            "container_spec": {
                "image": about["image"],
                "env": {"LEAK": canary} if about.get("leaks") else {"MODE": about.get("mode", "calm")},
                "secrets": [self.secret(secret) for secret in about.get("secrets", [])],
            },
            "networks_advanceds": [{"id": network.id} for network in networks],
        }
        docker.Service(
            name,
            labels=labels(service=name, note=about.get("note", "")),
            task_spec=spec,
            mode={"replicated": {"replicas": about.get("replicas", 1)}},
            endpoint_spec={"ports": [{"target_port": port, "published_port": port} for port in about.get("ports", [])]},
            update_config={"order": about.get("order", "stop-first")},
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace="order" not in about),
        )

    def secret(self, name: str) -> Any:
        value = random.RandomPassword(f"{name}-value", length=32, opts=self.own).result
        data = pulumi.Output.all(value, canary).apply(lambda both: b64encode("".join(both).encode()).decode())
        held = docker.Secret(name, data=data, opts=self.own)
        return {"secret_id": held.id, "secret_name": held.name, "file_name": f"/run/secrets/{name}"}


links = {link: docker.Network(link, driver="overlay", labels=labels(link=link)) for link in asked["links"]}
for name, about in asked["services"].items():
    Part(name, about, [network for link, network in links.items() if name in link.split("-to-")])
pulumi.log.info("built the shop")
