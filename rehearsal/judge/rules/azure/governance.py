"""Azure Policy: the parameters of definitions, initiatives and assignments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.values import UNKNOWN

ASSIGNMENT = "azure-native:authorization:PolicyAssignment"
_DEFINITION = "azure-native:authorization:PolicyDefinition"
_INITIATIVE = "azure-native:authorization:PolicySetDefinition"
DEFINITION = (_DEFINITION, f"{_DEFINITION}AtManagementGroup")
INITIATIVE = (_INITIATIVE, f"{_INITIATIVE}AtManagementGroup")
_USE = re.compile(r"\bparameters\('([^']+)'\)", re.IGNORECASE)


@rule(ASSIGNMENT, source="https://learn.microsoft.com/azure/governance/policy/concepts/assignment-structure#parameters")
def parameters_of_an_assignment(it: Resource, program: Program) -> Found:
    definition = program.refer(it, "policyDefinitionId", *DEFINITION, *INITIATIVE)
    declared, given = (one.get("parameters", {}) for one in (definition or it, it))
    if definition is None or not isinstance(declared, Mapping) or not isinstance(given, Mapping):
        return
    for name in sorted(set(given) - set(declared)):
        message = (
            f"UndefinedPolicyParameter: The policy assignment has the parameter(s) '{name}' which are not defined in"
        )
        yield f"parameters.{name}", f"{message} the policy definition '{definition.name}'."
    for name, one in declared.items():
        if name not in given and isinstance(one, Mapping) and one.get("defaultValue") is None:
            message = (
                f"MissingPolicyParameter: The policy assignment is missing the parameter(s) '{name}' as defined in"
            )
            yield "parameters", f"{message} the policy definition '{definition.name}'."
    for name in set(given) & set(declared):
        yield from _refuse_value(f"parameters.{name}", name, given[name], declared[name], definition)


@rule(*INITIATIVE, source="https://github.com/gettek/terraform-azurerm-policy-as-code/issues/47")
def parameters_of_an_initiative(it: Resource, program: Program) -> Found:
    for path, reference in it.blocks("policyDefinitions"):
        definition = program.refer(it, f"{path}.policyDefinitionId", *DEFINITION)
        declared, given = (definition or it).get("parameters", {}), reference.get("parameters", {})
        if definition is None or not isinstance(declared, Mapping) or not isinstance(given, Mapping):
            continue
        for name in sorted(set(given) - set(declared)):
            message = (
                f"UndefinedPolicyParameter: The policy set definition is attempting to assign the parameter(s) '{name}'"
            )
            yield (
                f"{path}.parameters.{name}",
                f"{message} which are not defined in the policy definition '{definition.name}'.",
            )
        for name in set(given) & set(declared):
            yield from _refuse_value(f"{path}.parameters.{name}", name, given[name], declared[name], definition)


def _refuse_value(path: str, name: str, given: Any, declared: Any, definition: Resource) -> Found:
    """The comparison is case-sensitive: https://github.com/Azure/Azure-Landing-Zones/issues/442."""
    value, allowed = (
        one.get(key) if isinstance(one, Mapping) else None
        for one, key in ((given, "value"), (declared, "allowedValues"))
    )
    known = (
        isinstance(value, str) and not value.startswith("[") and isinstance(allowed, list) and UNKNOWN not in allowed
    )
    if known and allowed and value not in allowed:
        message = f"PolicyParameterValueNotAllowed: The value '{value}' is not allowed for policy parameter '{name}' in policy definition"
        yield path, f"{message} '{definition.name}'. The allowed values are '{', '.join(map(str, allowed))}'."


@rule(*DEFINITION, source="https://github.com/Azure/Azure-Landing-Zones/issues/1708")
def parameters_of_a_definition(it: Resource) -> Found:
    declared, policy_rule = it.get("parameters", {}), it.get("policyRule")
    texts = list(_list_texts(policy_rule))
    if not isinstance(declared, Mapping) or not isinstance(policy_rule, Mapping) or UNKNOWN in texts:
        return
    names = {name.lower(): name for name in declared}
    used = {name.lower() for text in texts for name in _list_used(text)}
    for name in sorted(names[name] for name in names.keys() - used):
        message = f"UnusedPolicyParameters: The policy has defined parameters '{name}' which are not used in the policy rule. Please"
        yield "parameters", f"{message} either remove these parameters from the definition or ensure that they are used"
    # A template that the policy deploys has parameters of its own.
    outside = {name for text in _list_texts(policy_rule, "template") for name in _list_used(text)}
    for name in sorted(name for name in outside if name.lower() not in names):
        message = f"InvalidPolicyParameters: The policy has undefined parameter '{name}' which is used in the policy rule. Please"
        yield "policyRule", f"{message} either define it in policy definition or remove the reference in policy rule."


def _list_used(text: Any) -> list[str]:
    """The parameters in an expression; a text with two brackets at its start is no expression."""
    return _USE.findall(text) if isinstance(text, str) and re.match(r"\[(?!\[)", text) else []


def _list_texts(value: Any, left_out: str = "") -> Iterator[Any]:
    """Yields everything in a document that is no object and no list, except what is below the name `left_out`."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name != left_out:
                yield from _list_texts(item, left_out)
    elif isinstance(value, list):
        for item in value:
            yield from _list_texts(item, left_out)
    else:
        yield value
