"""Inputs that the real clouds accept, many of them easily refused by mistake: type → inputs, each wholly valid."""

from __future__ import annotations

from tests.rehearsal.provider_facts.accepted_values.aws_around import AWS_AROUND
from tests.rehearsal.provider_facts.accepted_values.aws_serving import AWS_SERVING
from tests.rehearsal.provider_facts.accepted_values.azure import AZURE

AWS = AWS_SERVING | AWS_AROUND

__all__ = ["AWS", "AZURE"]
