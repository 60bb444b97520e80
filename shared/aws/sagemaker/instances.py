"""What the name of an instance type says about it."""

from __future__ import annotations

import re

# of all types that SageMaker offers (botocore, ProductionVariantInstanceType) those that break the rule:
# https://docs.aws.amazon.com/ec2/latest/instancetypes/pg.html
EXCEPTIONS = {"ml.c4.8xlarge": 36, "ml.t2.medium": 2}
BY_SIZE = {"medium": 1, "large": 2, "xlarge": 4}


def vcpus(instance_type: str) -> int:
    """Cores of `ml.<family>.<size>`: four for an `xlarge`, N times as many for an `Nxlarge`.

    Raises ValueError for a size that says nothing about it.
    """
    if instance_type in EXCEPTIONS:
        return EXCEPTIONS[instance_type]
    size = instance_type.rpartition(".")[2]
    many = re.fullmatch(r"(\d+)xlarge", size)
    if many:
        return 4 * int(many[1])
    if size not in BY_SIZE:
        raise ValueError(f"instance type {instance_type!r}: expected a size such as large or 4xlarge")
    return BY_SIZE[size]
