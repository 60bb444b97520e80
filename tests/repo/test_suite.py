"""The suite's own rules: a test that takes long says why."""

from __future__ import annotations

import pytest

from tests.conftest import LONG, too_long


def test_a_long_test_without_a_reason_is_told() -> None:
    assert "expected 10 at most" in too_long(LONG + 1, None)
    assert too_long(LONG + 1, pytest.mark.slow.mark)
    assert too_long(LONG + 1, pytest.mark.slow("whole workflows").mark) == ""
    assert too_long(LONG, None) == ""
