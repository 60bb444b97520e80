"""`docs/write-a-rule.md`, followed to the letter in a copy of the tree."""

from __future__ import annotations

import pytest

from tests.faults.run import copied
from tests.fork import page

PAGE = page.read("write-a-rule.md")


@pytest.mark.slow("the judge's own tests run in a copy of the tree")
def test_a_rule_is_written_from_the_page() -> None:
    ((_, listed, line),) = (block for block in page.blocks(PAGE) if block[0] == "insert")
    with copied() as tree:
        page.write_files(PAGE, tree)
        modules = (tree / listed).read_text(encoding="utf-8")
        (tree / listed).write_text(
            modules.replace('    "log_groups",\n', f'{line}    "log_groups",\n'), encoding="utf-8"
        )

        said = {command: page.run(tree, command) for command in page.commands(PAGE)}

        assert "mandatory in prod" in said["gitops policies explain queue-outlives-a-weekend"]
        changed = page.run(tree, "git status --porcelain --untracked-files=all").split()[1::2]
        assert {"docs/policies.md", "policies/rules/queues.py", "policies/examples/queues.yaml"} <= set(changed)
        assert not [file for file in changed if not file.startswith(("docs/", "policies/", "tests/policies/"))]
