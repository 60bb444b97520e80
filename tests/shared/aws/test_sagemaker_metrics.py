"""What SageMaker measures and runs, against what was asked of it."""

from __future__ import annotations

import pytest
from botocore.session import get_session

from shared.aws.sagemaker.endpoint import check_running
from shared.aws.sagemaker.instances import vcpus
from shared.aws.sagemaker.metrics import choose_metrics, factors
from shared.scaling import Metric

OFFERED = get_session().get_service_model("sagemaker").shape_for("ProductionVariantInstanceType").enum


@pytest.mark.parametrize(
    ("instance_type", "cores"),
    [("ml.c7i.large", 2), ("ml.c7i.xlarge", 4), ("ml.m5.4xlarge", 16), ("ml.c4.8xlarge", 36), ("ml.r8g.medium", 1)],
)
def test_cores_follow_from_the_size(instance_type: str, cores: int) -> None:
    assert vcpus(instance_type) == cores


def test_every_type_that_sagemaker_offers_has_cores() -> None:
    assert len(OFFERED) > 200
    assert all(vcpus(name) >= 1 for name in OFFERED)


def test_a_size_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"ml\.c7i\.metal"):
        vcpus("ml.c7i.metal")


def test_cpu_is_measured_where_a_model_without_components_has_it() -> None:
    """CPUUtilizationNormalized would have no data, and the policy would block every scale-in."""
    measured = choose_metrics("endpoint")[Metric.CPU]["customized_metric_specification"]
    assert measured["metric_name"] == "CPUUtilization"
    assert 60 * factors("ml.c7i.xlarge")[Metric.CPU] == 240


def test_an_endpoint_that_was_turned_back_is_not_called_deployed() -> None:
    assert check_running("digits", "config-2", "config-2") == "config-2"
    with pytest.raises(RuntimeError, match="digits runs the configuration config-1, expected config-2"):
        check_running("digits", "config-1", "config-2")
