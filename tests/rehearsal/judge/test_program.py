"""Which resource a property refers to, once values are known: during an apply, and in a state."""

from __future__ import annotations

from rehearsal.judge.program import Program, Resource

BUCKET, TABLE = "aws:s3/bucket:Bucket", "aws:dynamodb/table:Table"


def resource(name: str, type_: str, sources: tuple[str, ...] = (), **inputs: str) -> Resource:
    return Resource(f"urn:{name}", type_, inputs, sources={"value": tuple(f"urn:{source}" for source in sources)})


MODELS = resource("models", BUCKET, bucket="acme-models")
LOGS = resource("logs", BUCKET, bucket="acme-logs")


def test_a_known_value_refers_to_the_source_that_it_contains() -> None:
    user = resource("user", "aws:sagemaker/model:Model", ("models", "logs"), value="s3://acme-models/model.tar.gz")

    assert Program([MODELS, LOGS, user]).refer(user, "value", BUCKET) is MODELS


def test_a_known_value_refers_to_nothing_that_it_does_not_come_from_or_contain() -> None:
    elsewhere = resource("user", "aws:sagemaker/model:Model", ("logs",), value="s3://acme-models/model.tar.gz")
    both = resource("user", "aws:sagemaker/model:Model", ("models", "logs"), value="acme-models or acme-logs")

    for user in (elsewhere, both):
        assert Program([MODELS, LOGS, user]).refer(user, "value", BUCKET, TABLE) is None
