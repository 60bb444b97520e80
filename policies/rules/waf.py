"""Web ACLs: what they let through and what they record."""

from __future__ import annotations

from collections.abc import Iterator

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import availability, hygiene, security

ACL = "aws:wafv2/webAcl:WebAcl"
RULE_GROUP = "aws:wafv2/ruleGroup:RuleGroup"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
ASSOCIATED = "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation"
LIMITING = ("rateBasedStatement", "ruleGroupReferenceStatement")
CORE, SIZE = "AWSManagedRulesCommonRuleSet", "SizeRestrictions_BODY"
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/waf-controls.html"


@security.high(
    ACL,
    reference=f"{HUB}#waf-10",
    fix="Give the web ACL rules or rule groups.",
)
def waf_has_rules(acl: Resource, stack: Stack) -> Iterator[str]:
    """A web ACL has a rule or a rule group.

    An ACL without rules lets everything pass, but looks like protection in every inventory.
    """
    if not acl.count("rules") and not acl.has("ruleJson") and not stack.referring(acl, ASSOCIATED, "webAclArn"):
        yield "rules is empty, wanted at least one rule or rule group"


@security.medium(
    ACL,
    reference="https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html",
    fix="Give the web ACL a rate-based rule.",
)
def waf_limits_each_caller(acl: Resource, *, per_second: int = 10_000) -> Iterator[str]:
    """A web ACL limits the rate of each caller.

    Inference is expensive. Without a limit per address, one caller, or a bug in one client, uses up the capacity of
    all. A limit above what API Gateway lets a whole account send limits nobody. (ACLs with a rule group of the team's
    own are left out: it may have the limit, which this rule cannot see.)
    """
    rules = acl.children("rules")
    limits = [rule for rule in rules if any(rule.has(f"statement.{kind}") for kind in LIMITING)]
    if rules and not limits:
        yield f"none of its rules ({len(rules)}) is a rateBasedStatement, wanted one"
    elif rules and all(rule.has("action.count") for rule in limits):
        yield f"the limit of {limits[0].show('name')} only counts, wanted one that blocks"
    for rule in rules:
        if rule.text("statement.rateBasedStatement.aggregateKeyType") == "CONSTANT":
            yield f"{rule.show('name')} counts all callers as one, wanted a limit for each"
        window = rule.number("statement.rateBasedStatement.evaluationWindowSec") or 300
        limit = (rule.number("statement.rateBasedStatement.limit") or 0) / window
        if limit > per_second:
            yield f"{rule.show('name')} lets each caller send {limit:g} a second, wanted {per_second} or less"


@hygiene.medium(
    ACL,
    reference=f"{HUB}#waf-11",
    fix="Add a logging configuration for the web ACL.",
)
def waf_logs_requests(acl: Resource, stack: Stack) -> Iterator[str]:
    """A web ACL logs the requests that it blocks.

    When a caller says that valid requests are refused, only this log names the rule.
    """
    if not stack.referring(acl, LOGGING, "resourceArn"):
        yield "no logging configuration refers to this web ACL, wanted one"


@hygiene.medium(
    ACL,
    RULE_GROUP,
    reference="https://docs.aws.amazon.com/config/latest/developerguide/wafv2-rulegroup-logging-enabled.html",
    fix="Set cloudwatch_metrics_enabled in every visibility_config.",
)
def waf_publishes_metrics(filtering: Resource) -> Iterator[str]:
    """A web ACL, a rule group and each rule in them publish metrics.

    Without them no alarm and no graph shows that a rule blocks everybody since noon, or that an attack has begun.
    """
    for place in (filtering, *filtering.children("rules")):
        if place.flag("visibilityConfig.cloudwatchMetricsEnabled") is False:
            yield f"cloudwatchMetricsEnabled of {place.show('name')} is false, wanted true"


@availability.medium(
    ACL,
    reference="https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html",
    fix="Count SizeRestrictions_BODY in rule_action_overrides, and limit the size of a body where the service does.",
)
def waf_allows_long_requests(acl: Resource) -> Iterator[str]:
    """A web ACL does not block requests because of their length.

    SizeRestrictions_BODY of AWS's core rule set blocks every body of more than 8 KB: a long prompt, an image, a
    batch of rows. Tests with short requests pass, and callers get 403. It is advice, because some models only get
    short requests.
    """
    for rule in acl.children("rules"):
        group = rule.child("statement.managedRuleGroupStatement")
        overridden = {override.text("name") for override in group.children("ruleActionOverrides")}
        whole = not rule.has("overrideAction.count") and not group.has("scopeDownStatement")
        if group.text("name") == CORE and whole and SIZE not in overridden:
            yield f"{CORE} blocks bodies of more than 8 KB, wanted an override of {SIZE}"


@availability.critical(
    ACL,
    reference="https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-default-action.html",
    fix="Set default_action to allow, or add a rule that allows whom the service is for.",
)
def waf_allows_some_requests(acl: Resource, stack: Stack) -> Iterator[str]:
    """A web ACL that blocks by default has a rule that allows.

    Without such a rule every caller gets 403. Rate limits and AWS's managed groups only block or count. (ACLs with
    rule groups of the team's own are left out: these may allow.)
    """
    allowing = ("action.allow", "statement.ruleGroupReferenceStatement")
    allowed = any(rule.has(path) for rule in acl.children("rules") for path in allowing)
    elsewhere = acl.has("ruleJson") or stack.referring(acl, ASSOCIATED, "webAclArn")
    if acl.has("defaultAction.block") and not allowed and not elsewhere:
        yield "defaultAction is block and no rule allows, wanted one that does"


@security.high(
    ACL,
    reference="https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-testing.html",
    fix="Take the count out of override_action, and give rules of your own an action that blocks.",
)
def waf_blocks_requests(acl: Resource, stack: Stack) -> Iterator[str]:
    """A web ACL has a rule that blocks, and so has each managed group in it.

    Rules that only count are for trying them out. If they are forgotten, every request passes, and whoever reads the
    program believes that requests are filtered. (Groups that count are left alone where a rule acts on their labels.)
    """
    rules = acl.children("rules")
    counting = [rule for rule in rules if rule.has("action.count") or rule.has("overrideAction.count")]
    elsewhere = acl.has("ruleJson") or stack.referring(acl, ASSOCIATED, "webAclArn")
    if rules and len(counting) == len(rules) and not acl.has("defaultAction.block") and not elsewhere:
        yield f"all rules ({len(rules)}) only count, wanted one that blocks"
    elif "labelMatchStatement" not in str(acl.raw):
        yield from _list_counting_groups(rules)


def _list_counting_groups(rules: list[Properties]) -> Iterator[str]:
    for rule in rules:
        if rule.has("overrideAction.count") and rule.has("statement.managedRuleGroupStatement"):
            group = rule.show("statement.managedRuleGroupStatement.name")
            yield f"overrideAction of {group} is count, wanted none, with the single rules that are tried out counted"
