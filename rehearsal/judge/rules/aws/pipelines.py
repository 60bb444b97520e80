"""CodePipeline: stages, actions and the artifacts between them. CodeBuild: a project in a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.judge.program import Program, Resource, list_repeated
from rehearsal.judge.refusal import Found, rule
from rehearsal.judge.rules.aws.permissions import ROLE, may
from rehearsal.values import UNKNOWN

PIPELINE = "aws:codepipeline/pipeline:Pipeline"
_GUIDE = "https://docs.aws.amazon.com/codepipeline/latest/userguide"
_API = "https://docs.aws.amazon.com/codepipeline/latest/APIReference"
_ACTION = "InvalidActionDeclarationException"
_NEEDS_INPUT = {
    ("Build", "CodeBuild"),
    ("Test", "CodeBuild"),
    ("Deploy", "S3"),
    ("Deploy", "CodeDeploy"),
    ("Deploy", "CodeDeployToECS"),
    ("Deploy", "ECS"),
    ("Deploy", "ElasticBeanstalk"),
}


@dataclass(frozen=True)
class Action:
    """An action of a pipeline. `place` is its stage and run order: it takes the artifacts of earlier places."""

    path: str
    it: Resource
    stage: int
    place: tuple[int, float]

    @property
    def name(self) -> str:
        return self.it.text("name")

    @property
    def inputs(self) -> list[Any]:
        return self.it.list("inputArtifacts")

    @property
    def outputs(self) -> list[Any]:
        files = [artifact.get("name") for _, artifact in self.it.blocks("outputArtifactsForComputeActions")]
        return [*self.it.list("outputArtifacts"), *files]


def _actions(it: Resource) -> list[Action]:
    """Returns all actions of a pipeline; an empty list if one of them is not known."""
    if any(UNKNOWN in (stage, stage.get("actions")) for stage in it.list("stages") if stage is not None):
        return []
    return [
        Action(f"{where}.{path}", action, index, (index, action.number("runOrder") or 1))
        for index, (where, stage) in enumerate(it.blocks("stages"))
        for path, action in stage.blocks("actions")
    ]


@rule(PIPELINE, source=f"{_GUIDE}/reference-action-artifacts.html")
def artifacts_of_actions(it: Resource) -> Found:
    for action in _actions(it):
        category, provider = action.it.text("category"), action.it.text("provider")
        given = "inputArtifacts" in action.it.inputs and action.it.get("inputArtifacts") is not None
        if (category, provider) in _NEEDS_INPUT and not given:
            message = (
                f"{_ACTION}: Action {action.name} declares 0 input artifacts which is less than the minimum count (1)"
            )
            yield f"{action.path}.inputArtifacts", message
        if category in ("Source", "Approval") and action.inputs:
            message = (
                f"{_ACTION}: Action {action.name} declares {len(action.inputs)} input artifacts which is more than"
            )
            yield f"{action.path}.inputArtifacts", f"{message} the maximum count (0)"
        if category == "Approval" and action.outputs:
            message = f"{_ACTION}: Action {action.name} declares {len(action.outputs)} output artifacts which is more"
            yield f"{action.path}.outputArtifacts", f"{message} than the maximum count (0)"


@rule(PIPELINE, source=f"{_API}/API_OutputArtifact.html")
def artifacts_come_from_earlier_actions(it: Resource) -> Found:
    actions = _actions(it)
    outputs = [name for action in actions for name in action.outputs]
    if UNKNOWN in outputs or any(action.it.get("outputArtifacts") is UNKNOWN for action in actions):
        return
    for name in list_repeated(map(str, outputs)):
        yield "stages", f"{_ACTION}: Output artifact names must be unique within a pipeline: {name!r}"
    for action in actions:
        earlier = {name for other in actions if other.place < action.place for name in other.outputs}
        for name in action.inputs:
            if isinstance(name, str) and name not in earlier:
                message = f"{_ACTION}: the input artifact {name!r} of the action {action.name}"
                yield f"{action.path}.inputArtifacts", f"{message} is the output of no earlier action"


@rule(PIPELINE, source=f"{_GUIDE}/pipeline-requirements.html")
def sources_come_first(it: Resource) -> Found:
    for action in _actions(it):
        category = action.it.text("category")
        if category and (category == "Source") != (action.stage == 0):
            message = "InvalidStructureException: Pipeline should start with a stage that only contains source actions"
            yield f"{action.path}.category", f"{message}: found {category} in stage {action.stage + 1}"


@rule(PIPELINE, source="https://github.com/aws/aws-cdk/issues/16142")
def names_in_a_pipeline(it: Resource) -> Found:
    actions = _actions(it)
    for name in list_repeated(action.it.text("namespace") for action in actions):
        message = f"{_ACTION}: Namespaces must be unique across the pipeline definition"
        yield "stages", f"{message}. The following occur more than once in the pipeline: {name}"
    for name in list_repeated(stage.text("name") for _, stage in it.blocks("stages")):
        yield "stages", f"InvalidStageDeclarationException: Stage names must be unique within a pipeline: {name!r}"
    for index, _ in enumerate(it.list("stages")):
        for name in list_repeated(action.name for action in actions if action.stage == index):
            yield f"stages[{index}].actions", f"{_ACTION}: Action names must be unique within a stage: {name!r}"


@rule(PIPELINE, source="https://github.com/hashicorp/terraform-provider-aws/issues/41023")
def configuration_of_actions(it: Resource) -> Found:
    for action in _actions(it):
        yield from _list_wrong(action)


def _list_wrong(action: Action) -> Iterator[tuple[str, str]]:
    settings, path = action.it.get("configuration"), f"{action.path}.configuration"
    for key, value in settings.items() if isinstance(settings, Mapping) else ():
        if value == "":
            message = (
                "ValidationException: Value at 'configuration' failed to satisfy constraint: Map value must satisfy"
            )
            yield path, f"{message} constraint: Member must have length greater than or equal to 1: {key}"
    compute = action.it.text("category") in ("", "Compute")
    for name in ("commands", "outputArtifactsForComputeActions"):  # https://github.com/aws/aws-cdk/issues/38843
        if action.it.get(name) is not None and not compute:
            message = f"{_ACTION}: The following action cannot contain a commands field: {action.name}."
            yield f"{action.path}.{name}", f"{message} To use the commands field, use a compute action."


@rule(PIPELINE, source="https://www.pulumi.com/registry/packages/aws/api-docs/codepipeline/pipeline/")
def regions_of_artifact_stores(it: Resource) -> Found:
    regions = [store.get("region") for _, store in it.blocks("artifactStores")]
    if len(regions) == 1 and regions[0] is not None:
        yield "artifactStores[0].region", "region cannot be set for a single-region CodePipeline"
    elif len(regions) > 1 and None in regions:
        yield "artifactStores", "region must be set for a cross-region CodePipeline"


@rule("aws:codebuild/project:Project", source="https://github.com/aws/aws-cdk/issues/2335")
def role_of_a_project_in_a_network(it: Resource, program: Program) -> Found:
    role = program.refer(it, "serviceRole", ROLE) if it.get("vpcConfig") is not None else None
    if role and may(role, "ec2:DescribeSecurityGroups", program) is False:
        message = "InvalidInputException: Not authorized to perform DescribeSecurityGroups"
        yield "vpcConfig", f"{message} (the role is {role.name!r})"
