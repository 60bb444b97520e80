"""A name of one's own for the API, in place of the address that API Gateway made up."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
from route import TLS
from settings import Name

from shared.aws.certificate import Certificate
from shared.aws.component import Component
from shared.aws.site import Site


class OwnName(Component):
    """`host` leads to the stage, at the root of the name, once the certificate is issued and the record stands."""

    host: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        settings: Name,
        stage: aws.apigateway.Stage,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        arn = settings.certificate_arn
        domain = aws.apigateway.DomainName(
            f"{name}-domain",
            domain_name=settings.domain,
            regional_certificate_arn=arn or Certificate(name, site=site, entrance=settings, opts=self.child()).arn,
            endpoint_configuration={"types": "REGIONAL"},
            security_policy=TLS["security_policy"],
            endpoint_access_mode=TLS["endpoint_access_mode"],
            region=site.region,
            opts=self.child(),
        )
        mapping = aws.apigateway.BasePathMapping(
            f"{name}-mapping",
            domain_name=domain.domain_name,
            rest_api=stage.rest_api,
            stage_name=stage.stage_name,
            region=site.region,
            opts=self.child(),
        )
        target, zone = domain.regional_domain_name, domain.regional_zone_id
        aws.route53.Record(
            f"{name}-record",
            zone_id=settings.hosted_zone_id,
            name=settings.domain,
            type="A",
            aliases=[{"name": target, "zone_id": zone, "evaluate_target_health": True}],
            # a name that leads to no stage yet answers 403
            opts=self.child(depends_on=[mapping]),
        )
        self.host = mapping.domain_name
        self.register_outputs({"host": self.host})
