"""The words of AWS's templates: facts of the account and region, the resource's own digits, and its inputs.

Each word is computed when a template asks for it, because an id may be built from the ARN or the ARN from the id.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from rehearsal.aws import account, databases, default_vpc
from rehearsal.aws.names import naming
from rehearsal.cloud import PlannedResource
from rehearsal.provider.placeholder import MOMENT, uuid
from rehearsal.provider.templates import Words
from rehearsal.provider_facts import type_facts

_EXAMPLE = re.compile(r"pulumi import \S+ \S+ (\S.*)")


class Facts(Words):
    """The words for one AWS resource: `arn`, `id`, `region`, … and its inputs."""

    def __init__(self, planned: PlannedResource, region: str, identity: str | None = None) -> None:
        super().__init__(planned)
        self.region, self._identity = region, identity

    def name(self) -> str:
        rule = naming(self.planned.kind)
        for key in (rule.input if rule else "name", "name"):
            if isinstance(value := self.planned.inputs.get(key), str) and value:
                return value
        prefix = self.planned.inputs.get(rule.prefix) if rule else None
        return f"{prefix}{self.planned.hex(26, 'name')}" if isinstance(prefix, str) else self.planned.name

    def arn(self) -> str:
        kind = self.planned.kind
        if template := type_facts.of(kind.token).arn:
            return self.render(template)
        service = type_facts.service_of(kind.token).arn_service or kind.module
        words = re.sub(r"(?<!^)(?=[A-Z])", "-", kind.name).lower()
        own = self._identity if self._identity and not self._identity.startswith("arn:") else self._own_name()
        return f"arn:{account.partition(self.region)}:{service}:{self.region}:{account.ACCOUNT}:{words}/{own}"

    def id(self) -> str:
        if self._identity is not None:
            return self._identity
        if template := type_facts.of(self.planned.kind.token).id:
            return self.render(template)
        return self._documented_id()

    def _documented_id(self) -> str:
        """As the documentation's import example is built: an ARN, a prefix with digits, several parts, or a name."""
        found = _EXAMPLE.search(self.planned.kind.documentation)
        example = found.group(1).strip().strip("'\"") if found else ""
        if example.startswith("arn:"):
            return self.arn()
        if generated := re.fullmatch(r"([a-z]+(?:-[a-z]+)*)-[0-9a-f]{6,}", example):
            return f"{generated.group(1)}-{self.planned.hex(17)}"
        return f"{self.name()}-{self.planned.hex(8)}" if re.search(r"[/,|:#]", example) else self._own_name()

    def _own_name(self) -> str:
        """The physical name; where the program gives none, the logical one with digits: two stacks may share that."""
        return self.name() if self._has_name() else f"{self.name()}-{self.planned.hex(8)}"

    def _has_name(self) -> bool:
        rule = naming(self.planned.kind)
        names = (rule.input, rule.prefix) if rule else ("name",)
        return any(self.planned.inputs.get(name) for name in names)

    def zone(self) -> str:
        given = self.planned.inputs.get("availabilityZone")
        zones = account.zones(self.region)
        return given if isinstance(given, str) else zones[int(self.planned.hex(4, "zone"), 16) % len(zones)]

    def private_ip(self) -> str:
        digits = self.planned.hex(4, "private")
        return f"10.0.{int(digits[:2], 16)}.{max(4, int(digits[2:], 16) - 1)}"

    def public_ip(self) -> str:
        # 203.0.113.0/24 is set aside for documentation (RFC 5737): no rehearsal points at a machine of somebody's.
        return f"203.0.113.{int(self.planned.hex(2, 'public'), 16)}"


def _tail(facts: Facts, key: str, separator: str) -> str:
    return str(facts[key]).rpartition(separator)[2]


def _key_policy(facts: Facts) -> str:
    root = f"arn:{account.partition(facts.region)}:iam::{account.ACCOUNT}:root"
    statement = {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]})


def _certificate(facts: Facts) -> str:
    text = "-----BEGIN CERTIFICATE-----\nrehearsal\n-----END CERTIFICATE-----\n"
    return base64.b64encode(text.encode()).decode()


def _vpc_ipv6(facts: Facts) -> str:
    """The /56 that AWS gives on request, from the range set aside for documentation (RFC 3849); else nothing."""
    asked = facts.planned.inputs.get("assignGeneratedIpv6CidrBlock") is True or facts.planned.inputs.get(
        "ipv6IpamPoolId"
    )
    return f"2001:db8:{facts.planned.hex(4, 'ipv6')}:{facts.planned.hex(2, 'ipv6 end')}00::/56" if asked else ""


def _domain_validations(facts: Facts) -> list[dict[str, Any]]:
    """A record for each name of a certificate; a wildcard's is that of its domain."""
    names = [facts["domainName"], *(facts.planned.inputs.get("subjectAlternativeNames") or [])]
    return [
        {
            "domainName": name,
            "resourceRecordName": f"_{facts.planned.hex(32, bare)}.{bare}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": f"_{facts.planned.hex(32, f'value of {bare}')}.acm-validations.aws.",
        }
        for name in dict.fromkeys(names)
        for bare in (name.removeprefix("*."),)
    ]


def _engine(facts: Facts) -> str:
    """The database's engine; of DocumentDB and Neptune the service's own."""
    return facts["engine"] or facts.planned.kind.module


