"""Prometheus and Alertmanager."""

from collections.abc import Sequence
from typing import Any

import yaml

from diagram import Link, Monitor, Service

SECRETS = "/run/secrets"


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


def alerting() -> str:
    """alertmanager.yml: alerts are grouped by service and severity, kept and shown. No receiver has its key yet."""

    document = {
        "route": {
            "receiver": "none",
            "group_by": ["alertname", "job", "severity"],
            "group_wait": "10s",
            "group_interval": "1m",
            "repeat_interval": "4h",
        },
        "receivers": [{"name": "none"}],
    }
    return str(yaml.safe_dump(document, sort_keys=False))


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
