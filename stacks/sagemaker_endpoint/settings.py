"""The config of the SageMaker endpoint, checked before the engine starts."""

from __future__ import annotations

from typing import ClassVar

from shared.aws.sagemaker.settings import CHECKS, LARGEST_VOLUME_GB, METRICS, STRATEGIES
from shared.aws.sagemaker.shadow import SHADOW, ShadowedHosting
from shared.container import Chip
from shared.regions import Cloud
from shared.settings import StackSettings


class Settings(StackSettings):
    """`Pulumi.<env>.yaml` of this stack: the common blocks, and `endpoint` for what serves the model."""

    cloud: ClassVar = Cloud.AWS
    metrics: ClassVar = METRICS
    strategies: ClassVar = STRATEGIES
    largest_in_container_mb: ClassVar = LARGEST_VOLUME_GB * 1000
    chips: ClassVar = frozenset(Chip)
    alarms_turn_back: ClassVar = True
    checks: ClassVar = (*CHECKS, *SHADOW)

    endpoint: ShadowedHosting
