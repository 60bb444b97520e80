"""One call to a SageMaker endpoint, with what came of it sorted into an answer and two kinds of failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError

from serving.router.config import Config, Target


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model answered, its refusal of a bad request (4xx) included."""

    status: int
    body: bytes


class Failure(Exception):
    """No answer. `retry_here` says whether the same region may answer a moment later."""

    def __init__(self, reason: str, *, retry_here: bool) -> None:
        super().__init__(reason)
        self.retry_here = retry_here


class Endpoint(Protocol):
    @property
    def region(self) -> str: ...

    def invoke(self, content_type: str, body: bytes, request_id: str) -> Reply: ...


class SageMakerEndpoint:
    """`InvokeEndpoint` with our own retries instead of the SDK's, so that the worst case stays known."""

    def __init__(self, target: Target, config: Config) -> None:
        self.region = target.region
        self._name = target.endpoint
        self._client = boto3.client(
            "sagemaker-runtime",
            region_name=target.region,
            endpoint_url=target.url,
            config=ClientConfig(
                connect_timeout=config.connect_timeout,
                read_timeout=config.read_timeout,
                retries={"total_max_attempts": 1, "mode": "standard"},
                tcp_keepalive=True,
            ),
        )

    def invoke(self, content_type: str, body: bytes, request_id: str) -> Reply:
        """Ask the model.

        Raises:
            Failure: the endpoint, the network or the model failed; predictions change nothing, so it may be repeated.
        """
        try:
            answer = self._client.invoke_endpoint(
                EndpointName=self._name,
                ContentType=content_type,
                Accept="application/json",
                Body=body,
                CustomAttributes=request_id,
            )
            return Reply(200, answer["Body"].read())
        except ClientError as error:
            return _model_refusal(error)
        except BotoCoreError as error:  # no connection, no answer in time, an answer cut short
            raise Failure(type(error).__name__, retry_here=True) from error


def _model_refusal(error: ClientError) -> Reply:
    """The model's own 4xx; anything else raises.

    SageMaker wraps whatever the container answered besides 2xx as ModelError (424) with `OriginalStatusCode`
    (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html).
    """
    response = error.response
    code = response.get("Error", {}).get("Code", "")
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    if code == "ModelError":
        original = int(response.get("OriginalStatusCode", 500))
        if 400 <= original < 500 and original != 429:
            return Reply(original, str(response.get("OriginalMessage", "")).encode())
        raise Failure(f"{code} {original}", retry_here=True) from error
    overloaded = status >= 500 or status == 429 or "Throttl" in code or code == "ModelNotReadyException"
    # The rest (no such endpoint, no permission) will not heal by asking again; the peer region may be set up right.
    raise Failure(f"{code} {status}", retry_here=overloaded) from error
