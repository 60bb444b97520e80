"""One sign per operation, so that no format tells them apart by colour alone."""

from __future__ import annotations

from gitops.records import Op

MARKS = {
    Op.CREATE: "+",
    Op.UPDATE: "~",
    Op.REPLACE: "±",
    Op.DELETE: "−",
    Op.IMPORT: "↓",
    Op.SAME: "",
    Op.READ: "",
    Op.REFRESH: "",
}
