"""The life of resources on the rehearsal clouds, with the real engine: from the first preview to the last delete."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_random as random
import pytest
from pulumi import automation as auto
from pulumi_azure_native import storage

from rehearsal.values import SECRET_SIGNATURE, SIGNATURE
from tests.rehearsal.stack import Program, Stack


def network(cidr: str = "10.0.0.0/16", **tags: str) -> Callable[[], None]:
    def program() -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block=cidr, tags=tags or None)
        subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.1.0/24")
        pulumi.export("vpc", vpc.id)
        pulumi.export("arn", subnet.arn)

    return program


def queue(name: str | None = None, delay: int = 0) -> Callable[[], None]:
    def program() -> None:
        made = aws.sqs.Queue("jobs", name=name, delay_seconds=delay)
        pulumi.export("url", made.url)
        pulumi.export("name", made.name)

    return program


def configuration(instance: str, name: str | None = None) -> Callable[[], None]:
    def program() -> None:
        variant: Any = {"variant_name": "a", "model_name": "m", "initial_instance_count": 1, "instance_type": instance}
        made = aws.sagemaker.EndpointConfiguration("cfg", name=name, production_variants=[variant])
        pulumi.export("name", made.name)

    return program


def test_a_preview_knows_names_and_no_identities(stack: Stack) -> None:
    result = stack.preview(queue())
    assert result.ops["jobs"] == "create"
    assert result.outputs["name"] == result.inputs["jobs"]["name"]
    assert result.outputs["url"] in ("[unknown]", "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "output<string>", None)
    assert stack.list_existing() == {}


def test_an_apply_gives_the_previewed_name_and_real_looking_answers(stack: Stack) -> None:
    promised = stack.preview(queue()).inputs["jobs"]["name"]
    outputs = stack.up(queue()).outputs
    assert outputs["name"] == promised
    assert outputs["url"] == f"https://sqs.us-east-1.amazonaws.com/123456789012/{promised}"


def test_a_second_apply_changes_nothing(stack: Stack) -> None:
    def program() -> None:
        network()()
        queue()()  # its name is automatic

    stack.up(program)
    assert set(stack.up(program).ops.values()) == {"same"}


def test_a_mutable_property_is_updated_and_the_identity_stays(stack: Stack) -> None:
    before = stack.up(network()).outputs
    changed = stack.up(network(owner="ml"))
    assert changed.ops == {**changed.ops, "vpc": "update", "subnet": "same"}
    assert "tags" in changed.paths["vpc"]
    assert changed.outputs == before
    assert stack.list_existing()["vpc"].outputs["tagsAll"] == {"owner": "ml"}


def test_an_immutable_property_replaces_and_the_identity_changes(stack: Stack) -> None:
    before = stack.up(network()).outputs
    preview = stack.preview(network(cidr="10.8.0.0/16"))
    assert preview.ops["vpc"] == "replace"
    assert preview.ops["subnet"] == "replace"
    assert stack.up(network(cidr="10.8.0.0/16")).outputs["vpc"] != before["vpc"]


def test_a_replacement_with_an_automatic_name_gets_another_one_and_is_created_first(stack: Stack) -> None:
    before = stack.up(configuration("ml.m5.large")).outputs["name"]
    after = stack.up(configuration("ml.m5.xlarge"))
    assert after.outputs["name"] != before
    assert next(op for name, op in after.all_ops if name == "cfg") == "create-replacement"
    assert stack.list_existing()["cfg"].id == after.outputs["name"]


def test_a_replacement_with_a_fixed_name_is_deleted_first(stack: Stack) -> None:
    stack.up(configuration("ml.m5.large", name="fixed-name-cfg"))
    after = stack.up(configuration("ml.m5.xlarge", name="fixed-name-cfg"))
    assert next(op for name, op in after.all_ops if name == "cfg") == "delete-replaced"
    assert after.outputs["name"] == "fixed-name-cfg"


def test_a_name_that_exists_is_refused(stack: Stack) -> None:
    def twice() -> None:
        first = aws.cloudwatch.LogGroup("one", name="/taken/already")
        aws.cloudwatch.LogGroup("two", name="/taken/already", opts=pulumi.ResourceOptions(depends_on=[first]))

    with pytest.raises(auto.CommandError, match="AlreadyExists"):
        stack.up(twice)
    assert set(stack.list_existing()) == {"one"}


def test_a_resource_that_is_renamed_only_in_the_program_is_refused_before_it_is_applied(stack: Stack) -> None:
    def make_caller(logical: str, *aliases: pulumi.Alias) -> Callable[[], None]:
        def program() -> None:
            key = aws.kms.Key("key")
            options = pulumi.ResourceOptions(aliases=aliases)
            aws.ecr.Repository(
                logical,
                name="models",
                encryption_configurations=[{"encryption_type": "KMS", "kms_key": key.arn}],
                opts=options,
            )

        return program

    stack.up(make_caller("registry"))

    with pytest.raises(auto.CommandError, match=r"AlreadyExists.*'models' exists in us-east-1.*alias"):
        stack.preview(make_caller("images"))
    assert stack.preview(make_caller("images", pulumi.Alias(name="registry"))).ops["images"] == "same"


def test_an_identity_that_waits_for_a_value_is_nobodys(stack: Stack) -> None:
    def program(logical: str) -> Callable[[], None]:
        def queued() -> None:
            name = random.RandomPet(f"{logical}-pet").id
            aws.cloudwatch.LogGroup(logical, name=pulumi.Output.concat("/of/", name))

        return queued

    stack.up(program("one"))

    assert stack.preview(program("two")).ops["two"] == "create"


def test_the_same_name_in_another_region_is_free(stack: Stack) -> None:
    def two_regions() -> None:
        aws.cloudwatch.LogGroup("here", name="/regional/one")
        aws.cloudwatch.LogGroup("there", name="/regional/one", region="eu-west-1")
        elsewhere = aws.Provider("elsewhere", region="us-west-2")
        made = aws.cloudwatch.LogGroup("far", name="/regional/one", opts=pulumi.ResourceOptions(provider=elsewhere))
        pulumi.export("far", made.arn)

    assert stack.up(two_regions).outputs["far"] == "arn:aws:logs:us-west-2:123456789012:log-group:/regional/one"
    scopes = {name: entry.scope for name, entry in stack.list_existing().items()}
    assert scopes == {"here": "us-east-1", "there": "eu-west-1", "far": "us-west-2"}


def test_a_refresh_of_untouched_clouds_finds_nothing(stack: Stack) -> None:
    stack.up(network(owner="ml"))
    refreshed = stack.refresh()
    assert {op for _, op in refreshed.all_ops} <= {"refresh", "same"}
    assert set(stack.preview(network(owner="ml")).ops.values()) == {"same"}


def test_a_delete_out_of_band_is_found_by_a_refresh_and_mended(stack: Stack) -> None:
    stack.up(queue())
    entry = stack.list_existing()["jobs"]
    stack.inventory.path(entry.type, entry.scope, entry.id).unlink()
    stack.refresh()
    assert stack.preview(queue()).ops["jobs"] == "create"
    stack.up(queue())
    assert stack.list_existing()["jobs"].type == "aws:sqs/queue:Queue"


def test_a_change_out_of_band_is_found_by_a_refresh_and_mended(stack: Stack) -> None:
    stack.up(queue(delay=5))
    entry = stack.list_existing()["jobs"]
    path = stack.inventory.path(entry.type, entry.scope, entry.id)
    path.write_text(path.read_text().replace('"delaySeconds": 5', '"delaySeconds": 60'))
    stack.refresh()
    mended = stack.preview(queue(delay=5))
    assert mended.ops["jobs"] == "update"
    assert mended.paths["jobs"] == {"delaySeconds"}


def test_a_refresh_passes_over_what_the_program_ignores(stack: Stack) -> None:
    """The engine leaves what a refresh finds to a provider's Diff: the weights that ECS sets are no drift."""

    def program() -> None:
        for name in ("watched", "ignoring"):
            passed_over = ["delaySeconds"] if name == "ignoring" else None
            aws.sqs.Queue(name, delay_seconds=5, opts=pulumi.ResourceOptions(ignore_changes=passed_over))

    stack.up(program)
    for name in ("watched", "ignoring"):
        entry = stack.list_existing()[name]
        path = stack.inventory.path(entry.type, entry.scope, entry.id)
        path.write_text(path.read_text().replace('"delaySeconds": 5', '"delaySeconds": 60'))
    found = stack.refresh().ends
    assert (found["watched"], found["ignoring"]) == ("update", "same")


