"""The repository of the service's images, which are scanned, never overwritten, and deleted when they are old."""

from __future__ import annotations

import pulumi
import pulumi_awsx as awsx

from shared.aws.component import Component
from shared.aws.image import repository_name
from shared.aws.site import Site

KEPT_IMAGES = 30


class Registry(Component):
    """`arn` is the repository's. Its name is the one in the config's image, which is pushed into it by the build."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, *, site: Site, image: str) -> None:
        super().__init__(name)
        awsx.ecr.Repository(
            f"{name}-images",
            name=repository_name(image),
            image_scanning_configuration={"scan_on_push": True},
            image_tag_mutability="IMMUTABLE",
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": site.key_arn}],
            lifecycle_policy={
                "rules": [
                    {
                        "description": "enough to go back through half a year of releases",
                        "tag_status": awsx.ecr.LifecycleTagStatus.ANY,
                        "maximum_number_of_images": KEPT_IMAGES,
                    }
                ]
            },
            force_delete=False,
            region=site.region,
            opts=self.child(),
        )
        self.arn = pulumi.Output.from_input(site.place.arn("ecr", f"repository/{repository_name(image)}"))
        self.register_outputs({"arn": self.arn})
