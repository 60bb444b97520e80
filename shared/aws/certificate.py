"""A certificate for a name and the names below it, proved by a record in its zone, usable once that is accepted."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from shared.aws.component import Component
from shared.aws.entrance_settings import PublicName
from shared.aws.site import Site


class Certificate(Component):
    """`arn` is known when the certificate has been issued; it renews itself while the record stands."""

    arn: pulumi.Output[str]

    def __init__(
        self, name: str, *, site: Site, entrance: PublicName, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        certificate = aws.acm.Certificate(
            f"{name}-certificate",
            domain_name=entrance.domain,
            # proved by the same record as the name itself
            subject_alternative_names=[f"*.{entrance.domain}"],
            validation_method="DNS",
            region=site.region,
            opts=self.child(),
        )
        proof = certificate.domain_validation_options[0]
        record = aws.route53.Record(
            f"{name}-proof",
            zone_id=entrance.hosted_zone_id,
            name=proof.resource_record_name,
            type=proof.resource_record_type,
            records=[proof.resource_record_value],
            ttl=300,
            # every region's certificate for the same name asks for the same record
            allow_overwrite=True,
            opts=self.child(),
        )
        issued = aws.acm.CertificateValidation(
            f"{name}-issued",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            region=site.region,
            opts=self.child(),
        )
        self.arn = issued.certificate_arn
        self.register_outputs({"arn": self.arn})
