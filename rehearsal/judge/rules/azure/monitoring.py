"""Azure Monitor: the step size of an autoscale action, web tests and their alerts."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule

ALERT = "azure-native:monitor:MetricAlert"
WEB_TEST = "azure-native:applicationinsights:WebTest"
COMPONENT = "azure-native:applicationinsights:Component"
WORKSPACE = "azure-native:operationalinsights:Workspace"
TABLE = "azure-native:operationalinsights:Table"


@rule(
    "azure-native:monitor:AutoscaleSetting",
    source="https://learn.microsoft.com/rest/api/monitor/autoscale-settings/create-or-update",
)
def values_of_scale_actions(it: Resource) -> Found:
    for outer, profile in it.blocks("profiles"):
        least, most = (profile.number(f"capacity.{name}") for name in ("minimum", "maximum"))
        reach = most - least if least is not None and most is not None else 0
        for inner, scale_rule in profile.blocks("rules"):
            value, kind = scale_rule.number("scaleAction.value"), scale_rule.get("scaleAction.type")
            if kind == "ChangeCount" and value is not None and value > reach > 0:
                message = f"InvalidActionValue: invalid scale action value ('{value:g}'). Specify a scale value less"
                told = f"{message} than or equal to the difference between the capacity maximum {most:g} and minimum"
                yield f"{outer}.{inner}.scaleAction.value", f"{told} {least:g}"


@rule(WEB_TEST, source="https://github.com/microsoft/mcp/issues/858")
def component_of_a_web_test(it: Resource) -> Found:
    tags = it.get("tags", {})
    if isinstance(tags, Mapping) and not any(key.lower().startswith("hidden-link:") for key in tags):
        yield (
            "tags",
            "BadRequest: a 'hidden-link:' tag that points to an existing Application Insights component is required",
        )


@rule(ALERT, source="https://github.com/learntocloud/learn-to-cloud-app/issues/612")
def scopes_of_a_metric_are_of_one_type(it: Resource, program: Program) -> Found:
    types = {refer.type for refer in program.refers(it, "scopes", WEB_TEST, COMPONENT)}
    if len(types) > 1 and it.text("criteria.odataType").endswith("MetricCriteria"):
        message = "BadRequest: You can't define a scope that is different from the selected target resource type"
        yield "scopes", f"{message}: found a web test and a component"


@rule(
    "azure-native:monitor:DataCollectionRule",
    source="https://github.com/hashicorp/terraform-provider-azurerm/issues/21897",
)
def tables_of_a_collection_come_first(it: Resource, program: Program) -> Found:
    places = [path for path, _ in it.blocks("destinations.logAnalytics")]
    workspaces = [program.refer(it, f"{path}.workspaceResourceId", WORKSPACE) for path in places]
    for path, flow in it.blocks("dataFlows"):
        named = flow.text("outputStream").removeprefix("Custom-")
        for table in program.of(TABLE):
            home = program.refer(table, "workspaceName", WORKSPACE) if table.text("tableName") == named else None
            if home and home in workspaces and table.new and it.new and not program.waits_for(it, table):
                message = (
                    f"InvalidPayload: InvalidOutputTable: Table for output stream 'Custom-{named}' is not available for"
                )
                yield f"{path}.outputStream", f"{message} its destination yet: depend on {table.name!r}"
