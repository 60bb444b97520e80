"""Answers about AWS's public offers: versions, models, bundles, prices, managed rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.aws import account
from rehearsal.aws.call_arguments import arn_of
from rehearsal.cloud import Call
from rehearsal.provider.answers import Answer, digits

# https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, the newest first
_KUBERNETES = ("1.33", "1.32", "1.31", "1.30")
# https://docs.aws.amazon.com/emr/latest/ReleaseGuide, the newest first
_EMR = ("emr-7.9.0", "emr-7.8.0", "emr-7.0.0", "emr-6.15.0", "emr-5.36.2")
_MODELS = ("anthropic.claude-3-5-sonnet-20240620-v1:0", "amazon.titan-embed-text-v2:0", "meta.llama3-70b-instruct-v1:0")


def account_regions(call: Call) -> dict[str, Any]:
    enabled = [{"regionName": name, "regionOptStatus": "ENABLED_BY_DEFAULT"} for name in account.REGIONS]
    return {"regions": enabled}


def kubernetes_versions(call: Call) -> dict[str, Any]:
    versions = call.arguments.get("clusterVersionsOnlies") or _KUBERNETES
    offered = [
        {"clusterVersion": version, "clusterType": "eks", "defaultVersion": version == _KUBERNETES[0]}
        for version in versions
    ]
    only = offered[:1] if call.arguments.get("defaultOnly") else offered
    return {"clusterVersions": only}


def releases(call: Call) -> dict[str, Any]:
    prefix = (call.arguments.get("filters") or {}).get("prefix") or ""
    return {"id": prefix or "emr", "releaseLabels": [label for label in _EMR if label.startswith(prefix)]}


def foundation_models(call: Call) -> dict[str, Any]:
    provider = str(call.arguments.get("byProvider") or "").lower()
    offered = [model for model in _MODELS if model.partition(".")[0].startswith(provider)]
    return {
        "modelSummaries": [
            {
                "modelId": model,
                "modelArn": f"arn:{account.partition(call.scope)}:bedrock:{call.scope}::foundation-model/{model}",
                "modelName": model.partition(".")[2],
                "providerName": model.partition(".")[0].capitalize(),
            }
            for model in offered
        ]
    }


def simulation(call: Call) -> dict[str, Any]:
    """Answers a policy simulation. All actions are allowed, because the rehearsal's user is an administrator."""
    allowed = {"allowed": True, "decision": "allowed"}
    results = [{"actionName": action, **allowed} for action in call.arguments.get("actionNames") or ()]
    return {"allAllowed": True, "results": results}


def price(call: Call) -> dict[str, Any]:
    """Returns a price list of 1 USD an hour, in the format of https://docs.aws.amazon.com/awsaccountbilling."""
    term = {"priceDimensions": {"rehearsal": {"unit": "Hrs", "pricePerUnit": {"USD": "1.0000000000"}}}}
    result = {
        "product": {"attributes": {}, "sku": digits(call, 16).upper()},
        "terms": {"OnDemand": {"rehearsal": term}},
    }
    return {"result": json.dumps(result)}


def bundle(call: Call) -> dict[str, Any]:
    identifier = call.arguments.get("bundleId") or f"wsb-{digits(call, 9)}"
    name = call.arguments.get("name") or "Standard with Windows 10 (Server 2022 based)"
    return {"id": identifier, "bundleId": identifier, "name": name, "owner": call.arguments.get("owner") or "AMAZON"}


def service_by_name(call: Call) -> dict[str, Any]:
    name = str(call.arguments.get("serviceName") or "")
    code = name.lower().rpartition("(")[2].rstrip(")").removeprefix("amazon ").removeprefix("aws ").replace(" ", "")
    return {"id": code, "serviceCode": code}


def managed_rules(call: Call) -> dict[str, Any]:
    name, vendor = str(call.arguments.get("name")), str(call.arguments.get("vendorName") or "AWS")
    label = f"awswaf:managed:{vendor.lower()}:{name.removeprefix('AWSManagedRules').lower()}:"
    topic = arn_of(call, "sns", f"{vendor}-WAF-Managed-Rules")
    return {"id": f"{vendor}:{name}", "capacity": 700, "labelNamespace": label, "snsTopicArn": topic}


FACTS: Mapping[str, Answer] = {
    "aws:account/getRegions:getRegions": account_regions,
    "aws:bedrockfoundation/getModels:getModels": foundation_models,
    "aws:eks/getClusterVersions:getClusterVersions": kubernetes_versions,
    "aws:emr/getReleaseLabels:getReleaseLabels": releases,
    "aws:iam/getPrincipalPolicySimulation:getPrincipalPolicySimulation": simulation,
    "aws:pricing/getProduct:getProduct": price,
    "aws:servicequotas/getService:getService": service_by_name,
    "aws:wafv2/getManagedRuleGroup:getManagedRuleGroup": managed_rules,
    "aws:workspaces/getBundle:getBundle": bundle,
}
