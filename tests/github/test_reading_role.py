"""The role that runs a pull request's code may read one environment's state, its key and its look-ups: nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gitops.github.reading_role import ACTIONS, describe, find_keys, find_lookups, read_policy
from tests.repo import ROOT

BACKEND = "s3://state/team?region=us-east-1&awssdk=v2"


def test_only_the_environments_own_state_is_read() -> None:
    policy = read_policy("prod", BACKEND, [], [])

    assert policy["Statement"] == [
        {
            "Sid": "State",
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": [
                "arn:aws:s3:::state/team/.pulumi/meta.yaml",
                "arn:aws:s3:::state/team/.pulumi/stacks/*/prod.*",
            ],
        },
        {"Sid": "StateNames", "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::state"]},
    ]
    assert read_policy("prod", "azblob://state", [], []) == {"Version": "2012-10-17", "Statement": []}


@pytest.mark.parametrize(
    ("key", "resource", "aliases"),
    [
        ("awskms://alias/pulumi-prod?region=us-east-1", "*", ["alias/pulumi-prod"]),
        ("awskms:///arn:aws:kms:eu-west-1:1:key/9?region=x", ["arn:aws:kms:eu-west-1:1:key/9"], None),
        ("awskms://1234abcd-12ab?region=us-east-1", ["arn:aws:kms:*:*:key/1234abcd-12ab"], None),
    ],
)
def test_a_key_decrypts_and_no_more(key: str, resource: object, aliases: list[str] | None) -> None:
    (statement,) = read_policy("prod", "", [key, "passphrase", "azurekeyvault://v/keys/k"], [])["Statement"]

    assert (statement["Action"], statement["Resource"]) == (["kms:Decrypt"], resource)
    condition = statement.get("Condition", {}).get("ForAnyValue:StringEquals", {}).get("kms:ResourceAliases")
    assert condition == aliases, "every key would be one to decrypt with"


def test_it_looks_up_what_the_programs_do_and_says_what_it_does_not_know(checkout: Callable[..., Path]) -> None:
    program = "import pulumi_aws as aws\naws.ec2.get_vpc(id='x')\naws.route53.get_zone(name='a')\naws.get_region()\n"
    root = checkout(program, dev="a: b")
    (root / "stacks/web/Pulumi.prod.yaml").write_text("secretsprovider: awskms://alias/a\nconfig: {}\n")

    assert find_lookups(root) == {"get_vpc", "get_zone", "get_region"}
    assert (find_keys(root, "prod"), find_keys(root, "dev")) == ({"awskms://alias/a"}, set())
    said = describe("prod", root, "azblob://state?storage_account=x")
    assert "reads prod's state, and every secret in it and in its config" in said
    assert '"ec2:DescribeVpcs"' in said
    assert said.endswith(
        "Add the actions of get_zone by hand. The state is in azblob://state: let the identity read it there."
    )


def test_it_may_change_nothing_and_knows_every_look_up_of_our_own_stacks() -> None:
    verbs = {action.split(":")[1] for actions in ACTIONS.values() for action in actions}

    assert all(verb.startswith("Describe") for verb in verbs)
    assert "get_availability_zones" in find_lookups(ROOT)
    assert find_lookups(ROOT) <= ACTIONS.keys()
