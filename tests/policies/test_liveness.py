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
    "lambda-stops-calling-itself": "the stacks leave the guard against loops as it is",
    "api-of-graphql-authenticates": "the stacks have no GraphQL API",
    "api-with-credentials-names-its-origins": "the stacks are called by no web site",
    "stream-keeps-failed-records": "the stacks have no stream",
    **dict.fromkeys(
        ("workflow-logs-its-failures", "workflow-stops-waiting", "workflow-bounds-its-distributed-maps"),
        "the stacks have no workflow",
    ),
    "storage-queue-is-encrypted": "the stacks have no queue",
    "lambda-queue-visibility-covers-the-timeout": "the stacks have no queue",
    "lambda-queue-concurrency-fits-the-reserved": "the stacks have no queue",
    **dict.fromkeys(
        (
            "ecs-capacity-provider-scales-with-its-tasks",
            "ecs-capacity-provider-is-the-only-scaler",
            "ecs-capacity-provider-is-replaced-gradually",
            "auto-scaling-group-can-launch",
            "auto-scaling-group-uses-elb-health-checks",
            "auto-scaling-group-refresh-keeps-capacity",
            "auto-scaling-group-spans-zones",
            "auto-scaling-group-scales",
            "auto-scaling-group-is-not-all-spot",
            "azure-scale-set-spans-zones",
            "azure-scale-set-scales",
            "azure-scale-set-replaces-failed-machines",
            "azure-scale-set-is-upgraded-in-batches",
        ),
        "the stacks run on machines of the provider's",
    ),
    **dict.fromkeys(
        (
            "azure-api-authenticates-callers",
            "azure-api-accepts-only-tls",
            "azure-application-gateway-keeps-two",
            "azure-cluster-keeps-two-nodes",
            "azure-waf-blocks-requests",
            "azure-entry-point-spreads-requests",
            "azure-front-door-probes-its-origins",
            "azure-front-door-uses-tls",
            "azure-tier-has-an-sla",
            "azure-front-door-endpoint-has-a-route",
            "azure-waf-is-attached",
            "cluster-is-not-open-to-the-internet",
            "access-needs-an-identity",
            "azure-gateway-listener-is-encrypted",
            "azure-origin-is-reached-through-its-front-door",
            "azure-gateway-certificate-renews-itself",
            "azure-front-door-waits-for-an-inference",
            "azure-app-asks-callers-to-sign-in",
            "identity-pool-guests-invoke-no-model",
            "azure-gateway-probe-notices-failures",
            "azure-network-group-is-not-open",
        ),
        "the stacks have no Front Door, no gateway and no Kubernetes",
    ),
    **dict.fromkeys(
        (
            "azure-container-app-probes-the-model",
            "azure-container-app-may-pull-its-image",
            "azure-container-app-has-room",
            "azure-container-app-keeps-two",
            "azure-container-app-sets-concurrent-requests",
            "azure-container-app-traffic-adds-up",
            "azure-container-app-scales-from-zero",
            "azure-container-environment-spans-zones",
        ),
        "the stacks have no Container Apps",
    ),
    **dict.fromkeys(
        (
            "azure-cluster-has-outbound-ports",
            "azure-cluster-pools-name-their-zones",
            "cluster-has-a-network-plugin",
            "cluster-nodes-reach-the-api-server",
            "cluster-nodes-are-not-all-spot",
            "cluster-nodes-are-updated-in-batches",
            "cluster-subnets-have-addresses-for-pods",
            "cluster-nodes-have-room",
            "cluster-nodes-leave-count-to-scaling",
            "cluster-nodes-span-zones",
            "cluster-nodes-keep-two",
            "azure-cluster-system-pools-span-zones",
            "azure-cluster-nodes-are-upgraded-in-batches",
        ),
        "the stacks have no Kubernetes",
    ),
    **dict.fromkeys(
        (
            "api-domain-is-mapped-to-an-api",
            "api-with-mutual-tls-has-no-other-address",
            "api-vpc-link-spans-zones",
            "api-stage-has-a-deployment",
            "entry-point-is-enabled",
            "ecs-blue-green-can-roll-back",
            "ecs-service-discovery-has-a-short-ttl",
            "cloudfront-caches-errors-briefly",
            "cloudfront-allows-post",
            "cloudfront-may-call-its-function-url",
            "cloudfront-origin-timeout-covers-an-inference",
        ),
        "the stacks have no edge, no HTTP API, no domain of an API, no CodeDeploy and no Cloud Map",
    ),
    **dict.fromkeys(
        (
            "azure-queue-retries-before-dead-lettering",
            "network-acl-allows-return-traffic",
            "network-acl-allows-before-it-denies",
            "queue-reports-failed-messages",
            "queue-has-dead-letters",
            "queue-keeps-what-waits",
            "dead-letters-outlast-their-queue",
            "data-store-is-protected-from-deletion",
            "data-store-is-not-open-to-the-internet",
            "queue-messages-reach-its-dead-letters",
            "sagemaker-async-answers-start-no-requests",
            "storage-bucket-does-not-log-into-itself",
            "queue-retries-before-dead-lettering",
            "queue-visibility-covers-throttled-retries",
            "efs-has-a-mount-target-in-each-zone",
            "data-store-has-a-failover-node",
            "dynamodb-table-scales-with-its-reads",
            "stream-limits-retries-of-a-record",
            "stored-data-is-encrypted",
        ),
        "the stacks keep no features, read no queue or stream, and leave the network's ACL as it is",
    ),
    **dict.fromkeys(
        (
            "azure-app-is-always-on",
            "azure-function-scales-with-a-private-queue",
            "azure-load-balancer-probes-its-backends",
            "azure-container-app-liveness-allows-slow-answers",
            "azure-batch-default-deployment-exists",
            "azure-circuit-breaker-tolerates-one-failure",
            "azure-container-app-scale-rule-has-its-secret",
            "azure-container-app-scales-with-the-queue-it-reads",
            "azure-container-app-opens-no-admin-port",
            "azure-front-door-caches-no-api",
            "azure-federated-credential-names-one-subject",
            "cloudfront-caches-no-callers-answer",
            "azure-front-door-sends-the-origins-host-name",
            "azure-function-may-use-its-storage",
            "azure-gateway-drains-connections",
            "azure-gateway-sends-the-backends-host-name",
            "azure-gateway-reaches-its-backends",
            "azure-gateway-spans-zones",
            "azure-openai-deployment-has-capacity",
            "azure-openai-deployment-upgrades-its-version",
            "azure-network-lets-the-platform-in",
            "azure-app-service-plan-keeps-two",
            "azure-storage-models-do-not-expire",
            "azure-traffic-manager-fails-over",
            "azure-app-has-a-health-check",
            "azure-account-without-keys-has-a-name",
            "azure-alerts-are-not-suppressed",
            "azure-tier-is-not-retired",
            "platform-scaling-has-room",
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
