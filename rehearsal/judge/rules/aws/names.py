"""Route 53: records of one name, and health checks."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

RECORD = "aws:route53/record:Record"
ZONE = "aws:route53/zone:Zone"
CHECK = "aws:route53/healthCheck:HealthCheck"
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


@rule(RECORD, source=f"{_API}/API_ResourceRecordSet.html")
def parts_of_a_record(it: Resource) -> Found:
    alias, routing = it.get("aliases"), _routing(it)
    if alias is None and it.get("records") is None:
        yield "records", f"{_INVALID}: a record needs records or an alias"
    if alias is not None:
        for name in ("records", "ttl"):
            if it.get(name) is not None:
                yield name, f"InvalidInput: {name} cannot be specified with an alias"
    elif it.get("records") is not None and it.get("ttl") is None:
        yield "ttl", "InvalidInput: a TTL is required with records"
    if routing and it.get("setIdentifier") is None:
        yield "setIdentifier", f"InvalidInput: it is required with {routing[0]}"
    if not routing and it.get("setIdentifier") is not None:
        yield "setIdentifier", "InvalidInput: it needs a routing policy"
    if len(routing) > 1:
        yield routing[1], f"InvalidInput: a record has one routing policy, found {', '.join(routing)}"
    for path, one in it.blocks("failoverRoutingPolicies"):
        if one.get("type") == "PRIMARY" and alias is None and it.get("healthCheckId") is None:
            yield path, "InvalidInput: a primary failover record needs a health check"


@rule(RECORD, source=f"{_GUIDE}/ResourceRecordTypes.html")
def values_of_a_record(it: Resource) -> Found:
    kind = it.text("type")
    values = [one for one in it.list("records") if isinstance(one, str)]
    if kind == "CNAME" and len(it.list("records")) > 1:
        yield "records", f"{_INVALID}: a CNAME record has exactly one value"
    for index, value in enumerate(values):
        if kind in ("TXT", "SPF") and any(len(part) > 255 for part in value.replace('\\"', "").split('"')):
            message = f"{_INVALID}: CharacterStringTooLong (Value is too long) encountered with"
            yield f"records[{index}]", f"{message} {value[:20]!r}…: split it into strings of 255 characters"
        if kind == "A" and (value.count(".") != 3 or not value.replace(".", "").isdigit()):
            yield f"records[{index}]", f"{_INVALID}: Value is not a valid IPv4 address: {value!r}"
        if kind == "MX" and not value.split(" ")[0].isdigit():
            yield f"records[{index}]", f"{_INVALID}: MX records need a priority and a host, found {value!r}"


def _full_name(it: Resource, zone: Resource) -> str:
    """As Terraform expands it: the zone's name is appended where it is missing."""
    name, domain = it.text("name").lower().rstrip("."), zone.text("name").lower().rstrip(".")
    if it.get("name") is UNKNOWN or (zone.inputs and not domain):
        return ""
    return (
        name if not domain or name == domain or name.endswith(f".{domain}") else f"{name}.{domain}" if name else domain
    )


def _named_zone(it: Resource) -> Resource | None:
    """A zone of which only the id is known; names in it are taken as they are written."""
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
            elif not mine or (it.text("setIdentifier") and it.text("setIdentifier") == other.text("setIdentifier")):
                message = f"{_INVALID}: Tried to create resource record set [name='{name}.', type='{kind}']"
                yield "name", f"{message} but it already exists: {other.name!r}"


@rule(RECORD, source=f"{_API}/API_ResourceRecordSet.html")
def one_record_for_each_role(it: Resource, program: Program) -> Found:
    """With failover routing, "you can create one primary and one secondary" record of the same name and type."""
    mine = [one.text("type") for _, one in it.blocks("failoverRoutingPolicies")]
    for other in program.of(RECORD) if mine and it.text("name") else ():
        theirs = [one.text("type") for _, one in other.blocks("failoverRoutingPolicies")]
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
    for path, one in it.blocks("aliases"):
        # the name's and the zone's sources are one set: only a zone of ours can be told from theirs
        zone = one.text("zoneId")
        if zone not in ("", "Z2FDTNDATAQYW2") and any(source.type == DISTRIBUTION for source in sources):
            message = f"{_INVALID}: Tried to create an alias that targets a name that does not lie within the zone"
            yield f"{path}.zoneId", f"{message} {zone}: a distribution lies in Z2FDTNDATAQYW2"


@rule(CHECK, source=f"{_API}/API_HealthCheckConfig.html")
def parts_of_a_health_check(it: Resource) -> Found:
    kind = it.text("type")
    request = kind in ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")
    if request and it.get("fqdn") is None and it.get("ipAddress") is None:
        yield "fqdn", f"InvalidInput: a {kind} health check needs a fully qualified domain name or an IP address"
    if kind == "TCP":
        if it.get("port") is None:
            yield "port", "InvalidInput: a TCP health check needs a port"
        if it.get("resourcePath") is not None:
            yield "resourcePath", "InvalidInput: Basic HTTP health check options are not valid for TCP"
    if kind.endswith("_STR_MATCH") and it.get("searchString") is None:
        yield "searchString", f"InvalidInput: SearchString must be specified for {kind}"
    if kind in ("HTTP", "HTTPS", "TCP") and it.get("searchString") is not None:
        yield "searchString", f"InvalidInput: SearchString cannot be specified for {kind}"
    if kind == "CLOUDWATCH_METRIC" and (
        it.get("cloudwatchAlarmName") is None or it.get("cloudwatchAlarmRegion") is None
    ):
        yield "cloudwatchAlarmName", "InvalidInput: a CLOUDWATCH_METRIC health check needs an alarm's name and region"
    interval = it.number("requestInterval")
    if interval is not None and interval not in (10, 30):
        yield "requestInterval", f"InvalidInput: found {interval:g}, expected 10 or 30"
    regions = it.list("regions")
    if 0 < len(regions) < 3:
        yield "regions", f"InvalidInput: Minimum 3 regions need to be selected, found {len(regions)}"


KEY = "aws:route53/keySigningKey:KeySigningKey"


@rule("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec", source=f"{_API}/API_EnableHostedZoneDNSSEC.html")
def key_before_the_signing(it: Resource, program: Program) -> Found:
    zone = program.refer(it, "hostedZoneId", ZONE)
    keys = list(program.referring(zone, "hostedZoneId", KEY)) if zone else []
    if zone and zone.new and not program.waits_for(it, *keys) and it.text("signingStatus") != "NOT_SIGNING":
        message = "KeySigningKeyWithActiveStatusNotFound: Hosted zone does not have a Key Signing Key in ACTIVE status"
        yield "hostedZoneId", f"{message} yet{f': depend on {keys[0].name!r}' if keys else ''}"


@rule(ZONE, source=f"{_GUIDE}/hosted-zone-private-creating.html")
def parts_of_a_zone(it: Resource) -> Found:
    if it.get("delegationSetId") is not None and it.get("vpcs") is not None:
        yield "delegationSetId", "it conflicts with vpcs: a private zone has no delegation set"


@rule(ZONE, source="https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html")
def one_private_zone_of_a_name(it: Resource, program: Program) -> Found:
    networks = it.sources.get("vpcs")
    for other in program.of(ZONE) if networks and it.text("name") else ():
        if other.urn < it.urn and other.text("name") == it.text("name") and other.sources.get("vpcs") == networks:
            message = "ConflictingDomainExists: The VPC is already associated with a zone of the same name"
            yield "vpcs", f"{message}: {other.name!r}"
