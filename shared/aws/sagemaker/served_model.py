"""What an endpoint is updated with: the model in its container and network, and the fleet it is to run on."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from shared.aws.artefact import ModelArtefact
from shared.aws.bucket import PrivateBucket
from shared.aws.component import Component
from shared.aws.image import image_in
from shared.aws.network import PrivateNetwork
from shared.aws.sagemaker.metrics import VARIANT
from shared.aws.sagemaker.role import ExecutionRole
from shared.aws.sagemaker.settings import LOCAL_NVME, Hosting
from shared.aws.site import Site
from shared.release import Release


class ServedModel(Component):
    """`config_name` changes with the model, the image or the fleet, and only then.

    Model and configuration are named by the engine, so that new ones are made beside the old; a fixed name would
    have the old deleted first, under a running endpoint.
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
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        capture = PrivateBucket(f"{name}-capture", site=site, expire_days=hosting.capture_days, opts=self.child())
        role = ExecutionRole(
            f"{name}-execution",
            site=site,
            image=hosting.image,
            artefact=artefact,
            model_key_arn=hosting.model_key_arn,
            capture_arn=capture.arn,
            opts=self.child(),
        )
        # a rollback leaves the endpoint on the old configuration, which must not have been deleted meanwhile
        kept = self.child(retain_on_delete=True, depends_on=[role.policy])
        model = aws.sagemaker.Model(
            f"{name}-model",
            execution_role_arn=role.arn,
            primary_container={  # type: ignore[arg-type]
                "image": image_in(hosting.image, site.region),
                **artefact.source,
                "environment": {**hosting.environment, "MODEL_VERSION": release.model_version},
            },
            vpc_config={"subnets": network.subnet_ids, "security_group_ids": [network.security_group_id]},
            enable_network_isolation=True,
            region=site.region,
            opts=kept,
        )
        config = aws.sagemaker.EndpointConfiguration(
            f"{name}-config",
            production_variants=[variant(hosting, model.name)],  # type: ignore[list-item]
            kms_key_arn=None if hosting.instance_type.startswith(LOCAL_NVME) else site.key_arn,
            data_capture_config=configure_capture(hosting, capture, site),  # type: ignore[arg-type]
            region=site.region,
            opts=kept,
        )
        self.config_name = config.name
        self.register_outputs({"config_name": self.config_name})


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
