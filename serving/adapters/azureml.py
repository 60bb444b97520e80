"""Azure ML's adapter: the scoring script of a managed online deployment (`score.py` in the code archive).

`azureml-inference-server-http` calls `init()` once per worker and `run()` per request. `rawhttp` hands over the whole
request, which is the only way to answer 4xx instead of 500 to a caller's mistake
(https://learn.microsoft.com/azure/machine-learning/how-to-deploy-advanced-entry-script).
"""

from __future__ import annotations

import os
from pathlib import Path

from azureml_inference_server_http.api.aml_request import AMLRequest, rawhttp
from azureml_inference_server_http.api.aml_response import AMLResponse

from serving import logs
from serving.contract import CONTENT_TYPE, MAX_BODY_BYTES, BadRequest
from serving.model import OnnxModel
from serving.service import Answer, answer, refuse

_model: OnnxModel | None = None


def init() -> None:
    """Load the model from where Azure ML mounted it.

    Raises:
        ModelUnusable: it is not there or not the reviewed one; the deployment then fails instead of serving it.
    """
    global _model
    _model = OnnxModel(Path(os.environ["AZUREML_MODEL_DIR"]), os.environ.get("MODEL_SHA256") or None)


@rawhttp
def run(request: AMLRequest) -> AMLResponse:
    """Answer one request to /score."""
    request_id = logs.request_id(request.headers.get(logs.REQUEST_ID_HEADER), request.headers.get("x-ms-request-id"))
    result = _answer(request, request_id)
    headers = {"Content-Type": CONTENT_TYPE, logs.REQUEST_ID_HEADER: request_id}
    return AMLResponse(result.body, result.status, headers, run_function_failed=result.status >= 500)


def _answer(request: AMLRequest, request_id: str) -> Answer:
    assert _model is not None, "Azure ML calls init() before run()"
    if request.method != "POST":
        return refuse(BadRequest("method", f"expected POST, found {request.method}", status=405), request_id)
    body = request.stream.read(MAX_BODY_BYTES + 1)
    return answer(_model, request.headers.get("Content-Type"), body, request_id)
