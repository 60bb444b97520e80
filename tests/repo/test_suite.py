"""The suite's own rules: a test that takes long says why."""

from __future__ import annotations

import pytest

from tests.conftest import LONG, SLOW_MACHINE, too_long


def test_a_long_test_without_a_reason_is_told() -> None:
    over = LONG * SLOW_MACHINE + 1

    assert "expected 10 at most" in too_long(over, None)
    assert too_long(over, pytest.mark.slow.mark)
    assert too_long(over, pytest.mark.slow("whole workflows").mark) == ""
    assert too_long(LONG, None) == ""
