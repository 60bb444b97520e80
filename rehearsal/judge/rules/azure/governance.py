"""Azure Policy: the parameters of an assignment."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule

ASSIGNMENT = "azure-native:authorization:PolicyAssignment"
DEFINITIONS = ("azure-native:authorization:PolicyDefinition", "azure-native:authorization:PolicySetDefinition")


@rule(ASSIGNMENT, source="https://learn.microsoft.com/azure/governance/policy/concepts/assignment-structure#parameters")
def parameters_of_an_assignment(it: Resource, program: Program) -> Found:
    definition = program.refer(it, "policyDefinitionId", *DEFINITIONS)
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
