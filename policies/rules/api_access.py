"""What an API needs beside its routes to answer: a role for the services behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource
from ..rule import availability
from ..serving import INTEGRATION

# of SageMaker, Step Functions, a queue; a function permits its callers itself
SERVICE = re.compile(r"arn:[\w-]+:apigateway:[^:]*:(?!lambda:).+")


@availability.critical(
    INTEGRATION,
    reference="https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html",
    fix="Set credentials to the ARN of a role that API Gateway may assume and that may call the service.",
)
def api_integration_has_a_role(integration: Resource) -> Iterator[str]:
    """An API that calls an AWS service has a role to call it with.

    API Gateway signs the request to SageMaker or to a queue with the role of the integration. Without one it refuses
    the integration (github.com/hashicorp/terraform-provider-aws/issues/7916), in the middle of the deployment.
    """
    called = SERVICE.fullmatch(integration.text_if_known("uri") or "")
    if integration.text("type") == "AWS" and called and not integration.has("credentials"):
        yield f"credentials is not set and uri is {integration.show('uri')}, wanted a role"
