"""What the YAML files of two environments make of one program, rehearsed from nothing: what differs, they declare."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gitops.checkout.rooms import PROGRAM
from gitops.checkout.targets import Target
from gitops.engine.pool import OnDone
from gitops.records import Operation, RunRecord
from gitops.run import Run, Sandbox, perform, serve_clouds


def rehearse_configs(
    run: Run, targets: Sequence[Target], before: Mapping[Target, str], on_done: OnDone
) -> dict[Target, tuple[RunRecord, RunRecord, RunRecord]]:
    """Three previews from nothing: the environment `before` a target, that one with the target's config, the target.

    The first two have one name, so that a program that asks for its environment's name makes the same of both. No cloud
    is asked, also where the run's are the real ones.
    """
    if not targets:
        return {}
    former = {target: Target(target.stack, before[target]) for target in targets}
    with tempfile.TemporaryDirectory(prefix="gitops-declared-") as name:
        folder = Path(name).resolve()
        tree = swap_configs(run.root, former, folder / "tree")
        quiet = replace(run, judged=False, refresh=False, bound=False, throwaway=True, providers="", judge="", fault="")
        with serve_clouds(replace(quiet, sandbox=Sandbox(folder / "sandbox"))) as served:
            chosen = tuple(former.values())
            plain = perform(served, chosen, Operation.PREVIEW, on_done)
            declared = perform(replace(served, root=tree), chosen, Operation.PREVIEW, on_done)
            own = perform(served, targets, Operation.PREVIEW, on_done)
    return {target: (plain[former[target]], declared[former[target]], own[target]) for target in targets}


def swap_configs(root: Path, former: Mapping[Target, Target], tree: Path) -> Path:
    """A copy of the checkout, by links, in which each former target has the config of the one that follows it."""
    for room in PROGRAM:
        if (root / room).exists():
            (tree / room).parent.mkdir(parents=True, exist_ok=True)
            (tree / room).symlink_to(root / room)
    for target, earlier in former.items():
        folder = earlier.folder(tree)
        folder.mkdir(parents=True, exist_ok=True)
        for file in target.folder(root).iterdir():
            if file != earlier.config_file(root) and not (folder / file.name).exists():
                (folder / file.name).symlink_to(file)
        earlier.config_file(tree).symlink_to(target.config_file(root))
    return tree
