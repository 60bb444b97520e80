"""REST APIs of API Gateway in front of a model: who may call, how often, and what is recorded."""

from __future__ import annotations

from collections.abc import Iterator

from ..callers import asks_for_certificates, is_health
from ..resources import Resource, Stack
from ..rule import availability, lifecycle, observability, security
from .alarms import is_watched_elsewhere, metrics_with_alarms

API = "aws:apigateway/restApi:RestApi"
METHOD = "aws:apigateway/method:Method"
RESOURCE = "aws:apigateway/resource:Resource"
STAGE = "aws:apigateway/stage:Stage"
VALIDATOR = "aws:apigateway/requestValidator:RequestValidator"
SETTINGS = "aws:apigateway/methodSettings:MethodSettings"
DEPLOYMENT = "aws:apigateway/deployment:Deployment"
DOMAIN = "aws:apigateway/domainName:DomainName"
FIREWALL = "aws:wafv2/webAclAssociation:WebAclAssociation"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/apigateway-controls.html"
GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide"


@security.critical(
    METHOD,
    reference=f"{GUIDE}/apigateway-control-access-to-api.html",
    fix="Set authorization to AWS_IAM, COGNITO_USER_POOLS or CUSTOM.",
    config_key="api.auth",
)
def api_method_authenticates(method: Resource, stack: Stack) -> Iterator[str]:
    """A method of a REST API authenticates its callers.

    Without it everybody who finds the API uses the model at the team's cost. API keys count callers; they do not
    prove who they are. (Left out are private APIs, which are reached through the VPC endpoints that their policy
    names, domains with mutual TLS, and health checks.)
    """
    verb = method.text("httpMethod") or ""
    if verb == "OPTIONS" or method.text("authorization") not in (None, "NONE"):
        return
    if any(
        is_health(verb, resource.text("pathPart") or "") for resource in stack.follow(method, "resourceId", RESOURCE)
    ):
        return
    apis = stack.follow(method, "restApi", API)
    if not any(_is_private(api) or asks_for_certificates(api, stack) for api in apis):
        yield f'authorization is {method.show("authorization")}, wanted "AWS_IAM" or an authorizer'


def _is_private(api: Resource) -> bool:
    return any("PRIVATE" in configuration.texts("types") for configuration in api.children("endpointConfiguration"))


@availability.low(
    METHOD,
    reference=f"{GUIDE}/api-gateway-method-request-validation.html",
    fix="Give the method a request validator and a model of the body.",
)
def api_method_validates_requests(method: Resource, stack: Stack) -> Iterator[str]:
    """A method refuses malformed requests at the gateway.

    A request that cannot be answered should not reach the model: the gateway refuses it in milliseconds, at no
    cost. A validator of bodies compares them with the method's models; where there is none, or it is off, the other
    says nothing.
    """
    sends_a_body = method.text("httpMethod") in ("POST", "PUT")
    if sends_a_body and not method.has("requestValidatorId"):
        yield "requestValidatorId is not set, wanted a request validator"
    for validator in stack.follow(method, "requestValidatorId", VALIDATOR):
        body, parameters = (validator.flag(f"validateRequest{part}") for part in ("Body", "Parameters"))
        if not body and not parameters:
            yield f"{validator} validates neither body nor parameters, wanted one of them"
        elif not body and method.has("requestModels"):
            yield f"requestModels is set and {validator} does not validate the body, wanted it to"
        elif sends_a_body and not any(method.has(given) for given in ("requestModels", "requestParameters")):
            yield f"{validator} has neither requestModels nor requestParameters to go by, wanted one of them"


@observability.medium(
    STAGE,
    reference=f"{HUB}#apigateway-1",
    fix="Give the stage access_log_settings with the stack's log group.",
)
def api_stage_logs_access(stage: Resource) -> Iterator[str]:
    """A stage logs every request.

    Only the access log has the caller, the status and the latencies of both gateway and model on one line.
    """
    if not stage.has("accessLogSettings.destinationArn"):
        yield "accessLogSettings.destinationArn is not set, wanted a log group"


@observability.low(
    STAGE,
    reference=f"{HUB}#apigateway-3",
    fix="Set xray_tracing_enabled.",
    remedy={"xrayTracingEnabled": True},
)
def api_stage_is_traced(stage: Resource) -> Iterator[str]:
    """A stage traces its requests.

    A trace that begins at the function lacks the time that the caller waited before it.
    """
    if not stage.flag("xrayTracingEnabled"):
        yield f"xrayTracingEnabled is {stage.show('xrayTracingEnabled')}, wanted true"


