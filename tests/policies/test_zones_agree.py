"""The zone table stands twice, because the pack imports nothing of the program: the two must say the same."""

from diagram.zone import MAY_CALL, Zone
from policies.rules.isolation_zones import ZONES


def test_the_packs_zones_are_the_diagrams() -> None:
    assert {zone: set(allowed) for zone, allowed in ZONES.items()} == {
        zone.value: {allowed.value for allowed in MAY_CALL[zone]} for zone in Zone
    }
