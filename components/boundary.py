"""The edge, the gateway, the egress proxy and fixed forwards, realised."""

from collections.abc import Mapping, Sequence
from typing import Any

from components import server
from components.files import SecretFile, secret_file
from components.service import Service
from components.text import haproxy, nginx, squid
from diagram import Monitor, Protocol
from diagram.system import GATEWAY_CERTIFICATE, GATEWAY_KEY


class Edge(Service):
    """The only published ports. On one node it stops before it starts again, so it changes almost never."""

    def ports(self) -> Sequence[Mapping[str, Any]]:
        """In host mode: it works on every kernel and tells the client's true address."""
        gateway = self.description.gateway
        pairs = ((self.description.http, gateway.http_port), (self.description.https, gateway.https_port))
        return [
            {"target_port": target, "published_port": published, "publish_mode": "host", "protocol": "tcp"}
            for published, target in pairs
        ]

    def front(self) -> str:
        """TCP only: it holds no key."""
        return haproxy.edge(self.description)

    def check(self) -> Sequence[str]:
        """Alive when HAProxy answers."""
        return ("probe", str(haproxy.EDGE_HEALTH), "/health", "/health")


class Gateway(Service):
    """nginx with the application firewall."""

    stop_signal = "SIGQUIT"

    def front(self) -> str:
        """None: nginx ends TLS itself."""
        return ""

    def texts(self) -> Mapping[str, str]:
        """nginx.conf."""
        callers = self.place.descriptions(self.place.callers(self.description))
        edges = [self.place.subnet(link.name) for link in callers if link.protocol is Protocol.passthrough]
        status = [link for link in callers if link.protocol is Protocol.http]
        operators = self.description.operators
        known = {nginx.OPERATORS: operators} if operators else {}
        return {"/etc/nginx/nginx.conf": nginx.gateway(self.description, edges, status), **known}

    def check(self) -> Sequence[str]:
        """Alive when nginx answers; what is behind it does not count."""
        return ("probe", str(nginx.status_port(self.description)), "/health", "/health")

    def own_secrets(self) -> list[SecretFile]:
        """The certificate that clients see: given, or from the stack's root in development."""
        if self.description.certificate == "root":
            public = self.place.root.sign(self, "certificate", self.description.host, "server_auth")
            shown = public.files(self, "public", "gateway.pem")
        else:
            shown = [
                secret_file(self, "public-pem", "gateway.pem", self.place.secrets[GATEWAY_CERTIFICATE]),
                secret_file(self, "public-pem-key", "gateway.pem.key", self.place.secrets[GATEWAY_KEY]),
            ]
        status = server.files(self, self.place.root, self.authority, self.description) if self.authority else []
        return [*shown, *status]


class Balancer(Service):
    """HAProxy between its callers and its members, with certificates on both sides."""

    def front(self) -> str:
        """All of it."""
        callers = self.place.descriptions(self.place.callers(self.description))
        readers = [link.caller for link in callers if isinstance(self.place.system.by_name[link.caller], Monitor)]
        return haproxy.balancer(self.description, callers, readers)


class Egress(Service):
    """Squid: it asks for certificates itself."""

    def front(self) -> str:
        """None."""
        return ""

    def texts(self) -> Mapping[str, str]:
        """squid.conf."""
        callers = self.place.descriptions(self.place.callers(self.description))
        return {"/etc/squid/squid.conf": squid.egress(self.description, callers)}

    def check(self) -> Sequence[str]:
        """Alive when it listens."""
        return ("probe-tcp", str(self.description.port))


class Forward(Service):
    """HAProxy in TCP mode to one outside address."""

    def front(self) -> str:
        """Callers' certificates on one side, the fixed address on the other."""
        it = self.description
        return haproxy.forward(it.host, it.host_port, it, self.place.descriptions(self.place.callers(it)))

    def check(self) -> Sequence[str]:
        """Alive when it listens."""
        return ("probe-tcp", str(self.description.port))
