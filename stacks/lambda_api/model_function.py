"""The function that answers with the model: code from this checkout, model and runtime as layers pinned by digest."""

from __future__ import annotations

from base64 import b64encode

import pulumi
import pulumi_aws as aws
from function_code import HANDLER, RUNTIME, function_code
from settings import Settings

from shared.aws.component import Component
from shared.aws.iam import allow, document, trust_unconditionally
from shared.aws.log_group import log_group
from shared.aws.site import Site
from shared.stack import Stack

ARCHITECTURE = "arm64"
LIVE = "live"


class ModelFunction(Component):
    """`live` is the alias that callers reach, `newest` the version made last.

    They differ only while a canary runs or after going back. `name` is the physical name, `arn` without a version.
    """

    name: str
    arn: pulumi.Output[str]
    newest: pulumi.Output[str]
    live: aws.lambda_.Alias

    def __init__(self, name: str, *, site: Site, stack: Stack[Settings]) -> None:
        super().__init__(name)
        settings, self.name = stack.settings, stack.physical_name(limit=64)
        group = log_group(f"{name}-log", name=f"/aws/lambda/{self.name}", site=site, opts=self.child())
        role = self._role(name, site, group)
        release, dependencies = settings.release, settings.function
        layers = [
            self._layer(f"{name}-model", site, release.artefact, release.artefact_digest),
            self._layer(f"{name}-runtime", site, dependencies.dependencies, dependencies.dependencies_digest),
        ]
        function = self._function(name, site, settings, group, role, layers)
        self.arn, self.newest = function.arn, function.version
        self.live = aws.lambda_.Alias(
            f"{name}-{LIVE}",
            name=LIVE,
            function_name=function.name,
            function_version=settings.function.live_version or function.version,
            region=site.region,
            opts=self.child(),
        )
        self.register_outputs({"arn": self.arn})

    def _role(self, name: str, site: Site, group: aws.cloudwatch.LogGroup) -> aws.iam.Role:
        role = aws.iam.Role(
            f"{name}-role", assume_role_policy=trust_unconditionally("lambda.amazonaws.com"), opts=self.child()
        )
        aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.name,
            policy=document(
                allow("logs:CreateLogStream", "logs:PutLogEvents", on=pulumi.Output.concat(group.arn, ":*")),
                # traces have no resource to name
                allow("xray:PutTraceSegments", "xray:PutTelemetryRecords", on="*"),
                allow("kms:Decrypt", on=site.key_arn),
            ),
            opts=self.child(),
        )
        return role

    def _layer(self, name: str, site: Site, url: str, digest: str) -> aws.lambda_.LayerVersion:
        bucket, key = url.removeprefix("s3://").split("/", 1)
        return aws.lambda_.LayerVersion(
            name,
            layer_name=f"{self.name}-{name.rsplit('-', 1)[-1]}",
            s3_bucket=bucket,
            s3_key=key,
            # what Lambda stored is compared with it at every refresh: another content shows as a change
            source_code_hash=base64_digest(digest),
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[ARCHITECTURE],
            # versions of the function that callers may be sent back to still use the old layer
            skip_destroy=True,
            region=site.region,
            opts=self.child(),
        )

    def _function(
        self,
        name: str,
        site: Site,
        settings: Settings,
        group: aws.cloudwatch.LogGroup,
        role: aws.iam.Role,
        layers: list[aws.lambda_.LayerVersion],
    ) -> aws.lambda_.Function:
        function, release = settings.function, settings.release
        return aws.lambda_.Function(
            f"{name}-function",
            name=self.name,
            description=f"{settings.tags.model} {release.model_version}",
            role=role.arn,
            code=function_code(),
            handler=HANDLER,
            runtime=RUNTIME,
            architectures=[ARCHITECTURE],
            layers=[layer.arn for layer in layers],
            memory_size=function.memory_mb,
            timeout=function.timeout_seconds,
            reserved_concurrent_executions=function.reserved_concurrency,
            publish=True,
            environment={"variables": environment(settings)},
            kms_key_arn=site.key_arn,
            tracing_config={"mode": "Active"},
            logging_config={"log_format": "JSON", "log_group": group.name, "application_log_level": "INFO"},
            region=site.region,
            opts=self.child(),
        )


def environment(settings: Settings) -> dict[str, str]:
    """What the handler reads: where the layer puts the model, and which file it must be; it starts with no other."""
    return {"MODEL_DIR": "/opt/model", "MODEL_SHA256": settings.function.model_sha256}


def base64_digest(digest: str) -> str:
    """`sha256:<hex>` as the base64 that Lambda reports."""
    return b64encode(bytes.fromhex(digest.removeprefix("sha256:"))).decode()
