"""The Lambda function behind each region's load balancer, which cannot have SageMaker itself as its target."""

from __future__ import annotations