def test_a_lost_state_leaves_orphans_and_new_names(stack: Stack) -> None:
    first = stack.up(queue()).outputs["name"]
    orphan = stack.list_existing()["jobs"]
    stack.forget()
    second = stack.up(queue()).outputs["name"]
    assert second != first
    assert stack.inventory.find(orphan.type, orphan.scope, orphan.id) == orphan


def test_an_import_adopts_what_exists(stack: Stack) -> None:
    stack.up(queue(name="adopted-queue"))
    entry = stack.list_existing()["jobs"]
    stack.forget()

    def adopting() -> None:
        aws.sqs.Queue("jobs", name="adopted-queue", delay_seconds=0, opts=pulumi.ResourceOptions(import_=entry.id))

    assert stack.up(adopting).ops["jobs"] == "import"
    assert stack.up(queue(name="adopted-queue")).ops["jobs"] == "same"


def test_what_others_made_is_imported_as_the_program_describes_it_and_lives_on(stack: Stack) -> None:
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/of-others"

    def adopting(delay: int) -> Program:
        options = pulumi.ResourceOptions(import_=url)
        return lambda: aws.sqs.Queue("jobs", name="of-others", delay_seconds=delay, opts=options) and None

    assert stack.up(adopting(7)).ops["jobs"] == "import"
    assert stack.up(adopting(7)).ops["jobs"] == "same"
    stack.refresh()
    changed = stack.up(adopting(9))
    assert (changed.ops["jobs"], changed.paths["jobs"]) == ("update", {"delaySeconds"})
    stack.inventory.delete("aws:sqs/queue:Queue", "us-east-1", url)
    stack.refresh()
    assert stack.up(adopting(9)).ops["jobs"] == "import"


