"""The rules, by family. Importing the package registers them all."""

from . import (  # noqa: F401 -- each registers its rules
    availability,
    availability_backups,
    availability_health,
    availability_memory,
    availability_replicas,
    availability_signals,
    hardening,
    hardening_builds,
    hardening_privileges,
    images,
    isolation_egress,
    isolation_host,
    isolation_names,
    isolation_networks,
    isolation_zones,
    observability,
    secrets_backups,
    secrets_builds,
    secrets_channels,
    secrets_defaults,
    secrets_files,
    secrets_own,
    secrets_owners,
    secrets_strength,
    transport_brokers,
    transport_certificates,
    transport_clients,
    transport_documents,
    transport_egress,
    transport_fronts,
    transport_given,
    transport_nginx,
    transport_requests,
    transport_servers,
)
from .kit.rule import REGISTRY

RULES = tuple(REGISTRY.values())

__all__ = ["RULES"]
