"""The words in AWS's templates: facts about the account and region, the resource's digits, and its inputs.

Each word is computed only when a template uses it, because the id may contain the ARN or the ARN may contain the id.
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


class AwsWords(Words):
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
        return self._imitate_documented_id()

    def _imitate_documented_id(self) -> str:
        """An id in the form of the import example in the documentation: an ARN, a prefix with digits, several parts or
        a name."""
        match = _EXAMPLE.search(self.planned.kind.documentation)
        example = match.group(1).strip().strip("'\"") if match else ""
        if example.startswith("arn:"):
            return self.arn()
        if generated := re.fullmatch(r"([a-z]+(?:-[a-z]+)*)-[0-9a-f]{6,}", example):
            return f"{generated.group(1)}-{self.planned.hex(17)}"
        return f"{self.name()}-{self.planned.hex(8)}" if re.search(r"[/,|:#]", example) else self._own_name()

    def _own_name(self) -> str:
        """The program's name for the resource, else the logical name with digits, because two stacks may use the same
        logical name."""
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
        # 203.0.113.0/24 is reserved for documentation (RFC 5737), so no address belongs to a real machine.
        return f"203.0.113.{int(self.planned.hex(2, 'public'), 16)}"


def _tail(words: AwsWords, key: str, separator: str) -> str:
    return str(words[key]).rpartition(separator)[2]


def _key_policy(words: AwsWords) -> str:
    root = f"arn:{account.partition(words.region)}:iam::{account.ACCOUNT}:root"
    statement = {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]})


def _certificate(words: AwsWords) -> str:
    text = "-----BEGIN CERTIFICATE-----\nrehearsal\n-----END CERTIFICATE-----\n"
    return base64.b64encode(text.encode()).decode()


def _vpc_ipv6(words: AwsWords) -> str:
    """The requested /56 block, from the range reserved for documentation (RFC 3849); empty if none is requested."""
    inputs = words.planned.inputs
    wanted = inputs.get("assignGeneratedIpv6CidrBlock") is True or inputs.get("ipv6IpamPoolId")
    return f"2001:db8:{words.planned.hex(4, 'ipv6')}:{words.planned.hex(2, 'ipv6 end')}00::/56" if wanted else ""


def _domain_validations(words: AwsWords) -> list[dict[str, Any]]:
    """One validation record per name of a certificate. A wildcard has the same record as its domain."""
    names = [words["domainName"], *(words.planned.inputs.get("subjectAlternativeNames") or [])]
    return [
        {
            "domainName": name,
            "resourceRecordName": f"_{words.planned.hex(32, bare)}.{bare}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": f"_{words.planned.hex(32, f'value of {bare}')}.acm-validations.aws.",
        }
        for name in dict.fromkeys(names)
        for bare in (name.removeprefix("*."),)
    ]


def _engine(words: AwsWords) -> str:
    """The database's engine. DocumentDB and Neptune have only one."""
    return words["engine"] or words.planned.kind.module


def _master_secret(words: AwsWords) -> list[dict[str, Any]]:
    """The secret in which RDS stores a password that it manages."""
    if words.planned.inputs.get("manageMasterUserPassword") is not True:
        return []
    stem = f"arn:{account.partition(words.region)}:secretsmanager:{words.region}:{account.ACCOUNT}:secret"
    key = words.planned.inputs.get("masterUserSecretKmsKeyId") or "alias/aws/secretsmanager"
    return [{"secretArn": f"{stem}:rds!{words.planned.hex(32)}", "secretStatus": "active", "kmsKeyId": key}]


def _firewall_endpoints(words: AwsWords) -> list[dict[str, Any]]:
    """One endpoint per subnet. The zones are assigned in order, because the inputs do not say a subnet's zone."""
    zones = account.zones(words.region)
    mappings = words.planned.inputs.get("subnetMappings") or []
    states = [
        {
            "availabilityZone": zones[position % len(zones)],
            "attachments": [
                {"endpointId": f"vpce-{words.planned.hex(17, str(position))}", "subnetId": mapping.get("subnetId")}
            ],
        }
        for position, mapping in enumerate(mappings)
    ]
    return [{"syncStates": states, "capacityUsageSummaries": []}]


