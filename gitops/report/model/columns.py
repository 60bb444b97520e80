"""The columns of the table of targets, declared once for every format: heading, cell and how it is set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gitops.records import Op
from gitops.report.model.rows import TargetRow, format_findings
from gitops.report.steps import CHANGES
from gitops.report.text.marks import MARKS

FINDINGS, SCALING = "findings", "scaling"
NOTHING = "·"
"""Stands in a number's cell that would be zero."""


@dataclass(frozen=True)
class Column:
    """`cell` gives plain text. `short` heads the column where there is little room; `op` is what a number counts."""

    head: str
    cell: Callable[[TargetRow], str]
    short: str = ""
    op: Op | None = None


def choose_columns(rows: Iterable[TargetRow]) -> tuple[Column, ...]:
    """The target, a number for each operation (imports only where there are any), findings and scaling.

    Of the last two only the one that some row has something to say in.
    """
    rows = tuple(rows)
    counted = [op for op in CHANGES if op is not Op.IMPORT or any(row.counts[op] for row in rows)]
    said = (Column(FINDINGS, format_findings), Column(SCALING, lambda row: row.scaling))
    return (
        Column("target", lambda row: row.target),
        *(count_column(op) for op in counted),
        *(column for column in said if any(map(column.cell, rows))),
    )


def count_column(op: Op) -> Column:
    def cell(row: TargetRow) -> str:
        return f"{row.counts[op]:,}" if row.counts[op] else NOTHING

    return Column(f"{MARKS[op]} {op.value}", cell, short=MARKS[op], op=op)
