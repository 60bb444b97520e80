"""Virtual machine scale sets behind a gateway or a load balancer on Azure: zones, scaling, repairs, upgrades."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import autoscaling, availability
from .azure_autoscale import SETTING
from .azure_entry_points import PSRULE

FLEET = "azure-native:compute:VirtualMachineScaleSet"
EXTENSION = "azure-native:compute:VirtualMachineScaleSetExtension"
SCALE_SETS = "https://learn.microsoft.com/en-us/azure/virtual-machine-scale-sets"
NETWORK = "virtualMachineProfile.networkProfile"
POOLS = ("loadBalancerBackendAddressPools", "applicationGatewayBackendAddressPools")


def _gets_requests(fleet: Resource) -> bool:
    """Whether the machines are in a pool of a load balancer or an application gateway."""
    cards = fleet.children(f"{NETWORK}.networkInterfaceConfigurations")
    addresses = [address for card in cards for address in card.children("ipConfigurations")]
    return any(address.has(pool) for address in addresses for pool in POOLS)


@availability.high(
    FLEET,
    reference=f"{PSRULE}/Azure.VMSS.AvailabilityZone/",
    fix='Set zones to ["1", "2", "3"].',
)
def azure_scale_set_spans_zones(fleet: Resource, stack: Stack) -> Iterator[str]:
    """A scale set behind a load balancer spans zones.

    Without zones Azure puts the machines where there is room, which may be one data centre. It is advice: some regions
    have no zones, and a scale set for each zone is a right way as well.
    """
    others = [other for other in stack.of(FLEET) if other.urn != fleet.urn and _gets_requests(other)]
    if fleet.count("zones") < 2 and _gets_requests(fleet) and not others:
        yield f"zones has {fleet.count('zones')} entries, wanted two or more"


@autoscaling.high(
    FLEET,
    reference=f"{SCALE_SETS}/virtual-machine-scale-sets-use-availability-zones",
    fix="Add an AutoscaleSetting whose target_resource_uri is the scale set's id, from 2 to more than that.",
)
def azure_scale_set_scales(fleet: Resource, stack: Stack, *, least: int = 2) -> Iterator[str]:
    """A scale set behind a load balancer keeps two machines, has room, and something that moves it.

    The setting is what replaces the machines of a zone that is lost, in the zones that are left. It is advice: another
    stack may scale the set, or its size is fixed on purpose.
    """
    if not _gets_requests(fleet):
        return
    settings = stack.referring(fleet, SETTING, "targetResourceUri")
    if not settings:
        yield "no autoscale setting's targetResourceUri is this scale set, wanted one"
    for profile in [profile for setting in settings for profile in setting.children("profiles")]:
        low, high = profile.number("capacity.minimum") or 0, profile.number("capacity.maximum") or 0
        if low < least or high <= low:
            yield f"capacity is {low:g} to {high:g} in profile {profile.show('name')}, wanted {least} to more"


@availability.medium(
    FLEET,
    reference=f"{PSRULE}/Azure.VMSS.AutoInstanceRepairs/",
    fix="Give the scale set a health probe or the ApplicationHealth extension, and enable automatic_repairs_policy.",
)
def azure_scale_set_replaces_failed_machines(fleet: Resource, stack: Stack) -> Iterator[str]:
    """A scale set behind a load balancer replaces the machines that fail.

    A load balancer only stops sending requests to a machine whose server hangs. The scale set counts it as capacity,
    until somebody deletes it. Repairs need a probe or the extension that says how the application is.
    """
    if not _gets_requests(fleet):
        return
    own = fleet.children("virtualMachineProfile.extensionProfile.extensions")
    extensions = [
        extension.text("type") or "" for extension in (*own, *stack.referring(fleet, EXTENSION, "vmScaleSetName"))
    ]
    if not fleet.has(f"{NETWORK}.healthProbe") and not any("ApplicationHealth" in kind for kind in extensions):
        yield "healthProbe is not set and no extension is ApplicationHealth, wanted one of them"
    if not fleet.flag("automaticRepairsPolicy.enabled"):
        yield f"automaticRepairsPolicy.enabled is {fleet.show('automaticRepairsPolicy.enabled')}, wanted true"


@availability.high(
    FLEET,
    reference=f"{SCALE_SETS}/virtual-machine-scale-sets-upgrade-policy",
    fix='Set mode of upgrade_policy to "Rolling", with max_batch_instance_percent of 20.',
)
def azure_scale_set_is_upgraded_in_batches(fleet: Resource, *, percent: int = 50) -> Iterator[str]:
    """A change of a scale set behind a load balancer does not take all machines down together.

    In the mode Automatic the scale set makes no guarantee of an order, and may take down every machine at once for a
    new image. Rolling upgrades take as many at a time as the policy says.
    """
    if not _gets_requests(fleet):
        return
    if fleet.text("upgradePolicy.mode") == "Automatic":
        yield 'upgradePolicy.mode is "Automatic", wanted "Rolling"'
    share = fleet.number("upgradePolicy.rollingUpgradePolicy.maxBatchInstancePercent") or 0
    if share > percent:
        yield f"maxBatchInstancePercent is {share:g}, wanted {percent} or less"
