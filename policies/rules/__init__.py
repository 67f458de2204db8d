"""The rules, by family. Importing the package registers them all."""

from . import (
    availability,
    availability_health,
    hardening,
    images,
    isolation_egress,
    isolation_host,
    isolation_networks,
    isolation_zones,
    observability,
    secrets_channels,
    secrets_files,
    secrets_strength,
    transport_certificates,
    transport_clients,
    transport_fronts,
    transport_nginx,
    transport_servers,
)
from .kit.rule import REGISTRY

RULES = tuple(REGISTRY.values())

__all__ = [
    "RULES", "availability", "availability_health",
    "hardening", "images", "isolation_egress", "isolation_host", "isolation_networks",
    "isolation_zones", "observability", "secrets_channels", "secrets_files", "secrets_strength",
    "transport_certificates", "transport_clients", "transport_fronts", "transport_nginx", "transport_servers",
]  # fmt: skip
