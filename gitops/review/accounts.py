"""The accounts that a run is logged in to: where a change is made is a part of the change.

Who may edit an environment's variables may name another role between review and approval, of an account of their own
even. A first deployment looks the same there, and takes its secrets along.
"""

from __future__ import annotations

from collections.abc import Mapping

from gitops.errors import UserError

AWS_LOGINS = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE")
"""Variables of which one says that the environment is logged in to AWS; in a job it is the first."""
TENANT, SUBSCRIPTION = "ARM_TENANT_ID", "ARM_SUBSCRIPTION_ID"
"""What Azure's provider goes by: https://www.pulumi.com/registry/packages/azure-native/installation-configuration/"""


def name_accounts(environ: Mapping[str, str]) -> str:
    """`aws ACCOUNT, azure TENANT/SUBSCRIPTION`, of each cloud that the environment's variables log in to.

    Raises `UserError` where AWS does not say whose credentials they are.
    """
    aws = f"aws {ask_aws(environ)}" if any(environ.get(name) for name in AWS_LOGINS) else ""
    subscription = environ.get(SUBSCRIPTION)
    azure = f"azure {environ.get(TENANT, '')}/{subscription}" if subscription else ""
    return ", ".join(filter(None, (aws, azure)))


def ask_aws(environ: Mapping[str, str]) -> str:
    """The account's number. Nobody needs a permission for it:
    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""
    import boto3  # half a second, for the real clouds
    from botocore.exceptions import BotoCoreError, ClientError

    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    try:
        return str(boto3.client("sts", region_name=region).get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        hint = "Has the login expired? Log in again; in a job, run the job again."
        raise UserError(f"AWS does not say whose credentials these are: {error}", hint=hint) from error
