"""The terminal's table: every width keeps every word, colour only when asked for."""

from __future__ import annotations

import pytest

from gitops.report.formats import terminal
from gitops.report.model.exempting import list_exemptable
from gitops.report.model.report import build
from tests.report import cases, factories

REPORT = build(cases.mixed(), factories.CONTEXT)


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_nothing_is_cropped(width: int) -> None:
    text = terminal.render(REPORT, width=width)

    wider = [line for line in text.splitlines() if len(line) > width]
    # a URN in two pieces could not be pasted
    assert all(max(map(len, line.split())) > width - 4 and line.lstrip().startswith("exempt: urn:") for line in wider)
    assert all(urns[0] in text for rule in REPORT.rules if (urns := list_exemptable(rule)))
    for target in ("sagemaker_endpoint/staging", "ecs_service/prod"):
        assert target in text
    assert text.count("60") == 3, "the new scaling target of three environments"


def test_scaling_is_a_column_where_there_is_room_and_else_a_line_a_target() -> None:
    wide, narrow = (terminal.render(REPORT, width=width) for width in (120, 80))
    rows = [row for row in REPORT.loud_rows if row.scaling_moves]

    assert "\nScaling\n" not in wide
    assert 0 < len(rows) < len(REPORT.loud_rows)
    assert all(f"  {row.target}: {row.scaling}"[:78] in narrow for row in rows)
    assert narrow.split("\nScaling\n")[1].split("\n\n")[0].count("\n") == len(rows) - 1


def test_colour_only_when_asked_for() -> None:
    assert "\x1b[" in terminal.render(REPORT, color=True)
    assert "\x1b[" not in terminal.render(REPORT)


def test_verdict_is_first() -> None:
    assert terminal.render(REPORT).startswith("Failed: azureml_endpoint/prod could not be run")


def test_many_targets_are_counted() -> None:
    text = terminal.render(build(cases.huge(200, 200), factories.CONTEXT))

    assert f"{200 - terminal.MOST_ROWS} more targets" in text


def test_only_what_is_nothing_is_dim_and_only_what_stops_is_red() -> None:
    row = next(row for row in REPORT.rows if row.mandatory and not row.failed)
    cells = dict(zip((column.head for column in REPORT.columns), terminal.cells(row, REPORT.columns), strict=True))

    assert {head: str(cell.style) for head, cell in cells.items() if cell.plain == "·"} == {
        column.head: "dim" for column in REPORT.columns if column.op and not row.counts[column.op]
    }
    assert (str(cells["target"].style), str(cells["findings"].style)) == ("", "red")
