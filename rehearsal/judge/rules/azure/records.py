"""DNS zones: record types that must not share a name."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule

PUBLIC = "azure-native:dns:RecordSet"
PRIVATE = "azure-native:privatedns:PrivateRecordSet"
_ZONES = {
    PUBLIC: ("zoneName", "azure-native:dns:Zone"),
    PRIVATE: ("privateZoneName", "azure-native:privatedns:PrivateZone"),
}


def _place(it: Resource, program: Program) -> tuple[str, str, str] | None:
    """The resource group, zone and name of a record; None if the zone or the name is unknown."""
    path, kind = _ZONES[it.type]
    zone = program.refer(it, path, kind)
    where, name = zone.urn if zone else it.text(path).lower(), it.text("relativeRecordSetName").lower()
    return ("" if zone else it.text("resourceGroupName").lower(), where, name) if where and name else None


@rule(PUBLIC, PRIVATE, source="https://github.com/kubernetes-sigs/external-dns/issues/5358")
def aliases_are_alone(it: Resource, program: Program) -> Found:
    kind, place = it.text("recordType").upper(), _place(it, program)
    if kind != "CNAME" or place is None:
        return
    for other in program.of(it.type):
        if other.text("recordType").upper() not in ("", "CNAME") and _place(other, program) == place:
            message = "CannotCreateRecordDueToCNameNamingRestriction: a CNAME record with the same name already exists"
            yield "relativeRecordSetName", f"{message} in this zone as {other.name!r}"
