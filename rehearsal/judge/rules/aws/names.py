"""Route 53: records, aliases, DNSSEC and private zones."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

RECORD = "aws:route53/record:Record"
ZONE = "aws:route53/zone:Zone"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
_API = "https://docs.aws.amazon.com/Route53/latest/APIReference"
_GUIDE = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide"
_INVALID = "InvalidChangeBatch"
_ROUTING = (
    "cidrRoutingPolicy",
    "failoverRoutingPolicies",
    "geolocationRoutingPolicies",
    "geoproximityRoutingPolicy",
    "latencyRoutingPolicies",
    "multivalueAnswerRoutingPolicy",
    "weightedRoutingPolicies",
)


def _routing(it: Resource) -> list[str]:
    return [name for name in _ROUTING if it.get(name) not in (None, False)]


@rule(RECORD, source=f"{_GUIDE}/ResourceRecordTypes.html")
def values_of_a_record(it: Resource) -> Found:
    kind = it.text("type")
    values = [record for record in it.list("records") if isinstance(record, str)]
    for index, value in enumerate(values):
        if kind in ("TXT", "SPF") and any(len(part) > 255 for part in value.replace('\\"', "").split('"')):
            message = f"{_INVALID}: CharacterStringTooLong (Value is too long) encountered with"
            yield f"records[{index}]", f"{message} {value[:20]!r}…: split it into strings of 255 characters"


def _full_name(it: Resource, zone: Resource) -> str:
    """The record's full name. Terraform appends the zone's name if it is missing. Empty if a name is unknown."""
    name, domain = it.text("name").lower().rstrip("."), zone.text("name").lower().rstrip(".")
    if it.get("name") is UNKNOWN or (zone.inputs and not domain):
        return ""
    return (
        name if not domain or name == domain or name.endswith(f".{domain}") else f"{name}.{domain}" if name else domain
    )


def _named_zone(it: Resource) -> Resource | None:
    """A stand-in for a zone that is known by its id only, so that record names are used as written."""
    return Resource(it.text("zoneId"), ZONE, {}) if it.text("zoneId") else None


@rule(RECORD, source=f"{_GUIDE}/ResourceRecordTypes.html#CNAMEFormat")
def names_of_records(it: Resource, program: Program) -> Found:
    zone = program.refer(it, "zoneId", ZONE) or _named_zone(it)
    name = _full_name(it, zone) if zone else ""
    if zone is None or not name:
        return
    domain, kind = zone.text("name").lower().rstrip("."), it.text("type")
    if kind == "CNAME" and name == domain:
        message = f"{_INVALID}: RRSet of type CNAME with DNS name {name}. is not permitted at apex in zone {domain}."
        yield "type", message
    for other in program.of(RECORD):
        theirs_zone = program.refer(other, "zoneId", ZONE) or _named_zone(other)
        if other.urn == it.urn or theirs_zone != zone or _full_name(other, zone) != name:
            continue
        clash = {kind, other.text("type")}
        if "CNAME" in clash and len(clash) == 2 and kind == "CNAME":
            message = f"{_INVALID}: RRSet of type CNAME with DNS name {name}. is not permitted as it conflicts with"
            yield "type", f"{message} other records with the same DNS name: {other.name!r}"
        elif len(clash) == 1 and other.urn < it.urn:
            mine, theirs = _routing(it), _routing(other)
            if mine != theirs:
                message = f"{_INVALID}: RRSet with DNS name {name}., type {kind} cannot be created as"
                yield "name", f"{message} other RRSets exist with the same name and type: {other.name!r}"
            elif it.get("allowOverwrite") is True or other.get("allowOverwrite") is True:
                continue
            elif (
                mine == ["weightedRoutingPolicies"]
                and None not in (it.number("ttl"), other.number("ttl"))
                and (it.number("ttl") != other.number("ttl"))
            ):  # https://github.com/aws/aws-sdk-go-v2/issues/518
                message = f"{_INVALID}: RRSet with DNS name {name}., type {kind} cannot be created as"
                yield (
                    "ttl",
                    f"{message} weighted sets must contain the same TTL: {other.name!r} has {other.number('ttl'):g}",
                )
            elif not mine or (it.text("setIdentifier") and it.text("setIdentifier") == other.text("setIdentifier")):
                message = f"{_INVALID}: Tried to create resource record set [name='{name}.', type='{kind}']"
                yield "name", f"{message} but it already exists: {other.name!r}"


@rule(RECORD, source=f"{_API}/API_ResourceRecordSet.html")
def one_record_for_each_role(it: Resource, program: Program) -> Found:
    """AWS: "you can create one primary and one secondary" record with the same name and type for failover routing."""
    mine = [policy.text("type") for _, policy in it.blocks("failoverRoutingPolicies")]
    for other in program.of(RECORD) if mine and it.text("name") else ():
        theirs = [policy.text("type") for _, policy in other.blocks("failoverRoutingPolicies")]
        zones = program.refer(it, "zoneId", ZONE), program.refer(other, "zoneId", ZONE)
        one_zone = zones[0] is zones[1] if all(zones) else "" != it.text("zoneId") == other.text("zoneId")
        same = all(it.text(path) == other.text(path) for path in ("name", "type"))
        if other.urn < it.urn and one_zone and same and theirs == mine:
            message = f"{_INVALID}: RRSet with DNS name {it.text('name')}, type {it.text('type')}, failover {mine[0]} cannot be"
            yield (
                "failoverRoutingPolicies",
                f"{message} created as one exists with the same name and type: {other.name!r}",
            )


@rule(RECORD, source=f"{_GUIDE}/resource-record-sets-values-alias.html")
def zone_of_an_alias(it: Resource, program: Program) -> Found:
    sources = [program.by_urn[urn] for urn in it.sources.get("aliases", ()) if urn in program.by_urn]
    for path, alias in it.blocks("aliases"):
        # The sources of an alias do not say which of its values they belong to, so only a literal zone id is judged.
        zone = alias.text("zoneId")
        if zone not in ("", "Z2FDTNDATAQYW2") and any(source.type == DISTRIBUTION for source in sources):
            message = f"{_INVALID}: Tried to create an alias that targets a name that does not lie within the zone"
            yield f"{path}.zoneId", f"{message} {zone}: a distribution lies in Z2FDTNDATAQYW2"


@rule(ZONE, source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html")
def one_private_zone_of_a_name(it: Resource, program: Program) -> Found:
    networks = it.sources.get("vpcs")
    for other in program.of(ZONE) if networks and it.text("name") else ():
        if other.urn < it.urn and other.text("name") == it.text("name") and other.sources.get("vpcs") == networks:
            message = "ConflictingDomainExists: The VPC is already associated with a zone of the same name"
            yield "vpcs", f"{message}: {other.name!r}"
