"""Prometheus and Alertmanager."""

from collections.abc import Sequence
from typing import Any

import yaml

from diagram import Link, Mail, Monitor, Receiver, Service

SECRETS = "/run/secrets"
RELAY_AUTHORITY = "/etc/alertmanager/relay.pem"


def monitor(service: Monitor, callees: Sequence[tuple[Link, Service]]) -> str:
    """prometheus.yml: a job for each link, over TLS with the link's own certificate, a target for each replica."""
    alerting = service.alerting.name if service.alerting else None
    jobs = [_job(link, callee) for link, callee in callees if callee.metrics]
    jobs.append({"job_name": service.name, "static_configs": [{"targets": [f"127.0.0.1:{service.loopback}"]}]})
    document: dict[str, Any] = {
        "global": {
            "scrape_interval": f"{service.scrape_seconds}s",
            "evaluation_interval": f"{service.scrape_seconds}s",
        },
        "rule_files": ["/etc/prometheus/rules/*.yml"],
        "scrape_configs": jobs,
    }
    managers = [_reach(link) for link, callee in callees if callee.name == alerting]
    if managers:
        document["alerting"] = {"alertmanagers": managers}
    return str(yaml.safe_dump(document, sort_keys=False))


def alerting(receivers: Sequence[Receiver], proxy: int | None, mail: Mail | None = None) -> str:
    """alertmanager.yml: alerts are grouped by service and severity; each receiver gets its severities by the proxy, and
    who reads e-mail gets all of them.
    """
    mailed = [_mailed(mail)] if mail else []
    document = {
        "global": {"http_config": {"proxy_url": f"http://127.0.0.1:{proxy}"}} if proxy else {},
        "route": {
            "receiver": "none",
            "group_by": ["alertname", "job", "severity"],
            "group_wait": "10s",
            "group_interval": "1m",
            "repeat_interval": "4h",
            "routes": [*map(_route, receivers), *({"receiver": it["name"], "continue": True} for it in mailed)],
        },
        "receivers": [{"name": "none"}, *map(_receiver, receivers), *mailed],
    }
    return str(yaml.safe_dump(document, sort_keys=False))


def _route(receiver: Receiver) -> dict[str, Any]:
    matchers = [f'severity=~"{"|".join(receiver.severities)}"'] if receiver.severities else []
    return {"receiver": receiver.secret.name, "matchers": matchers, "continue": True}


def _receiver(receiver: Receiver) -> dict[str, Any]:
    """Each reads its key or address from its file, and tells when the trouble is over."""
    key = {"pagerduty": "routing_key_file", "slack": "api_url_file"}[receiver.product]
    config = {key: f"{SECRETS}/{receiver.secret.name}", "send_resolved": True}
    return {"name": receiver.secret.name, f"{receiver.product}_configs": [config]}


def _mailed(mail: Mail) -> dict[str, Any]:
    """By the forward's listener; the relay has to show a certificate for its own name before it is told anything."""
    known = {"ca_file": RELAY_AUTHORITY} if mail.authority else {}
    config = {
        "to": mail.to,
        "from": mail.sender,
        "smarthost": f"127.0.0.1:{mail.by.port}",
        "hello": "localhost",
        "require_tls": True,
        "tls_config": {"server_name": mail.by.host, "min_version": "TLS12", **known},
        "send_resolved": True,
    }
    return {"name": mail.by.name, "email_configs": [config]}


def _job(link: Link, callee: Service) -> dict[str, Any]:
    return {"job_name": callee.name, "metrics_path": callee.metrics, **_reach(link)}


def _reach(link: Link) -> dict[str, Any]:
    name = link.callee
    return {
        "scheme": "https",
        "tls_config": {
            "ca_file": f"{SECRETS}/root.pem",
            "cert_file": f"{SECRETS}/{name}.pem",
            "key_file": f"{SECRETS}/{name}.pem.key",
            "server_name": name,
            "min_version": "TLS13",
        },
        "dns_sd_configs": [{"names": [name], "type": "A", "port": link.port, "refresh_interval": "5s"}],
    }
