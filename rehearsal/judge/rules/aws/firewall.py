"""WAF: web ACLs, their rules and their logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from rehearsal.judge.program import Program, Resource, list_repeated
from rehearsal.judge.refusal import Found, rule

ACL = "aws:wafv2/webAcl:WebAcl"
GROUP = "aws:wafv2/ruleGroup:RuleGroup"
IP_SET = "aws:wafv2/ipSet:IpSet"
_API = "https://docs.aws.amazon.com/waf/latest/APIReference"
_WRONG = "WAFInvalidParameterException: Error reason"


@rule(ACL, GROUP, source=f"{_API}/API_Rule.html")
def action_of_a_rule(it: Resource) -> Found:
    for path, acl_rule in it.blocks("rules"):
        statement = acl_rule.get("statement")
        if not isinstance(statement, Mapping):
            continue
        group = any(statement.get(name) for name in ("managedRuleGroupStatement", "ruleGroupReferenceStatement"))
        action, override = acl_rule.get("action"), acl_rule.get("overrideAction")
        message = (
            f"{_WRONG}: You have used none or multiple values for a field that requires exactly one value., field: RULE"
        )
        if group and (action or not override):
            yield f"{path}.overrideAction", f"{message}: a rule group takes an override action, not an action"
        if not group and (override or not action):
            yield f"{path}.action", f"{message}: a rule takes an action, not an override action"
        given = [name for name, value in statement.items() if value]
        if len(given) != 1:
            message = f"{_WRONG}: exactly one statement is expected, found"
            yield f"{path}.statement", f"{message} {', '.join(given) or 'none'}"
        for name, given in _choices(statement):
            if len(given) != 1:
                message = (
                    f"{_WRONG}: You have used none or multiple values for a field that requires exactly one value."
                )
                field = "FIELD_TO_MATCH" if name == "fieldToMatch" else "RULE_ACTION"
                yield f"{path}.statement", f"{message}, field: {field}: found {', '.join(given) or 'none'}"
        for name, count in _short_lists(statement):
            message = "You haven't met a minimum requirement for a threshold setting"
            yield (
                f"{path}.statement",
                f"{_WRONG}: {message}., field: {name}: it needs two nested statements, found {count}",
            )


@rule(ACL, GROUP, source=f"{_API}/API_TextTransformation.html")
def transformations_have_an_order(it: Resource) -> Found:
    for path, one in it.blocks("rules"):
        for priorities in _list_priorities(one.get("statement")):
            for priority in list_repeated(priorities):
                message = f"{_WRONG}: the priorities of text transformations must all be different"
                yield f"{path}.statement", f"{message}: {priority}"


def _list_priorities(statement: Any) -> Iterator[list[str]]:
    """Yields the priorities of each list of text transformations at any depth."""
    for name, inside in statement.items() if isinstance(statement, Mapping) else ():
        if name == "textTransformations" and isinstance(inside, list):
            yield [str(one.get("priority")) for one in inside if isinstance(one, Mapping) and "priority" in one]
        else:
            yield from _list_priorities(inside)
    for one in statement if isinstance(statement, list) else ():
        yield from _list_priorities(one)


def _choices(statement: Any) -> Iterator[tuple[str, list[str]]]:
    """Yields each `fieldToMatch` and `actionToUse` at any depth, with the names of the members that have a value."""
    for one in statement if isinstance(statement, list) else ():
        yield from _choices(one)
    for name, inside in statement.items() if isinstance(statement, Mapping) else ():
        if name in ("fieldToMatch", "actionToUse") and isinstance(inside, Mapping):
            yield name, [item for item, value in inside.items() if value is not None]
        else:
            yield from _choices(inside)


def _short_lists(statement: Any) -> Iterator[tuple[str, int]]:
    """Yields each AND or OR statement at any depth that has fewer than two statements, with their number."""
    for name, inside in statement.items() if isinstance(statement, Mapping) else ():
        several = inside.get("statements") if isinstance(inside, Mapping) else None
        if name in ("andStatement", "orStatement") and isinstance(several, list):
            if len(several) < 2:
                yield name.removesuffix("Statement").upper() + "_STATEMENT", len(several)
            for item in several:
                yield from _short_lists(item)
        else:
            yield from _short_lists(inside)


@rule(ACL, GROUP, source="https://github.com/hashicorp/terraform-provider-aws/issues/14120")
def references_are_of_the_scope(it: Resource, program: Program) -> Found:
    kinds = (IP_SET, GROUP, "aws:wafv2/regexPatternSet:RegexPatternSet")
    for urn in it.sources.get("rules", ()):
        used = program.by_urn.get(urn)
        if (
            used
            and used.type in kinds
            and used.text("scope")
            and it.text("scope")
            and used.text("scope") != it.text("scope")
        ):
            message = f"{_WRONG}: A reference in your rule statement is not valid., field: RULE, parameter: Statement"
            yield "rules", f"{message}: {used.name!r} is {used.text('scope')}, not {it.text('scope')}"


@rule(ACL, source=f"{_API}/API_DefaultAction.html")
def one_default_action(it: Resource) -> Found:
    action = it.get("defaultAction")
    if isinstance(action, Mapping):
        given = [name for name in ("allow", "block") if action.get(name) is not None]
        if len(given) != 1:
            message = f"{_WRONG}: You have used none or multiple values for a field that requires exactly one value."
            yield "defaultAction", f"{message}, field: DEFAULT_ACTION: found {', '.join(given) or 'none'}"


@rule(IP_SET, source=f"{_API}/API_CreateIPSet.html")
def addresses_of_a_set(it: Resource) -> Found:
    version = {"IPV4": 4, "IPV6": 6}.get(it.text("ipAddressVersion"))
    for index, address in enumerate(it.list("addresses")):
        if not isinstance(address, str):
            continue
        message = (
            f"{_WRONG}: The parameter contains formatting that is not valid., field: IP_ADDRESS, parameter: {address}"
        )
        try:
            network = ip_network(address)
        except ValueError as error:  # also for host bits: https://github.com/aws/aws-cdk/issues/20003
            yield f"addresses[{index}]", f"{message}: {error}"
            continue
        if "/" not in address or network.prefixlen == 0 or (version and network.version != version):
            yield f"addresses[{index}]", f"{message}: expected a CIDR block of {it.text('ipAddressVersion')}, not /0"
