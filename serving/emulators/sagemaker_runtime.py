"""SageMaker's runtime API for one region on this machine, in front of the real app.

Written to https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html: what the
container answers besides 2xx becomes ModelError, an endpoint that does not exist a ValidationError.
"""

from __future__ import annotations

import json

from serving.emulators.http import App, Handler


class Runtime(Handler):
    """`app` is what answers for `endpoint`; a region's class has both."""

    app: App
    endpoint: str

    def do_POST(self) -> None:
        body = self.read_body()
        if self.path != f"/endpoints/{self.endpoint}/invocations":
            self.send_error_code(400, "ValidationError", {"Message": "Endpoint not found"})
            return
        custom = self.headers.get("X-Amzn-SageMaker-Custom-Attributes", "")
        headers = {"Content-Type": self.headers["Content-Type"], "X-Amzn-SageMaker-Custom-Attributes": custom}
        answer = self.app.send("POST", "/invocations", body, headers)
        if answer.status == 200:
            self.send(200, answer.body, {"x-Amzn-Invoked-Production-Variant": "blue"})
        else:
            self.send_model_error(answer.status, answer.body)

    def send_model_error(self, status: int, message: bytes) -> None:
        document = {
            "Message": f"Received error ({status}) from blue with message",
            "OriginalStatusCode": status,
            "OriginalMessage": message.decode(),
            "LogStreamArn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/digits",
        }
        self.send_error_code(424, "ModelError", document)

    def send_error_code(self, status: int, code: str, document: dict[str, object]) -> None:
        self.send(status, json.dumps(document).encode(), {"x-amzn-ErrorType": code})


def in_front_of(app: App, endpoint: str) -> type[Runtime]:
    """The handlers of a region with one endpoint."""
    return type("Region", (Runtime,), {"app": app, "endpoint": endpoint})
