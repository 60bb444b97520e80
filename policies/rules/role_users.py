"""Roles and what is given them: may the service assume the role, and do with it what it is there for."""

from __future__ import annotations

from collections.abc import Iterator

from ..grants import ROLE, allows, list_statements
from ..grants import names as names_action
from ..properties import Properties
from ..resources import Resource, Stack
from ..role_needs import ACCOUNT, BY_TYPE, EVENT_TARGET, FLOW_LOG, SCHEDULE, STREAM, list_roles
from ..rule import availability
from ..sagemaker_modes import MODEL
from ..serving import FUNCTION, TASK
from .iam import POLICIES, principals_of
from .open_policies import BUCKET_POLICY

MONITORED = ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster", "aws:rds/clusterInstance:ClusterInstance")
# type → its properties that name a role, and the service that assumes it
ASSUMED_BY = {
    FUNCTION: {"role": "lambda"},
    TASK: {"executionRoleArn": "ecs-tasks", "taskRoleArn": "ecs-tasks"},
    MODEL: {"executionRoleArn": "sagemaker"},
    "aws:sagemaker/notebookInstance:NotebookInstance": {"roleArn": "sagemaker"},
    "aws:eks/cluster:Cluster": {"roleArn": "eks"},
    "aws:eks/nodeGroup:NodeGroup": {"nodeRoleArn": "ec2"},
    "aws:eks/fargateProfile:FargateProfile": {"podExecutionRoleArn": "eks-fargate-pods"},
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": {"roleArn": "pods.eks"},
    FLOW_LOG: {"iamRoleArn": "vpc-flow-logs"},
    ACCOUNT: {"cloudwatchRoleArn": "apigateway"},
    EVENT_TARGET: {"roleArn": "events"},
    SCHEDULE: {"target.roleArn": "scheduler"},
    STREAM: {"extendedS3Configuration.roleArn": "firehose"},
    "aws:sfn/stateMachine:StateMachine": {"roleArn": "states"},
    "aws:codebuild/project:Project": {"serviceRole": "codebuild"},
    "aws:codepipeline/pipeline:Pipeline": {"roleArn": "codepipeline"},
    "aws:codedeploy/deploymentGroup:DeploymentGroup": {"serviceRoleArn": "codedeploy"},
    "aws:cloudtrail/trail:Trail": {"cloudWatchLogsRoleArn": "cloudtrail"},
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": {"roleArn": "logs"},
    "aws:autoscaling/lifecycleHook:LifecycleHook": {"roleArn": "autoscaling"},
    "aws:backup/selection:Selection": {"iamRoleArn": "backup"},
    "aws:cfg/recorder:Recorder": {"roleArn": "config"},
    **{type_: {"monitoringRoleArn": "monitoring.rds"} for type_ in MONITORED},
}
ASSUME = "sts:AssumeRole"


@availability.critical(
    *ASSUMED_BY,
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html",
    fix="Name the service in the role's trust policy, for instance ecs-tasks.amazonaws.com.",
)
def iam_role_trusts_the_service_that_uses_it(user: Resource, stack: Stack) -> Iterator[str]:
    """A role can be assumed by the service that it is given to.

    A role that trusts another service, or denies it, cannot be assumed: Lambda and SageMaker refuse it, tasks do not
    start, nodes do not join and flow logs stay empty. Judged where the program makes the role.
    """
    for path, service in ASSUMED_BY[user.type].items():
        for role in stack.follow(user, path, ROLE):
            statements = role.document("assumeRolePolicy").children("Statement")
            if role.has("assumeRolePolicy") and not _trusts(statements, f"{service}."):
                yield f"{path} is {role}, which does not trust {service}.amazonaws.com, wanted it to"


def _trusts(statements: list[Properties], service: str) -> bool:
    """Whether a service is let in by one of the statements, and kept out by none."""
    about = [
        statement
        for statement in statements
        if (not statement.has("Action") or names_action(statement, ASSUME))
        and any(name == "*" or name.startswith(service) for name in principals_of(statement, "Service"))
    ]
    denied = any(statement.text("Effect") == "Deny" and not statement.has("Condition") for statement in about)
    return not denied and any(statement.text("Effect") == "Allow" for statement in about)


@availability.high(
    *BY_TYPE,
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html",
    fix="Allow the role the action on what the workload uses, or attach AWS's own policy for the service.",
)
def iam_role_may_do_what_it_is_for(user: Resource, stack: Stack) -> Iterator[str]:
    """A role may do what the service that is given it does with it.

    Without the permission the deployment may still succeed: a task's image is not pulled as soon as it is pulled anew,
    a model is not loaded by the next instance, a function, an API or a flow log writes nothing. Judged where the
    program has the role and all of its policies, and no policy of the bucket, queue or registry lets roles in. What the
    policies name has to be what is used, where both are known: this log group, bucket and queue.
    """
    said: set[str] = set()
    for need in BY_TYPE[user.type](user, stack):
        for role in list_roles(need, stack):
            statements = list_statements(role, stack)
            missing = [action for action in need.actions if statements and not allows(statements, action, need.place)]
            if missing and missing[0] not in said and not _let_in_by_policy(missing[0], stack):
                said.add(missing[0])
                where = f" on {need.place}" if need.place else ""
                yield f"no policy of {role} allows {', '.join(missing)}{where}, {need.purpose}, wanted one"


def _let_in_by_policy(action: str, stack: Stack) -> bool:
    """Whether the policy of a bucket, a queue, … may let roles in, whatever their own policies say."""
    service = action.partition(":")[0]
    paths = {**POLICIES, BUCKET_POLICY: "policy"}
    policies = [policy for type_ in paths if type_.startswith(f"aws:{service}/") for policy in stack.of(type_)]
    return any(_may_let_roles_in(policy, paths[policy.type]) for policy in policies)


def _may_let_roles_in(policy: Resource, path: str) -> bool:
    """Roles by name: the account itself (`:root`) leaves it to their own policies."""
    if not policy.known(path):
        return True
    statements = [each for each in policy.document(path).children("Statement") if each.text("Effect") == "Allow"]
    return any(not name.endswith(":root") for each in statements for name in principals_of(each, "AWS"))