def test_what_others_made_is_read_by_its_id(stack: Stack) -> None:
    def reading() -> None:
        pulumi.export("role", aws.iam.Role.get("r", "deployer").arn)
        pulumi.export("vpc", aws.ec2.Vpc.get("v", "vpc-0123456789abcdef0").id)
        group = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shared"
        account = storage.StorageAccount.get("a", f"{group}/providers/Microsoft.Storage/storageAccounts/logs")
        pulumi.export("blob", account.primary_endpoints.blob)

    assert stack.up(reading).outputs == {
        "role": "arn:aws:iam::123456789012:role/deployer",
        "vpc": "vpc-0123456789abcdef0",
        "blob": "https://logs.blob.core.windows.net/",
    }


def test_a_random_value_is_nobody_else_s(stack: Stack) -> None:
    with pytest.raises(auto.CommandError, match="does not exist"):
        stack.up(lambda: random.RandomPet("p", opts=pulumi.ResourceOptions(import_="of-others")) and None)


def test_destroy_leaves_nothing(stack: Stack) -> None:
    stack.up(network())
    assert set(stack.list_existing()) == {"vpc", "subnet"}
    stack.destroy()
    assert stack.list_existing() == {}


def test_options_of_the_engine_hold(stack: Stack) -> None:
    def program(delay: int, kind: str) -> Callable[[], None]:
        def run() -> None:
            passed_over = pulumi.ResourceOptions(ignore_changes=["delaySeconds", "tags"])
            aws.sqs.Queue("ignored", delay_seconds=delay, tags={"delay": str(delay)}, opts=passed_over)
            aws.sqs.Queue(
                "eager", delay_seconds=delay, opts=pulumi.ResourceOptions(replace_on_changes=["delaySeconds"])
            )
            aws.sqs.Queue(kind, opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")]))

        return run

    stack.up(program(0, "old"))
    second = stack.up(program(9, "new"))
    assert (second.ops["ignored"], second.ops["eager"], second.ops["new"]) == ("same", "replace", "same")


def test_a_protected_resource_cannot_be_deleted(stack: Stack) -> None:
    stack.up(lambda: aws.sqs.Queue("kept", opts=pulumi.ResourceOptions(protect=True)) and None)
    with pytest.raises(auto.CommandError, match="protect"):
        stack.up(lambda: None)
    stack.up(lambda: aws.sqs.Queue("kept", opts=pulumi.ResourceOptions(protect=False)) and None)


def test_default_tags_of_a_provider_reach_every_resource(stack: Stack) -> None:
    def program() -> None:
        tagged = aws.Provider("tagged", region="us-east-1", default_tags={"tags": {"owner": "ml", "stage": "dev"}})
        made = aws.sqs.Queue("jobs", tags={"stage": "prod"}, opts=pulumi.ResourceOptions(provider=tagged))
        pulumi.export("tags", made.tags_all)

    assert stack.up(program).outputs["tags"] == {"owner": "ml", "stage": "prod"}


def test_an_object_given_for_json_text_comes_back_as_text(stack: Stack) -> None:
    def program() -> None:
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
        policy: Any = {"Version": "2012-10-17", "Statement": [statement]}
        role = aws.iam.Role("role", assume_role_policy=policy)
        pulumi.export(
            "principal", role.assume_role_policy.apply(lambda text: json.loads(text)["Statement"][0]["Effect"])
        )

    assert stack.up(program).outputs["principal"] == "Allow"


def test_secret_inputs_stay_secret(stack: Stack) -> None:
    def program() -> None:
        secret = pulumi.Output.secret("hunter2-secret")
        made = aws.ssm.Parameter("p", type="SecureString", value=secret, description=secret)
        pulumi.export("value", made.value)
        pulumi.export("description", made.description)  # which the SDK does not call secret by itself

    outputs = stack.up(program).outputs
    assert [outputs[name][SIGNATURE] for name in ("value", "description")] == [SECRET_SIGNATURE] * 2
    stack.refresh()
    kept = [path.read_text() for path in stack.state.rglob("*.json")]
    assert any("aws:ssm/parameter:Parameter" in text for text in kept)
    assert not any("hunter2-secret" in text for text in kept)
