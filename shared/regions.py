"""Region names, so that a wrong one is refused before any cloud is asked.

AWS: the regions that offer SageMaker, ECS and API Gateway, from botocore's endpoint data; renew with
`python -c "import boto3; print(boto3.Session().get_available_regions('sagemaker'))"`.
Azure: locations that offer Azure Machine Learning; renew with
`az provider show -n Microsoft.MachineLearningServices --query "resourceTypes[?resourceType=='workspaces'].locations"`.
"""

from __future__ import annotations

from enum import StrEnum


class Cloud(StrEnum):
    """The cloud a stack runs on, with the provider setting that names its own region."""

    AWS = "aws"
    AZURE = "azure"


REGION_KEY = {Cloud.AWS: "aws:region", Cloud.AZURE: "azure-native:location"}

AWS_REGIONS = """
    af-south-1 ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
    ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1
    eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1
    mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2
"""

AZURE_LOCATIONS = """
    australiaeast brazilsouth canadacentral canadaeast centralindia centralus eastasia eastus eastus2 francecentral
    germanywestcentral italynorth japaneast japanwest jioindiawest koreacentral northcentralus northeurope norwayeast
    polandcentral qatarcentral southafricanorth southcentralus southeastasia southindia spaincentral swedencentral
    switzerlandnorth switzerlandwest uaenorth uksouth ukwest westcentralus westeurope westus westus2 westus3
"""

REGIONS = {Cloud.AWS: frozenset(AWS_REGIONS.split()), Cloud.AZURE: frozenset(AZURE_LOCATIONS.split())}
