"""What deployments are made of: model versions, scoring code and environment, registered under their content.

A registered version never changes, so each is named by what is in it, and a change makes another version beside it.
"""

from __future__ import annotations

from typing import Protocol

import pulumi
from component import Component
from foundation import Foundation
from pulumi_azure_native import machinelearningservices as ml
from settings import Endpoint, Settings
from workspace.workspace import MLWorkspace

SHORT = 12


class PackedModel(Protocol):
    """A release or a standby."""

    @property
    def registered_version(self) -> int: ...
    @property
    def model_version(self) -> str: ...
    @property
    def artefact(self) -> str: ...
    @property
    def artefact_digest(self) -> str: ...


class Assets(Component):
    """`model_ids` by registered version, `code_id` and `environment_id`."""

    model_ids: dict[int, pulumi.Output[str]]
    code_id: pulumi.Output[str]
    environment_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        base: Foundation,
        settings: Settings,
        workspace: MLWorkspace,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._name, self._base, self._workspace = name, base, workspace
        self._where = {"resource_group_name": base.group, "workspace_name": workspace.name}
        container = ml.ModelContainer(
            f"{name}-model",
            name=settings.tags.model,
            properties={"description": "Served by the online endpoint"},
            opts=self.child(),
            **self._where,
        )
        models = [settings.release, *([settings.rollout.standby] if settings.rollout.standby else [])]
        self.model_ids = {model.registered_version: self._model(container, model) for model in models}
        self.code_id = self._code(settings.endpoint)
        self.environment_id = self._environment(settings.endpoint)
        self.register_outputs({})

    def _model(self, container: ml.ModelContainer, model: PackedModel) -> pulumi.Output[str]:
        version = ml.ModelVersion(
            f"{self._name}-model-{model.registered_version}",
            name=container.name,
            # a whole number: `1.0.0` is refused (https://github.com/Azure/azureml-examples/issues/2725)
            version=str(model.registered_version),
            properties={
                "model_uri": workspace_uri(model.artefact, self._base, self._workspace.name),
                "model_type": "custom_model",
                "tags": {"version": model.model_version},
                "properties": {"sha256": model.artefact_digest.removeprefix("sha256:")},
            },
            # a version that was served stays registered: going back needs it
            opts=self.child(retain_on_delete=True, depends_on=[self._workspace.model_store]),
            **self._where,
        )
        return version.id

    def _code(self, endpoint: Endpoint) -> pulumi.Output[str]:
        container = ml.CodeContainer(
            f"{self._name}-code",
            name="scoring",
            properties={"description": "score.py and what it imports"},
            opts=self.child(),
            **self._where,
        )
        version = ml.CodeVersion(
            f"{self._name}-code-version",
            name=container.name,
            version=content_version(endpoint.code_digest),
            properties={"code_uri": endpoint.code},
            opts=self.child(retain_on_delete=True),
            **self._where,
        )
        return version.id

    def _environment(self, endpoint: Endpoint) -> pulumi.Output[str]:
        container = ml.EnvironmentContainer(
            f"{self._name}-environment",
            name="serving",
            properties={"description": "Inference server and runtime"},
            opts=self.child(),
            **self._where,
        )
        version = ml.EnvironmentVersion(
            f"{self._name}-environment-version",
            name=container.name,
            version=content_version(endpoint.image.rsplit("@", 1)[-1]),
            properties={"image": endpoint.image, "os_type": "Linux"},
            opts=self.child(retain_on_delete=True),
            **self._where,
        )
        return version.id


def workspace_uri(artefact: str, base: Foundation, workspace: pulumi.Output[str]) -> pulumi.Output[str]:
    """`azureml://datastores/…` as Azure's API takes it: the short form is resolved by Microsoft's client.

    https://github.com/Azure/azure-sdk-for-python/blob/main/sdk/ml/azure-ai-ml/azure/ai/ml/operations/_model_operations.py
    (`resolve_short_datastore_url`, `LONG_URI_FORMAT`).
    """
    path = artefact.removeprefix("azureml://")
    parts = ("azureml://subscriptions/", base.subscription, "/resourcegroups/", base.group, "/workspaces/", workspace)
    return pulumi.Output.concat(*parts, "/", path)


def content_version(digest: str) -> str:
    return digest.removeprefix("sha256:")[:SHORT]
