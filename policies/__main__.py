"""Starts the pack: `python policies ENGINE_ADDRESS FOLDER`, as the engine does. It may be copied elsewhere."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

folder = Path(__file__).resolve().parent
sys.path.insert(0, str(folder.parent))
import_module(f"{folder.name}.host").serve()