@security.high(
    STAGE,
    reference=f"{HUB}#apigateway-4",
    fix="Associate a web ACL with the stage.",
)
def api_stage_has_a_web_acl(stage: Resource, stack: Stack) -> Iterator[str]:
    """A stage is protected by a web ACL.

    Throttling counts all callers together; a rate rule per address keeps one caller from using up the limit of all.
    The web ACL may also belong to a CloudFront distribution in front. (Private APIs are left out.)
    """
    fronts = stack.referring(stage, DISTRIBUTION, "origins")
    private = any(_is_private(api) for api in stack.follow(stage, "restApi", API))
    if private or any(front.has("webAclId") for front in fronts):
        return
    if not stack.referring(stage, FIREWALL, "resourceArn"):
        yield "no web ACL association refers to this stage, wanted one"


@availability.high(
    STAGE,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/rel_mitigate_interaction_failure_throttle_requests.html",
    fix="Add method settings for */* with a throttling rate and burst.",
    config_key="api.requests_per_second",
)
def api_stage_is_throttled(stage: Resource, stack: Stack, *, most: int = 100_000) -> Iterator[str]:
    """A stage limits its rate of requests.

    Without a limit of its own, the stage may use the whole account's limit, and a burst reaches a model that cannot
    take it.
    """
    for settings in stack.referring(stage, SETTINGS, "stageName"):
        rate, burst = (settings.number(f"settings.throttling{part}Limit") or 0 for part in ("Rate", "Burst"))
        if 0 < rate <= most and burst > 0:
            return
    yield "no method settings of this stage limit rate and burst, wanted both above 0"


@security.high(
    SETTINGS,
    reference=f"{GUIDE}/rest-api-execution-logging.html",
    fix="Remove data_trace_enabled; set logging_level to ERROR or INFO and metrics_enabled.",
)
def api_settings_log_no_payloads(settings: Resource, stack: Stack) -> Iterator[str]:
    """Execution logs are on and contain no request bodies.

    A data trace writes what callers sent and what the model answered into a log that many people may read. (API
    Gateway masks authorization headers and keys, but not the body.) A stage with an access log may leave execution
    logs off.
    """
    if settings.flag("settings.dataTraceEnabled"):
        yield "settings.dataTraceEnabled is true, wanted false"
    level = settings.text("settings.loggingLevel")
    access = any(stage.has("accessLogSettings") for stage in stack.follow(settings, "stageName", STAGE))
    if level == "OFF" or (level is None and not access):
        yield f'settings.loggingLevel is {settings.show("settings.loggingLevel")}, wanted "ERROR" or "INFO"'
    if not settings.flag("settings.metricsEnabled"):
        yield f"settings.metricsEnabled is {settings.show('settings.metricsEnabled')}, wanted true"


@lifecycle.high(
    DEPLOYMENT,
    reference="https://www.pulumi.com/registry/packages/aws/api-docs/apigateway/deployment/",
    fix="Give the deployment triggers made from the routes' settings.",
)
def api_deployment_follows_its_routes(deployment: Resource) -> Iterator[str]:
    """A deployment of an API is made again when a route changes.

    A deployment is a snapshot. Without triggers a changed route, such as one that now authenticates, is in the code
    but never in service.
    """
    if not deployment.count("triggers"):
        yield "triggers is empty, wanted a digest of the routes"


@security.high(
    DOMAIN,
    API,
    reference=f"{GUIDE}/apigateway-custom-domain-tls-version.html",
    fix="Set security_policy to TLS_1_2 or a SecurityPolicy_TLS13 policy.",
)
def api_domain_has_a_modern_tls_policy(domain: Resource) -> Iterator[str]:
    """A custom domain, or an API with a policy of its own, refuses TLS versions before 1.2.

    TLS 1.0 and 1.1 allow a downgrade to ciphers that are broken.
    """
    policy = domain.text("securityPolicy")
    if policy is None and domain.type == API:
        return
    if policy is None or not policy.startswith(("TLS_1_2", "SecurityPolicy_TLS1")):
        yield f'securityPolicy is {domain.show("securityPolicy")}, wanted "TLS_1_2" or newer'


@observability.high(
    STAGE,
    reference=f"{GUIDE}/api-gateway-metrics-and-dimensions.html",
    fix="Add the alarm for the API's stage.",
    config_key="alarms",
)
def api_has_alarms(stage: Resource, stack: Stack) -> Iterator[str]:
    """An API has alarms on its errors and its latency.

    The gateway sees failures that the function does not: timeouts, throttled requests and missing permissions. An
    alarm on the latency of an endpoint or target behind the API counts as well.
    """
    if is_watched_elsewhere(stack):
        return
    names = metrics_with_alarms(stack, stage, "AWS/ApiGateway")
    behind = metrics_with_alarms(stack, stage, "AWS/SageMaker", "AWS/ApplicationELB")
    slow = behind & {"ModelLatency", "TargetResponseTime"}
    for name in ("5XXError", "Latency"):
        if name not in names and not (name == "Latency" and (slow or "IntegrationLatency" in names)):
            yield f"no alarm on {name} in AWS/ApiGateway, wanted one"
