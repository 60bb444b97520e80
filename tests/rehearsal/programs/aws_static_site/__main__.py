"""A website in a bucket behind CloudFront, with its certificate in us-east-1 and a DNS record."""

from __future__ import annotations

import json
from pathlib import Path

import pulumi
import pulumi_aws as aws

domain = pulumi.Config().get("domain") or "www.example.com"
bucket = aws.s3.Bucket("site", website={"index_document": "index.html", "error_document": "404.html"})
ownership = aws.s3.BucketOwnershipControls("site", bucket=bucket.id, rule={"object_ownership": "ObjectWriter"})
access = aws.s3.BucketPublicAccessBlock("site", bucket=bucket.id, block_public_acls=False)
for page in sorted(Path("pages").iterdir()):
    aws.s3.BucketObjectv2(
        page.name,
        bucket=bucket.id,
        content_type="text/html",
        source=pulumi.FileAsset(str(page)),
        opts=pulumi.ResourceOptions(parent=bucket, depends_on=[ownership, access]),
    )


def readable(arn: str) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": [f"{arn}/*"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


aws.s3.BucketPolicy("site", bucket=bucket.id, policy=bucket.arn.apply(readable))

virginia = pulumi.ResourceOptions(provider=aws.Provider("virginia", region="us-east-1"))
zone = aws.route53.get_zone(name="example.com")
certificate = aws.acm.Certificate("site", domain_name=domain, validation_method="DNS", opts=virginia)
proof = certificate.domain_validation_options[0]
record = aws.route53.Record(
    "proof",
    zone_id=zone.zone_id,
    name=proof.resource_record_name,
    type=proof.resource_record_type,
    records=[proof.resource_record_value],
    ttl=600,
)
validated = aws.acm.CertificateValidation(
    "site", certificate_arn=certificate.arn, validation_record_fqdns=[record.fqdn], opts=virginia
)
cdn = aws.cloudfront.Distribution(
    "site",
    enabled=True,
    aliases=[domain],
    default_root_object="index.html",
    origins=[
        {
            "origin_id": bucket.arn,
            "domain_name": bucket.website_endpoint,
            "custom_origin_config": {
                "origin_protocol_policy": "http-only",
                "http_port": 80,
                "https_port": 443,
                "origin_ssl_protocols": ["TLSv1.2"],
            },
        }
    ],
    default_cache_behavior={
        "target_origin_id": bucket.arn,
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": ["GET", "HEAD"],
        "cached_methods": ["GET", "HEAD"],
        "forwarded_values": {"cookies": {"forward": "none"}, "query_string": False},
    },
    restrictions={"geo_restriction": {"restriction_type": "none"}},
    viewer_certificate={"acm_certificate_arn": validated.certificate_arn, "ssl_support_method": "sni-only"},
)
aws.route53.Record(
    "site",
    zone_id=zone.zone_id,
    name=domain,
    type="A",
    aliases=[{"name": cdn.domain_name, "zone_id": cdn.hosted_zone_id, "evaluate_target_health": True}],
)
pulumi.export("url", pulumi.Output.concat("https://", cdn.domain_name))
pulumi.export("website", bucket.website_endpoint)
