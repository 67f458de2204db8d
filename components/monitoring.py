"""Prometheus and Alertmanager, realised."""

from collections.abc import Mapping, Sequence

from components.service import Service
from components.text import prometheus
from diagram import Protocol

RULES = "/etc/prometheus/rules"


class Monitor(Service):
    """Prometheus. It keeps its data on one volume, so it runs once."""

    def command(self) -> Sequence[str]:
        """Listens on loopback; its front, where it has callers, is in front of it."""
        it = self.description
        return (
            "prometheus", "--config.file=/etc/prometheus/prometheus.yml",
            f"--storage.tsdb.path={it.volume}", f"--storage.tsdb.retention.time={it.retention}",
            f"--web.listen-address=127.0.0.1:{it.loopback}",
        )  # fmt: skip

    def texts(self) -> Mapping[str, str]:
        """The scrape configuration, and the rules."""
        place, it = self.place, self.description
        callees = [(link.link, place.system.by_name[link.link.callee]) for link in place.callees(it)]
        rules = {f"{RULES}/{name}": text for name, text in it.rules.items()}
        return {"/etc/prometheus/prometheus.yml": prometheus.monitor(it, callees), **rules}


class Alerting(Service):
    """Alertmanager, one task: clustering comes with more nodes."""

    def command(self) -> Sequence[str]:
        """Listens on loopback behind its front."""
        it = self.description
        return (
            "prometheus-alertmanager", "--config.file=/etc/alertmanager/alertmanager.yml",
            f"--storage.path={it.volume}", f"--web.listen-address=127.0.0.1:{it.loopback}",
            "--cluster.listen-address=",
        )  # fmt: skip

    def texts(self) -> Mapping[str, str]:
        """Routes, the receivers whose secret is configured, and the mail relay."""
        given = [receiver for receiver in self.description.receivers if receiver.secret in self._given()]
        proxies = [link.link.port for link in self._callees if link.link.protocol is Protocol.proxy]
        mail = self.description.mail
        text = prometheus.alerting(given, proxies[0] if proxies else None, mail)
        authority = {prometheus.RELAY_AUTHORITY: mail.authority} if mail and mail.authority else {}
        return {"/etc/alertmanager/alertmanager.yml": text, **authority}
