"""No rule waits for what never comes: its types are an SDK's resources, and a target of this repository has one."""

from __future__ import annotations

import ast
import importlib.util
import json
from functools import cache
from pathlib import Path

import pytest

from policies.rule import STACK, Rule
from policies.rules import catalogue
from tests.policies.mutations import inventory, of_deleted_stacks, targets

DISTRIBUTIONS = {"aws": "pulumi_aws", "awsx": "pulumi_awsx", "azure-native": "pulumi_azure_native"}
NOT_HERE = {
    "iam-role-has-no-broad-managed-policy": "the stacks attach no managed policy",
    **dict.fromkeys(
        ("api-route-authenticates", "api-stage-of-http-is-throttled", "api-stage-of-http-logs-access"),
        "the stacks' API is a REST API",
    ),
    "lambda-url-authenticates": "the stacks have no function URL",
    "lambda-concurrency-has-one-owner": "the stacks fix no provisioned concurrency",
    "storage-queue-is-encrypted": "the stacks have no queue",
    "lambda-queue-hides-what-is-worked-on": "the stacks have no queue",
    "lambda-queue-asks-no-more-than-is-reserved": "the stacks have no queue",
    **dict.fromkeys(
        (
            "ecs-capacity-grows-with-its-tasks",
            "ecs-capacity-has-one-scaler",
            "ecs-capacity-is-renewed-in-turn",
            "machine-group-launches",
            "machine-is-replaced-when-it-does-not-answer",
            "machine-refresh-keeps-some",
        ),
        "the stacks run on machines of the provider's",
    ),
    **dict.fromkeys(
        (
            "azure-api-asks-who-calls",
            "azure-api-speaks-tls",
            "azure-application-gateway-keeps-two",
            "azure-cluster-keeps-two-nodes",
            "azure-firewall-blocks",
            "azure-front-door-asks-its-origins",
            "azure-front-door-speaks-tls",
            "azure-tier-has-an-sla",
        ),
        "the stacks have no Front Door, no gateway and no Kubernetes",
    ),
    **dict.fromkeys(
        (
            "azure-container-app-asks-the-model",
            "azure-container-app-has-room",
            "azure-container-app-keeps-two",
            "azure-container-app-scales-on-purpose",
            "azure-container-app-traffic-adds-up",
            "azure-container-app-wakes",
            "azure-container-environment-spans-zones",
        ),
        "the stacks have no Container Apps",
    ),
    **dict.fromkeys(
        (
            "azure-cluster-has-outbound-ports",
            "azure-cluster-pools-name-their-zones",
            "cluster-has-a-network-plugin",
            "cluster-lets-its-nodes-in",
            "cluster-nodes-are-not-spot-alone",
            "cluster-nodes-are-renewed-in-turn",
            "cluster-nodes-have-addresses",
            "cluster-nodes-have-room",
            "cluster-nodes-leave-count-to-scaling",
            "cluster-nodes-span-zones",
        ),
        "the stacks have no Kubernetes",
    ),
    **dict.fromkeys(
        (
            "api-domain-leads-to-an-api",
            "api-link-spans-zones",
            "api-stage-has-a-deployment",
            "door-is-switched-on",
            "ecs-blue-green-can-go-back",
            "ecs-names-are-forgotten-soon",
            "edge-forgets-errors",
            "edge-lets-posts-through",
            "edge-may-call-its-function",
            "edge-waits-for-the-answer",
        ),
        "the stacks have no edge, no HTTP API, no domain of an API, no CodeDeploy and no Cloud Map",
    ),
    **dict.fromkeys(
        (
            "azure-queue-delivers-more-than-once",
            "network-acl-lets-answers-through",
            "queue-tries-more-than-once",
            "queue-waits-for-a-busy-function",
            "store-files-are-mounted-in-each-zone",
            "store-survives-a-node",
            "store-table-grows-with-its-readers",
            "stream-goes-past-a-bad-record",
        ),
        "the stacks keep no features, read no queue or stream, and leave the network's ACL as it is",
    ),
    **dict.fromkeys(
        (
            "azure-app-stays-awake",
            "azure-balancer-asks-its-backends",
            "azure-container-app-is-not-killed-at-once",
            "azure-batch-default-is-there",
            "azure-breaker-forgives",
            "azure-container-app-rule-signs-in",
            "azure-front-door-names-its-origin",
            "azure-function-may-use-its-storage",
            "azure-gateway-drains",
            "azure-gateway-names-its-backend",
            "azure-gateway-reaches-its-backends",
            "azure-gateway-spans-zones",
            "azure-model-has-tokens",
            "azure-model-outlives-its-version",
            "azure-network-lets-the-platform-in",
            "azure-plan-keeps-two",
            "azure-storage-models-do-not-expire",
            "azure-traffic-manager-fails-over",
        ),
        "the stacks have online endpoints of Azure ML alone",
    ),
}
"""Rules about what other teams' stacks have; their examples (policies/examples) show them alive."""


@cache
def tokens(package: str) -> frozenset[str]:
    """Every resource token that a package's SDK registers, read from its source without importing it."""
    spec = importlib.util.find_spec(DISTRIBUTIONS[package])
    assert spec
    assert spec.origin
    text = Path(spec.origin).read_text(encoding="utf-8")
    start = text.index("_utilities.register(")
    call = ast.parse(text[start:]).body[0]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    modules = next(k.value for k in call.value.keywords if k.arg == "resource_modules")
    assert isinstance(modules, ast.Constant)
    return frozenset(token for module in json.loads(str(modules.value)) for token in module["classes"])


@pytest.mark.parametrize("rule", catalogue(), ids=lambda rule: rule.name)
def test_every_judged_type_exists(rule: Rule) -> None:
    unknown = [t for t in rule.on if t != STACK and t not in tokens(t.partition(":")[0])]

    assert unknown == []


@pytest.mark.slow("the first to ask deploys every stack")
def test_every_rule_judges_something_in_a_golden_target() -> None:
    recorded = {each["type"] for target in targets() for each in inventory(target).values()} | {STACK}

    silent = {rule.name for rule in catalogue() if not recorded & set(rule.on)}
    assert silent - of_deleted_stacks() == NOT_HERE.keys()
