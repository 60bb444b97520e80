"""A web ACL in front of a public entrance: known attacks are refused, and one client cannot take all the capacity."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from shared.aws.component import Component
from shared.aws.entrance_settings import FirewallSettings
from shared.aws.log_group import log_group
from shared.aws.site import Site

# AWS's own rule groups: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
MANAGED = (
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesAmazonIpReputationList",
)
# this rule blocks every body above 8 KB, which a batch of feature rows soon is; it only counts
COUNTED = {"AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",)}


class Firewall(Component):
    """The web ACL, associated with the resource behind `resource_arn`, and its log of refused requests."""

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        base_name: str,
        settings: FirewallSettings,
        resource_arn: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        if settings.enabled:
            self._stand_in_front(name, site, base_name, settings, resource_arn)
        self.register_outputs({})

    def _stand_in_front(
        self, name: str, site: Site, base_name: str, settings: FirewallSettings, resource_arn: pulumi.Input[str]
    ) -> None:
        acl = aws.wafv2.WebAcl(
            f"{name}-acl",
            scope="REGIONAL",
            default_action={"allow": {}},
            rules=rules(settings.requests_per_5_minutes),
            visibility_config=_visible("all"),
            region=site.region,
            opts=self.child(),
        )
        aws.wafv2.WebAclAssociation(
            f"{name}-association",
            web_acl_arn=acl.arn,
            resource_arn=resource_arn,
            region=site.region,
            opts=self.child(),
        )
        # the service accepts only groups whose name begins so
        group = log_group(f"{name}-log", name=f"aws-waf-logs-{base_name}", site=site, opts=self.child())
        aws.wafv2.WebAclLoggingConfiguration(
            f"{name}-logging",
            resource_arn=acl.arn,
            log_destination_configs=[group.arn],
            redacted_fields=[{"single_header": {"name": header}} for header in ("authorization", "x-api-key")],
            region=site.region,
            opts=self.child(),
        )


def rules(requests_per_5_minutes: int) -> list[Any]:
    """The rate rule first, so that a flood is stopped by the cheapest rule; then AWS's groups."""
    rate = {"limit": requests_per_5_minutes, "aggregate_key_type": "IP", "evaluation_window_sec": 300}
    return [
        {
            "name": "rate-per-address",
            "priority": 0,
            "action": {"block": {}},
            "statement": {"rate_based_statement": rate},
            "visibility_config": _visible("rate-per-address"),
        },
        *(_make_managed_rule(group, priority) for priority, group in enumerate(MANAGED, start=1)),
    ]


def _make_managed_rule(group: str, priority: int) -> dict[str, Any]:
    counted = [{"name": rule, "action_to_use": {"count": {}}} for rule in COUNTED.get(group, ())]
    statement: dict[str, Any] = {"vendor_name": "AWS", "name": group}
    if counted:
        statement["rule_action_overrides"] = counted
    return {
        "name": group,
        "priority": priority,
        "override_action": {"none": {}},
        "statement": {"managed_rule_group_statement": statement},
        "visibility_config": _visible(group),
    }


def _visible(metric: str) -> Any:
    return {"cloudwatch_metrics_enabled": True, "sampled_requests_enabled": True, "metric_name": metric}