AwsWords.facts = {
    "account": lambda words: account.ACCOUNT,
    "arn": AwsWords.arn,
    "certificate": _certificate,
    "cluster_identifier": lambda words: words["clusterIdentifier"] or f"tf-{words.planned.hex(26)}",
    "cluster_name": lambda words: _tail(words, "cluster", "/") or "default",
    "compute_domain": lambda words: (
        "compute-1.amazonaws.com" if words.region == "us-east-1" else f"{words.region}.compute.amazonaws.com"
    ),
    "internal_domain": lambda words: (
        "ec2.internal" if words.region == "us-east-1" else f"{words.region}.compute.internal"
    ),
    "default_acl": lambda words: default_vpc.identifier("acl", words.region),
    "default_dopt": lambda words: default_vpc.identifier("dopt", words.region),
    "default_rtb": lambda words: default_vpc.identifier("rtb", words.region),
    "default_sg": lambda words: default_vpc.identifier("sg", words.region),
    "default_vpc": lambda words: default_vpc.identifier("vpc", words.region),
    "domain_validations": _domain_validations,
    "firewall_endpoints": _firewall_endpoints,
    "function_name": lambda words: _tail(words, "functionName", ":"),
    "id": AwsWords.id,
    "instance_identifier": lambda words: words.planned.inputs.get("identifier") or f"tf-{words.planned.hex(26)}",
    "lb_kind": lambda words: {"network": "net", "gateway": "gwy"}.get(words["loadBalancerType"], "app"),
    "lb_account": lambda words: account.load_balancing(words.region)[0],
    "lb_zone": lambda words: account.load_balancing(words.region)[1],
    "master_secret": _master_secret,
    "moment": lambda words: MOMENT,
    "mq_port": lambda words: 5671 if words["engineType"].lower() == "rabbitmq" else 61617,
    "mq_scheme": lambda words: "amqps" if words["engineType"].lower() == "rabbitmq" else "ssl",
    "name": AwsWords.name,
    "oidc_host": lambda words: str(words["url"]).partition("://")[2] or words["url"],
    "partition": lambda words: account.partition(words.region),
    "function_version": lambda words: "1" if words.planned.inputs.get("publish") is True else "$LATEST",
    "path": lambda words: words.planned.inputs.get("path") or "/",
    "private_ip": AwsWords.private_ip,
    "private_ip_dashed": lambda words: words.private_ip().replace(".", "-"),
    "public_ip": AwsWords.public_ip,
    "public_ip_dashed": lambda words: words.public_ip().replace(".", "-"),
    "rds_port": lambda words: words.planned.inputs.get("port") or databases.port(_engine(words)),
    "rds_version": lambda words: words.planned.inputs.get("engineVersion") or databases.version(_engine(words)),
    "region": lambda words: words.region,
    "reversed_suffix": lambda words: ".".join(reversed(account.dns_suffix(words.region).split("."))),
    "revision": lambda words: words.planned.generation + 1,
    "scheme_prefix": lambda words: "internal-" if words.planned.inputs.get("internal") is True else "",
    "ses_kind": lambda words: "EMAIL_ADDRESS" if "@" in words["emailIdentity"] else "DOMAIN",
    "set_suffix": lambda words: f"_{words['setIdentifier']}" if words.planned.inputs.get("setIdentifier") else "",
    # The leading slash of a path is also the separator in the ARN.
    "parameter": lambda words: words["name"].removeprefix("/"),
    "stage_path": lambda words: "" if words["name"] == "$default" else words["name"],
    "suffix": lambda words: account.dns_suffix(words.region),
    "target_key": lambda words: _tail(words, "targetKeyId", "/"),
    "kms_policy": _key_policy,
    "uuid": lambda words: uuid(words.planned.hex, "uuid"),
    "vpc_ipv6": _vpc_ipv6,
    "waf_scope": lambda words: "global" if words["scope"] == "CLOUDFRONT" else "regional",
    "ws_scheme": lambda words: "wss" if words["protocolType"] == "WEBSOCKET" else "https",
    "zone": AwsWords.zone,
    "zone_id": lambda words: account.zone_id(words.zone()),
    "zones": lambda words: account.zones(words.region),
    "zones3": lambda words: account.zones(words.region)[:3],
}
