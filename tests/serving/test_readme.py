"""The call that serving/README.md shows gets the answer that it shows."""

from __future__ import annotations

import json
import re

import pytest

from serving.environments import ROOT
from serving.packaging.source import MODEL, TRAINING
from tests.serving.running import Server


@pytest.mark.skipif(MODEL.exists() or not TRAINING.exists(), reason="the page shows the reference model's call")
def test_the_readmes_call_gets_the_readmes_answer(app: Server) -> None:
    text = (ROOT / "serving/README.md").read_text()
    call = re.search(r"curl -s http://127\.0\.0\.1:8080(/\S+) -H '(\S+): (\S+)' -d '(.*?)'", text, re.DOTALL)
    shown = re.search(r'^    (\{"predictions".*?\}\})$', text, re.DOTALL | re.MULTILINE)
    assert call
    assert shown
    answer = app.send("POST", call[1], call[4].encode(), {call[2]: call[3]})
    assert answer.document == json.loads(shown[1])
