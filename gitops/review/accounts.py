"""The cloud accounts that a run is logged in to. An approval is only valid for the accounts of its review.

Somebody who can edit an environment's variables could set another role between review and deployment, even one of their
own account. A first deployment would look the same there, and would send its secrets to that account.
"""

from __future__ import annotations

from collections.abc import Mapping

from gitops.errors import UserError

AWS_LOGINS = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE")
"""If one of these variables is set, the run is logged in to AWS. In a workflow's job it is the first."""
TENANT, SUBSCRIPTION = "ARM_TENANT_ID", "ARM_SUBSCRIPTION_ID"
"""The variables that Azure's provider reads: https://www.pulumi.com/registry/packages/azure-native/installation-configuration/"""


def name_accounts(environ: Mapping[str, str]) -> str:
    """`aws ACCOUNT, azure TENANT/SUBSCRIPTION`, with the clouds that the environment variables give access to.

    Raises `UserError` if AWS does not name the account.
    """
    aws = f"aws {ask_aws(environ)}" if any(environ.get(name) for name in AWS_LOGINS) else ""
    subscription = environ.get(SUBSCRIPTION)
    azure = f"azure {environ.get(TENANT, '')}/{subscription}" if subscription else ""
    return ", ".join(filter(None, (aws, azure)))


def ask_aws(environ: Mapping[str, str]) -> str:
    """The account's number, which can be asked for without any permission:
    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""
    import boto3  # half a second, for the real clouds
    from botocore.exceptions import BotoCoreError, ClientError

    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    try:
        return str(boto3.client("sts", region_name=region).get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        hint = "Has the login expired? Log in again; in a job, run the job again."
        raise UserError(f"AWS does not name the account of these credentials: {error}", hint=hint) from error
