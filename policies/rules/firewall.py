"""Web ACLs: what they let through and what they record."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import rule

ACL = "aws:wafv2/webAcl:WebAcl"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/waf-controls.html"


@rule(
    ACL,
    category="security",
    severity="high",
    reference=f"{HUB}#waf-10",
    fix="Give the web ACL managed rule groups and a rate rule.",
)
def firewall_has_rules(acl: Resource) -> Iterator[str]:
    """A web ACL has rules, one of them a limit per caller.

    An ACL without rules lets everything pass and looks like protection in every inventory.
    """
    rules = acl.children("rules")
    if not any(each.has("statement.rateBasedStatement") for each in rules):
        yield f"rules has {len(rules)}, none of them a rateBasedStatement, wanted one"


@rule(
    ACL,
    category="observability",
    severity="medium",
    reference=f"{HUB}#waf-11",
    fix="Add a logging configuration for the web ACL.",
)
def firewall_logs(acl: Resource, stack: Stack) -> Iterator[str]:
    """A web ACL logs what it blocks.

    When a caller says that valid requests are refused, the log is the only place that names the rule.
    """
    if not stack.referring(acl, LOGGING, "resourceArn"):
        yield "no logging configuration refers to this web ACL, wanted one"
