"""How often the short-lived processes that import the provider SDKs look for garbage."""

from __future__ import annotations

import gc


def collect_rarely() -> None:
    """For a process that lives seconds: importing the SDKs makes a million objects that stay.

    Looking through them at every 700th new one took a third of the import's time: 1.8 s of CPU, 1.1 s without
    (measured 2026-11-21 with the modules that sagemaker_ha uses).
    """
    gc.set_threshold(100_000, 50, 50)
