"""The config of the SageMaker endpoint, checked before the engine starts."""

from __future__ import annotations

from typing import ClassVar

from shared.aws.sagemaker.settings import CHECKS, METRICS, STRATEGIES, Hosting
from shared.regions import Cloud
from shared.release import ONNX_FILE_MB
from shared.settings import StackSettings


class Settings(StackSettings):
    """`Pulumi.<env>.yaml` of this stack: the common blocks, and `endpoint` for what serves the model."""

    cloud: ClassVar = Cloud.AWS
    metrics: ClassVar = METRICS
    strategies: ClassVar = STRATEGIES
    largest_model_mb: ClassVar = ONNX_FILE_MB
    alarms_turn_back: ClassVar = True
    checks: ClassVar = CHECKS

    endpoint: Hosting
