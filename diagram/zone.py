"""The zones, and which zone may call which."""

from enum import StrEnum


class Zone(StrEnum):
    """Where a service stands. The four VLANs of the assistant's deployment plan."""

    dmz = "dmz"
    applications = "applications"
    data = "data"
    monitoring = "monitoring"


MAY_CALL: dict[Zone, frozenset[Zone]] = {
    Zone.dmz: frozenset({Zone.dmz, Zone.applications}),
    Zone.applications: frozenset({Zone.applications, Zone.data, Zone.dmz}),
    Zone.data: frozenset(),
    Zone.monitoring: frozenset(Zone),
}
"""Into the DMZ, applications call only what leads out, and in the DMZ only an edge its gateway: see ``System``."""
