"""Virtual machines in a zone: what they have is in their zone too."""

from __future__ import annotations

from collections.abc import Iterator

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.azure.balancing import ADDRESS
from rehearsal.values import UNKNOWN

MACHINE = "azure-native:compute:VirtualMachine"
DISK = "azure-native:compute:Disk"
_CARD = "azure-native:network:NetworkInterface"


def _read_zones(it: Resource) -> set[str] | None:
    """The zones of a resource, none for a regional one, or nothing where they are not all known."""
    zones = it.get("zones")
    if zones is UNKNOWN or (isinstance(zones, list) and not all(isinstance(zone, str) for zone in zones)):
        return None
    return set(zones or ())


def _list_disks(it: Resource, program: Program) -> Iterator[tuple[str, Resource]]:
    for path in ("storageProfile.osDisk", *(path for path, _ in it.blocks("storageProfile.dataDisks"))):
        disk = program.refer(it, f"{path}.managedDisk.id", DISK)
        if disk:
            yield f"{path}.managedDisk", disk


@rule(MACHINE, source="https://github.com/jenkins-infra/azure/pull/1406")
def disks_of_a_machine_in_its_zone(it: Resource, program: Program) -> Found:
    mine = _read_zones(it)
    for path, disk in _list_disks(it, program):
        theirs = _read_zones(disk)
        if mine is None or theirs is None or not disk.text("sku.name").endswith("_LRS"):
            continue
        if mine and not mine & theirs:
            told = f"BadRequest: Disk {disk.name} cannot be attached to the VM because it is not in the same zone as the VM."
            where = f"Disk zone: '{', '.join(sorted(theirs))}'" if theirs else "The disk is in no zone"
            yield path, f"{told} VM zone: '{', '.join(sorted(mine))}'. {where}."
        if theirs and not mine and it.get("availabilitySet") not in (None, UNKNOWN):
            told = (
                f"BadRequest: Zonal Disk {disk.name!r} cannot be attached to resource {it.name!r} because the resource"
            )
            yield path, f"{told} belongs to an Availability Set and this feature is not supported."


@rule(MACHINE, source="https://github.com/Azure/azurehpc/issues/317")
def addresses_of_a_machine_in_its_zone(it: Resource, program: Program) -> Found:
    mine = _read_zones(it)
    for path, _ in it.blocks("networkProfile.networkInterfaces") if mine else ():
        card = program.refer(it, f"{path}.id", _CARD)
        for inner, _ in card.blocks("ipConfigurations") if card else ():
            address = program.refer(card, f"{inner}.publicIPAddress.id", ADDRESS) if card else None
            theirs = _read_zones(address) if address else None
            # An address of the standard SKU that names no zone has those of its region.
            regional = address is not None and address.get("sku.name") == "Basic"
            if address and mine and theirs is not None and (regional if not theirs else not mine & theirs):
                code = "ComputeResourceZoneConstraintDoesNotMatchPublicIPAddressZoneConstraint: Compute resource"
                told = f"{code} {it.name} has a zone constraint {', '.join(sorted(mine))} but the PublicIPAddress"
                where = ", ".join(sorted(theirs)) or "Regional"
                yield path, f"{told} {address.name} used by it has a different zone constraint {where}."
