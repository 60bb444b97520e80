"""The decisions of awsx:ec2:Vpc before it creates anything: zones, subnets and gateways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rehearsal.awsx import subnet_rules
from rehearsal.awsx.arguments import at_most_one
from rehearsal.awsx.context import ComponentContext
from rehearsal.awsx.output_values import bare_if_known, field, merge, strip
from rehearsal.awsx.subnets import Subnet, SubnetNames, lay_out
from rehearsal.awsx.vpc_endpoints import check_endpoints, dns_defaults
from rehearsal.values import Output

_DEFAULT_BLOCK = "10.0.0.0/16"
_DEFAULT_ZONES = 3
_NAT_STRATEGIES = {"none": "None", "single": "Single", "oneperaz": "OnePerAz"}
_LAYOUT_FIELDS = ("name", "cidrBlocks", "cidrMask", "size", "type")


@dataclass(frozen=True)
class Plan:
    """The checked arguments. `block` is None if an IPAM pool chooses it, `specs` is None if the program has none."""

    name: str
    arguments: Mapping[str, Any]
    zones: list[str]
    nat_strategy: str
    block: str | None
    specs: list[dict[str, Any]] | None

    @property
    def tags(self) -> Any:
        return merge({"Name": self.name}, self.own_tags)

    @property
    def own_tags(self) -> Any:
        return self.arguments.get("tags")

    @property
    def region(self) -> Any:
        return self.arguments.get("region")

    @property
    def subnet_strategy(self) -> str:
        return self.arguments.get("subnetStrategy") or "Legacy"

    @property
    def given_addresses(self) -> Sequence[Any]:
        return (self.arguments.get("natGateways") or {}).get("elasticIpAllocationIds") or []

    def subnets(self, block: str | Output) -> list[Subnet]:
        """Returns all subnets. Raises ValueError if they overlap, leave gaps or have no place for a NAT gateway."""
        naming = SubnetNames(self.name, self.arguments.get("subnetNameTagStrategy") == "AvailabilityZone")
        block = bare_if_known(block) or block
        mask = self.arguments.get("availabilityZoneCidrMask")
        subnets = lay_out(naming, block, self.zones, self.specs, self.subnet_strategy, mask)
        if isinstance(block, str):
            exact = self.subnet_strategy == "Exact"
            subnet_rules.check_layout(subnets, block, exact=exact, nat_strategy=self.nat_strategy)
        return subnets

    def layout(self, subnets: Sequence[Subnet]) -> Any:
        """Returns the component's output for the layout: the specs, or the layout that results from them."""
        if self.specs is not None and self.subnet_strategy not in ("Legacy", "AutoMerge"):
            return [{key: spec[key] for key in _LAYOUT_FIELDS if spec.get(key)} for spec in self.specs]
        if any(isinstance(subnet.block, Output) for subnet in subnets):
            return Output()
        return subnet_rules.layout(subnets, len(self.zones))


def decide(context: ComponentContext, name: str, arguments: dict[str, Any]) -> Plan:
    """Checks the arguments and returns the plan. Raises ValueError for arguments that contradict each other."""
    _check_ipam(arguments)
    at_most_one(arguments, "availabilityZoneNames", "numberOfAvailabilityZones")
    check_endpoints(arguments)
    zones = _zones(context, arguments)
    strategy = _NAT_STRATEGIES[(strip((arguments.get("natGateways") or {}).get("strategy")) or "OnePerAz").lower()]
    merges = arguments.get("subnetStrategy") == "AutoMerge"
    plan = Plan(
        name,
        {**arguments, **dns_defaults(arguments)},
        zones,
        strategy,
        arguments.get("cidrBlock") or (None if arguments.get("ipv4IpamPoolId") is not None else _DEFAULT_BLOCK),
        subnet_rules.normalise(arguments.get("subnetSpecs"), len(zones), merge=merges),
    )
    subnet_rules.check_addresses(strategy, plan.given_addresses, len(zones))
    return plan


def _check_ipam(arguments: Mapping[str, Any]) -> None:
    if arguments.get("ipv4IpamPoolId") is None:
        return
    at_most_one(arguments, "cidrBlock", "ipv4NetmaskLength")
    if arguments.get("ipv4NetmaskLength") is None and arguments.get("cidrBlock") is None:
        raise ValueError("ipv4IpamPoolId is given; expected ipv4NetmaskLength or cidrBlock beside it, found neither")


def _zones(context: ComponentContext, arguments: Mapping[str, Any]) -> list[str]:
    given = strip(arguments.get("availabilityZoneNames"))
    if given is None:
        wanted = arguments.get("numberOfAvailabilityZones") or _DEFAULT_ZONES
        asked = {"region": arguments.get("region")}
        answer = context.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", asked)
        zones = bare_if_known(field(answer, "names"))
        if zones is None:
            raise ValueError("region is not known yet; give availabilityZoneNames, or a region that is plain text")
        if len(zones) < wanted:
            raise ValueError(f"the region has {len(zones)} availability zones, expected at least {wanted}")
        given = zones[:wanted]
    if arguments.get("subnetNameTagStrategy") == "AvailabilityZone":
        subnet_rules.check_zone_suffixes(given)
    return given
