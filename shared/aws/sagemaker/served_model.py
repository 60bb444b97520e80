"""What an endpoint is updated to: the model in its container and network, and the fleet that it runs on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from shared.aws.artefact import ModelArtefact
from shared.aws.bucket import PrivateBucket
from shared.aws.component import Component
from shared.aws.image import image_in
from shared.aws.network import PrivateNetwork
from shared.aws.sagemaker.metrics import SHADOW, VARIANT
from shared.aws.sagemaker.role import ExecutionRole
from shared.aws.sagemaker.settings import LOCAL_NVME, Hosting
from shared.aws.sagemaker.shadow import Shadow
from shared.aws.site import Site
from shared.release import Packed, Release


class ServedModel(Component):
    """`config_name` changes with the model, the image or the fleet, and only then.

    The engine names model and configuration, so that new ones are created beside the old. With a fixed name the old one
    would be deleted first, while the endpoint uses it.
    """

    config_name: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        hosting: Hosting,
        release: Release,
        network: PrivateNetwork,
        artefact: ModelArtefact,
        shadow: Shadow | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        self._name, self._site, self._network, self._hosting = name, site, network, hosting
        self._capture = PrivateBucket(f"{name}-capture", site=site, expire_days=hosting.capture_days, opts=self.child())
        serving = self._model("", hosting.image, hosting.environment, release, artefact)
        shadows = [shadow_variant(hosting, shadow, self._shadow(shadow))] if shadow else None
        config = aws.sagemaker.EndpointConfiguration(
            f"{name}-config",
            production_variants=[variant(hosting, serving.name)],  # type: ignore[list-item]
            shadow_production_variants=shadows,  # type: ignore[arg-type]
            kms_key_arn=None if hosting.instance_type.startswith(LOCAL_NVME) else site.key_arn,
            data_capture_config=configure_capture(hosting, self._capture, site),  # type: ignore[arg-type]
            region=site.region,
            opts=self._keep_versions(),
        )
        self.config_name = config.name
        self.register_outputs({"config_name": self.config_name})

    def _keep_versions(self, **options: Any) -> pulumi.ResourceOptions:
        """Keeps old versions: a rollback returns the endpoint to the old configuration, which must still exist."""
        return self.child(retain_on_delete=True, **options)

    def _shadow(self, shadow: Shadow) -> pulumi.Output[str]:
        """The name of the model that gets copies of the requests."""
        artefact = ModelArtefact(f"{self._name}-shadow-artefact", site=self._site, release=shadow, opts=self.child())
        return self._model("shadow-", shadow.image, shadow.environment, shadow, artefact).name

    def _model(
        self, what: str, image: str, environment: Mapping[str, str], packed: Packed, artefact: ModelArtefact
    ) -> aws.sagemaker.Model:
        """A model in its container and the network, with a role of its own; `what` begins the names of both."""
        role = ExecutionRole(
            f"{self._name}-{what}execution",
            site=self._site,
            image=image,
            artefact=artefact,
            model_key_arn=self._hosting.model_key_arn,
            capture_arn=self._capture.arn,
            opts=self.child(),
        )
        network = self._network
        return aws.sagemaker.Model(
            f"{self._name}-{what}model",
            execution_role_arn=role.arn,
            primary_container={  # type: ignore[arg-type]
                "image": image_in(image, self._site.region),
                **artefact.source,
                "environment": {**environment, "MODEL_VERSION": packed.model_version},
            },
            vpc_config={"subnets": network.subnet_ids, "security_group_ids": [network.security_group_id]},
            enable_network_isolation=True,
            region=self._site.region,
            opts=self._keep_versions(depends_on=[role.policy]),
        )


def configure_capture(hosting: Hosting, bucket: PrivateBucket, site: Site) -> dict[str, Any]:
    """A share of requests and answers, encrypted; off unless said otherwise."""
    return {
        "enable_capture": True,
        "capture_options": [{"capture_mode": "Input"}, {"capture_mode": "Output"}],
        "initial_sampling_percentage": hosting.capture_percent,
        "destination_s3_uri": pulumi.Output.concat("s3://", bucket.bucket, "/capture"),
        "kms_key_id": site.key_arn,
    }


def variant(hosting: Hosting, model_name: pulumi.Input[str]) -> dict[str, Any]:
    """The one production variant; its name never changes, or SageMaker could not shift traffic between fleets."""
    described = {
        "variant_name": VARIANT,
        "model_name": model_name,
        "instance_type": hosting.instance_type,
        "initial_instance_count": hosting.initial_instances,
        "initial_variant_weight": 1,
        "volume_size_in_gb": hosting.volume_gb,
        "model_data_download_timeout_in_seconds": hosting.download_seconds,
        "container_startup_health_check_timeout_in_seconds": hosting.startup_seconds,
        # a busy instance gets no more requests while another is idle
        "routing_configs": [{"routing_strategy": "LEAST_OUTSTANDING_REQUESTS"}],
    }
    return {key: value for key, value in described.items() if value is not None}


def shadow_variant(hosting: Hosting, shadow: Shadow, model_name: pulumi.Input[str]) -> dict[str, Any]:
    """The fleet that hears a copy: of all requests where its weight is the production variant's, else of that share.

    Made like the other one: disk and time to start are the same.
    """
    return {
        **variant(hosting, model_name),
        "variant_name": SHADOW,
        "instance_type": shadow.instance_type,
        "initial_instance_count": shadow.instances,
        "initial_variant_weight": shadow.percent / 100,
    }
