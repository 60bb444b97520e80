"""Who gets past an API: the services behind it, callers around its certificates, with its key, or from any web page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import availability, security
from ..serving import CONTAINER_APP, FUNCTION_URL, INTEGRATION
from .api_calls import MAPPINGS

DOMAINS = ("aws:apigateway/domainName:DomainName", "aws:apigatewayv2/domainName:DomainName")
APIS = ("aws:apigateway/restApi:RestApi", "aws:apigatewayv2/api:Api")
GRAPHQL = "aws:appsync/graphQLApi:GraphQLApi"
# where a type says which web sites may call: the object, whether with credentials, and the sites
SHARED = {
    FUNCTION_URL: ("cors", "allowCredentials", "allowOrigins"),
    "aws:apigatewayv2/api:Api": ("corsConfiguration", "allowCredentials", "allowOrigins"),
    CONTAINER_APP: ("configuration.ingress.corsPolicy", "allowCredentials", "allowedOrigins"),
}
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


@security.high(
    *DOMAINS,
    reference="https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html",
    fix="Set disable_execute_api_endpoint of the API.",
)
def api_with_mutual_tls_has_no_other_address(domain: Resource, stack: Stack) -> Iterator[str]:
    """An API whose domain asks for certificates is reached by no other name.

    The default endpoint of the API asks nobody for a certificate. Whoever knows its id goes around the domain and its
    truststore.
    """
    if not domain.has("mutualTlsAuthentication.truststoreUri"):
        return
    mapped = [mapping for type_ in MAPPINGS for mapping in stack.referring(domain, type_, "domainName")]
    for api in [
        api for mapping in mapped for path in ("apiId", "restApi") for api in stack.follow(mapping, path, *APIS)
    ]:
        if not api.flag("disableExecuteApiEndpoint"):
            yield f"disableExecuteApiEndpoint of {api} is {api.show('disableExecuteApiEndpoint')}, wanted true"


@security.high(
    GRAPHQL,
    reference="https://docs.aws.amazon.com/securityhub/latest/userguide/appsync-controls.html#appsync-5",
    fix="Set authentication_type to AWS_IAM, AMAZON_COGNITO_USER_POOLS, OPENID_CONNECT or AWS_LAMBDA.",
)
def api_of_graphql_authenticates(api: Resource) -> Iterator[str]:
    """A GraphQL API asks its callers who they are.

    A key of AppSync is one text for all callers, is found in every client that has it, and proves nobody's identity.
    """
    further = [way.text("authenticationType") for way in api.children("additionalAuthenticationProviders")]
    if "API_KEY" in (api.text("authenticationType"), *further):
        yield 'authenticationType is "API_KEY", wanted a way that proves who calls'


@security.medium(
    *SHARED,
    reference="https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html",
    fix="Name the origins of the web sites that may call.",
)
def api_with_credentials_names_its_origins(api: Resource) -> Iterator[str]:
    """An API that browsers send credentials to names the web sites that may call it.

    With a star, a page of anybody's may call the model with the cookies of whoever has opened it, and read the answer.
    """
    place, credentials, origins = SHARED[api.type]
    sharing = api.child(place)
    wild = [origin for origin in sharing.texts(origins) if origin in ("*", "https://*", "http://*")]
    if wild and sharing.flag(credentials):
        yield f'{place}.{origins} has "{wild[0]}" beside {credentials}, wanted the web sites by name'
