"""What deployments are made of: model, scoring code and environment, registered for each release under its number.

A registered version never changes, and one that is in Azure but not in the engine's state cannot be created again: the
provider refuses ("cannot create already existing resource", pulumi-azure-native, `CanCreate`). So a number is used
once, and what was served stays registered when it leaves the program.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from component import Component
from foundation import Foundation
from pulumi_azure_native import machinelearningservices as ml
from settings import OnlineRelease, Settings, Standby
from workspace.workspace import MLWorkspace

from shared.container import Container

Packed = OnlineRelease | Standby

SHORT = 12
# the inference server, which runs the scoring script, in an image that is built elsewhere: it answers as in Microsoft's
# https://github.com/Azure/azureml-examples/tree/main/cli/endpoints/online/custom-container/minimal/single-model
APP = Container(port=5001, health="/", ready="/", predict="/score")


@dataclass(frozen=True)
class Registered:
    """The ids that a deployment names."""

    model: pulumi.Output[str]
    code: pulumi.Output[str] | None
    environment: pulumi.Output[str]


class Assets(Component):
    """`registered` by registered version."""

    registered: dict[int, Registered]

    def __init__(
        self,
        name: str,
        *,
        base: Foundation,
        settings: Settings,
        container: Container | None,
        workspace: MLWorkspace,
    ) -> None:
        super().__init__(name)
        self._name, self._base, self._workspace = name, base, workspace
        self._container = container or APP
        self._where = {"resource_group_name": base.group, "workspace_name": workspace.name}
        models = ml.ModelContainer(
            f"{name}-model",
            name=settings.tags.model,
            properties={"description": "Served by the online endpoint"},
            opts=self._with_workspace(),
            **self._where,
        )
        codes = ml.CodeContainer(
            f"{name}-code",
            name="scoring",
            properties={"description": "score.py and what it imports"},
            opts=self._with_workspace(),
            **self._where,
        )
        environments = ml.EnvironmentContainer(
            f"{name}-environment",
            name="serving",
            properties={"description": "Inference server and runtime"},
            opts=self._with_workspace(),
            **self._where,
        )
        packages: list[Packed] = [settings.release, *([settings.rollout.standby] if settings.rollout.standby else [])]
        self.registered = {
            package.registered_version: Registered(
                self._model(models, package), self._code(codes, package), self._environment(environments, package)
            )
            for package in packages
        }
        self.register_outputs({})

    def _model(self, container: ml.ModelContainer, package: Packed) -> pulumi.Output[str]:
        version = ml.ModelVersion(
            f"{self._name}-model-{package.registered_version}",
            name=container.name,
            # a whole number: `1.0.0` is refused (https://github.com/Azure/azureml-examples/issues/2725)
            version=str(package.registered_version),
            properties={
                "model_uri": workspace_uri(package.artefact, self._base, self._workspace.name),
                "model_type": "custom_model",
                "tags": {"version": package.model_version},
                "properties": {"sha256": package.artefact_digest.removeprefix("sha256:")},
            },
            opts=self._keep_versions(depends_on=[self._workspace.model_store]),
            **self._where,
        )
        return version.id

    def _code(self, container: ml.CodeContainer, package: Packed) -> pulumi.Output[str] | None:
        if package.code is None or package.code_digest is None:
            return None
        version = ml.CodeVersion(
            f"{self._name}-code-{package.registered_version}",
            name=container.name,
            version=version_name(package.registered_version, package.code_digest),
            properties={"code_uri": package.code},
            opts=self._keep_versions(),
            **self._where,
        )
        return version.id

    def _environment(self, container: ml.EnvironmentContainer, package: Packed) -> pulumi.Output[str]:
        version = ml.EnvironmentVersion(
            f"{self._name}-environment-{package.registered_version}",
            name=container.name,
            version=version_name(package.registered_version, package.image.rsplit("@", 1)[-1]),
            properties={
                "image": package.image,
                "os_type": "Linux",
                "inference_config": routes(APP if package.code else self._container),
            },
            opts=self._keep_versions(),
            **self._where,
        )
        return version.id

    def _keep_versions(self, **options: object) -> pulumi.ResourceOptions:
        """A version that was served stays registered, for audits and for whoever looks up what answered."""
        return self._with_workspace(retain_on_delete=True, **options)

    def _with_workspace(self, **options: object) -> pulumi.ResourceOptions:
        """Azure deletes containers of assets with their workspace; alone it archives them or refuses.

        https://github.com/Azure/azure-powershell/issues/24018, https://github.com/cloud-custodian/cloud-custodian/issues/11012
        """
        return self.child(deleted_with=self._workspace.resource, **options)


def routes(server: Container) -> Any:
    """Where Azure asks whether it lives, whether it is ready, and for predictions."""
    paths = {"liveness_route": server.health, "readiness_route": server.ready, "scoring_route": server.predict}
    return {route: {"path": path, "port": server.port} for route, path in paths.items()}


def workspace_uri(artefact: str, base: Foundation, workspace: pulumi.Output[str]) -> pulumi.Output[str]:
    """`azureml://datastores/…` as Azure's API takes it: the short form is resolved by Microsoft's client.

    https://github.com/Azure/azure-sdk-for-python/blob/main/sdk/ml/azure-ai-ml/azure/ai/ml/operations/_model_operations.py
    (`resolve_short_datastore_url`, `LONG_URI_FORMAT`).
    """
    path = artefact.removeprefix("azureml://")
    parts = ("azureml://subscriptions/", base.subscription, "/resourcegroups/", base.group, "/workspaces/", workspace)
    return pulumi.Output.concat(*parts, "/", path)


def version_name(number: int, digest: str) -> str:
    """The release's number, and what is in it: other bytes are another version, also under the same number."""
    return f"{number}-{digest.removeprefix('sha256:')[:SHORT]}"
