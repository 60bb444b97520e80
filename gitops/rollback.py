"""Going back: an earlier commit's target in today's checkout, so that today's policies, tool and checks judge it.

What a stack's program is made of is taken from the commit. The tool, the policy pack, the environments and the locked
packages stay those of the branch's head, so an old run is still never run again, and no old tool ever deploys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gitops.checkout.git import git, resolve_commit
from gitops.checkout.reach import strings_in
from gitops.checkout.rooms import PROGRAM_FOLDERS
from gitops.checkout.targets import CONFIG_FILE, Target
from gitops.errors import Refused, require_known

OBJECT = re.compile(r"s3://(?P<bucket>[a-z0-9.-]+)/(?P<key>.+[^/])")
IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<name>[\w./-]+)"
    r"(?:@(?P<digest>sha256:[0-9a-f]{64})|:(?P<tag>[\w.-]+))"
)
ELSEWHERE = re.compile(
    r"(?:azureml:|s3://|[\w.-]+\.azurecr\.io/|[\w.-]+\.blob\.core\.windows\.net/|https://\S+\.zip).+"
)
GONE = frozenset({"404", "NoSuchKey", "NoSuchBucket", "ImageNotFoundException", "RepositoryNotFoundException"})
Clients = Callable[[str, str], Any]
"""A boto3 client by service and region; an empty region is the session's own."""


@dataclass(frozen=True)
class Artefact:
    """`there` is None where it cannot be told, for the reason `why`."""

    address: str
    there: bool | None
    why: str = ""

    def __str__(self) -> str:
        word = {True: "there", False: "gone", None: "not known"}[self.there]
        return f"{word}: {self.address}{f' ({self.why})' if self.why else ''}"


def find_commit(root: Path, target: Target, revision: str) -> str:
    """The commit's whole name. Raises `UserError` for one that the clone has not, or that has no such target, `Refused`
    for one that the branch never had.
    """
    commit = resolve_commit(root, revision, where="--to")
    common = git(root, "merge-base", "--all", "HEAD", commit).split()
    if common != [commit]:
        raise Refused(
            f"{commit[:12]} is not an earlier commit of this branch", hint="Only merged commits can be rolled back to."
        )
    files = git(root, "ls-tree", "-r", "--name-only", commit, "--", "stacks").splitlines()
    known = [f"{match[1]}/{match[2]}" for match in map(CONFIG_FILE.fullmatch, files) if match]
    require_known("target", str(target), known, where=f"commit {commit[:12]}")
    return commit


def restore(root: Path, target: Target, commit: str) -> tuple[str, ...]:
    """Puts the target's program as of the commit into the working tree; the files that are other ones than HEAD's.

    Raises `Refused` where the tree has edits, which would be lost or go along.
    """
    rooms = [room for room in PROGRAM_FOLDERS if git(root, "ls-tree", "--name-only", commit, "--", room)]
    paths = [f"stacks/{target.stack}", *rooms]
    if git(root, "status", "--porcelain", "--", *paths):
        raise Refused("the checkout has edits", where=", ".join(paths), hint="Commit or revert them.")
    git(root, "restore", f"--source={commit}", "--staged", "--worktree", "--", *paths)
    return tuple(git(root, "diff", "--name-only", "HEAD", "--", *paths).splitlines())


def list_artefacts(config: str) -> tuple[str, ...]:
    """The addresses of what a config deploys: packed models, images, registered models."""
    texts = strings_in(yaml.safe_load(config))
    return tuple(sorted({text for text in texts if IMAGE.fullmatch(text) or ELSEWHERE.fullmatch(text)}))


def look_up(addresses: Iterable[str], clients: Clients) -> Iterator[Artefact]:
    """Asks the clouds for each; nothing is fetched."""
    for address in addresses:
        if image := IMAGE.fullmatch(address):
            one = {"imageDigest": image["digest"]} if image["digest"] else {"imageTag": image["tag"]}
            ask = {"registryId": image["account"], "repositoryName": image["name"], "imageIds": [one]}
            yield ask_for(address, lambda i=image, a=ask: clients("ecr", i["region"]).describe_images(**a))
        elif match := OBJECT.fullmatch(address):
            where = {"Bucket": match["bucket"], "Key": match["key"]}
            yield ask_for(address, lambda w=where: clients("s3", "").head_object(**w))
        else:
            yield Artefact(address, None, "its service is not asked")


def ask_for(address: str, ask: Callable[[], object]) -> Artefact:
    from botocore.exceptions import BotoCoreError, ClientError  # with boto3, only for the real clouds

    try:
        ask()
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        return Artefact(address, False) if code in GONE else Artefact(address, None, code)
    except BotoCoreError as error:
        return Artefact(address, None, str(error))
    return Artefact(address, True)