def _master_secret(facts: Facts) -> list[dict[str, Any]]:
    """The secret in which RDS keeps a password that it manages itself."""
    if facts.planned.inputs.get("manageMasterUserPassword") is not True:
        return []
    stem = f"arn:{account.partition(facts.region)}:secretsmanager:{facts.region}:{account.ACCOUNT}:secret"
    key = facts.planned.inputs.get("masterUserSecretKmsKeyId") or "alias/aws/secretsmanager"
    return [{"secretArn": f"{stem}:rds!{facts.planned.hex(32)}", "secretStatus": "active", "kmsKeyId": key}]


def _firewall_endpoints(facts: Facts) -> list[dict[str, Any]]:
    """An endpoint in each subnet, zone after zone: the inputs do not say in which zone a subnet is."""
    zones = account.zones(facts.region)
    mappings = facts.planned.inputs.get("subnetMappings") or []
    states = [
        {
            "availabilityZone": zones[place % len(zones)],
            "attachments": [
                {"endpointId": f"vpce-{facts.planned.hex(17, str(place))}", "subnetId": mapping.get("subnetId")}
            ],
        }
        for place, mapping in enumerate(mappings)
    ]
    return [{"syncStates": states, "capacityUsageSummaries": []}]


Facts.facts = {
    "account": lambda facts: account.ACCOUNT,
    "arn": Facts.arn,
    "certificate": _certificate,
    "cluster_identifier": lambda facts: facts["clusterIdentifier"] or f"tf-{facts.planned.hex(26)}",
    "cluster_name": lambda facts: _tail(facts, "cluster", "/") or "default",
    "compute_domain": lambda facts: (
        "compute-1.amazonaws.com" if facts.region == "us-east-1" else f"{facts.region}.compute.amazonaws.com"
    ),
    "internal_domain": lambda facts: (
        "ec2.internal" if facts.region == "us-east-1" else f"{facts.region}.compute.internal"
    ),
    "default_acl": lambda facts: default_vpc.identifier("acl", facts.region),
    "default_dopt": lambda facts: default_vpc.identifier("dopt", facts.region),
    "default_rtb": lambda facts: default_vpc.identifier("rtb", facts.region),
    "default_sg": lambda facts: default_vpc.identifier("sg", facts.region),
    "default_vpc": lambda facts: default_vpc.identifier("vpc", facts.region),
    "domain_validations": _domain_validations,
    "firewall_endpoints": _firewall_endpoints,
    "function_name": lambda facts: _tail(facts, "functionName", ":"),
    "id": Facts.id,
    "instance_identifier": lambda facts: facts.planned.inputs.get("identifier") or f"tf-{facts.planned.hex(26)}",
    "lb_kind": lambda facts: {"network": "net", "gateway": "gwy"}.get(facts["loadBalancerType"], "app"),
    "lb_zone": lambda facts: account.load_balancing(facts.region)[1],
    "master_secret": _master_secret,
    "moment": lambda facts: MOMENT,
    "mq_port": lambda facts: 5671 if facts["engineType"].lower() == "rabbitmq" else 61617,
    "mq_scheme": lambda facts: "amqps" if facts["engineType"].lower() == "rabbitmq" else "ssl",
    "name": Facts.name,
    "oidc_host": lambda facts: str(facts["url"]).partition("://")[2] or facts["url"],
    "partition": lambda facts: account.partition(facts.region),
    "function_version": lambda facts: "1" if facts.planned.inputs.get("publish") is True else "$LATEST",
    "path": lambda facts: facts.planned.inputs.get("path") or "/",
    "private_ip": Facts.private_ip,
    "private_ip_dashed": lambda facts: facts.private_ip().replace(".", "-"),
    "public_ip": Facts.public_ip,
    "public_ip_dashed": lambda facts: facts.public_ip().replace(".", "-"),
    "rds_port": lambda facts: facts.planned.inputs.get("port") or databases.port(_engine(facts)),
    "rds_version": lambda facts: facts.planned.inputs.get("engineVersion") or databases.version(_engine(facts)),
    "region": lambda facts: facts.region,
    "revision": lambda facts: facts.planned.generation + 1,
    "scheme_prefix": lambda facts: "internal-" if facts.planned.inputs.get("internal") is True else "",
    "ses_kind": lambda facts: "EMAIL_ADDRESS" if "@" in facts["emailIdentity"] else "DOMAIN",
    "set_suffix": lambda facts: f"_{facts['setIdentifier']}" if facts.planned.inputs.get("setIdentifier") else "",
    # a path's own slash is the separator
    "parameter": lambda facts: facts["name"].removeprefix("/"),
    "stage_path": lambda facts: "" if facts["name"] == "$default" else facts["name"],
    "suffix": lambda facts: account.dns_suffix(facts.region),
    "target_key": lambda facts: _tail(facts, "targetKeyId", "/"),
    "kms_policy": _key_policy,
    "uuid": lambda facts: uuid(facts.planned.hex, "uuid"),
    "vpc_ipv6": _vpc_ipv6,
    "waf_scope": lambda facts: "global" if facts["scope"] == "CLOUDFRONT" else "regional",
    "ws_scheme": lambda facts: "wss" if facts["protocolType"] == "WEBSOCKET" else "https",
    "zone": Facts.zone,
    "zone_id": lambda facts: account.zone_id(facts.zone()),
    "zones": lambda facts: account.zones(facts.region),
    "zones3": lambda facts: account.zones(facts.region)[:3],
}
