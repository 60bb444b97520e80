"""What the repositories and images of awsx make."""

from __future__ import annotations

from rehearsal.values import UNKNOWN, Secret
from tests.rehearsal.awsx.harness import Bench, children, names
from tests.rehearsal.awsx.recorder import Recorder

TAGGED = '{"tag_status": "tagged", "tag_prefix_list": ["v"], "maximum_age_limit": 3}'


def test_repository_keeps_one_untagged_image_unless_told_otherwise(bench: Bench, aws: Recorder) -> None:
    rules = f'[{{"tag_status": "any", "maximum_number_of_images": 9}}, {TAGGED}]'
    found = children(
        bench,
        aws,
        'awsx.ecr.Repository("Default")',
        f'awsx.ecr.Repository("ruled", lifecycle_policy={{"rules": {rules}}})',
        'awsx.ecr.Repository("none", lifecycle_policy={"skip": True})',
    )
    selection = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1}
    only = found["LifecyclePolicy default"]["policy"]["rules"]
    assert [rule["selection"] for rule in only] == [selection]
    ruled = found["LifecyclePolicy ruled"]["policy"]["rules"]
    assert [(rule["rulePriority"], rule["selection"]["tagStatus"]) for rule in ruled] == [(1, "tagged"), (2, "any")]
    assert names(found, "LifecyclePolicy") == ["default", "ruled"]


def test_a_repository_s_policy_is_in_its_region(bench: Bench, aws: Recorder) -> None:
    found = children(bench, aws, 'awsx.ecr.Repository("r", region="eu-west-1")', 'awsx.ecr.Repository("here")')
    assert found["LifecyclePolicy r"]["region"] == found["Repository r"]["region"] == "eu-west-1"
    assert "region" not in found["LifecyclePolicy here"]


def test_image_is_built_for_the_repository(bench: Bench, docker_build: Recorder) -> None:
    url = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app"
    found = children(
        bench, docker_build, f'awsx.ecr.Image("i", repository_url="{url}", image_tag="v1", context="./app")'
    )
    registry = {"address": f"https://{url.split('/')[0]}", "username": "AWS", "password": Secret("hunter2")}
    assert found == {
        "Image v1": {
            "buildOnPreview": True,
            "cacheFrom": [{"registry": {"ref": f"{url}:v1"}}],
            "cacheTo": [{"inline": {}}],
            "context": {"location": "./app"},
            "dockerfile": {},
            "network": "default",
            "platforms": [],
            "push": True,
            "registries": [registry],
            "tags": [f"{url}:v1"],
        }
    }


def test_image_waits_until_its_repository_is_known(bench: Bench, docker_build: Recorder) -> None:
    program = ('repo = awsx.ecr.Repository("r")', 'awsx.ecr.Image("i", repository_url=repo.url)')
    assert children(bench, docker_build, *program) == {}


def test_registry_image_is_tagged_and_pushed_by_its_own_provider(bench: Bench, docker: Recorder) -> None:
    program = 'awsx.ecr.RegistryImage("i", repository_url="1.dkr.ecr.us-east-1.amazonaws.com/r", source_image="nginx")'
    found = children(bench, docker, program)
    target = "1.dkr.ecr.us-east-1.amazonaws.com/r:latest"
    assert found["Tag i"] == {"sourceImage": "sha256:abc", "targetImage": target}
    assert found["RegistryImage i"] == {
        "name": target,
        "triggers": {"@pulumi/awsx/internal/sourceImage": "sha256:abc"},
    }


def test_triggers_of_a_registry_image_may_come_later(bench: Bench, docker: Recorder) -> None:
    url = "1.dkr.ecr.us-east-1.amazonaws.com/r"
    found = children(
        bench,
        docker,
        'later = aws.ecs.Cluster("c").id.apply(lambda text: {"a": text})',
        f'awsx.ecr.RegistryImage("i", repository_url="{url}", source_image="nginx", triggers=later)',
    )
    assert found["RegistryImage i"]["triggers"] is UNKNOWN
