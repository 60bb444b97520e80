"""The five backends on this machine: each adapter in its own runtime, behind an emulator of the service in front of it.

The adapters run from the checkout's own files, laid out as the artefacts lay them out, each in its locked environment.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from serving import environments
from serving.contract import CONTENT_TYPE
from serving.emulators import lambda_runtime
from serving.emulators.http import Answer, LocalApp, serving
from serving.emulators.lambda_events import alb_event, api_gateway_event
from serving.emulators.process import free_port, listening
from serving.emulators.sagemaker_runtime import in_front_of
from serving.packaging import artefacts

Ask = Callable[[bytes], Answer]
"""A request's body → the answer that the backend's caller gets."""

JSON = {"Content-Type": CONTENT_TYPE}


@contextmanager
def app(model: Path, scratch: Path) -> Iterator[LocalApp]:
    """SageMaker's and ECS's container: one worker of the ASGI app."""
    python, port = environments.ensure(environments.APP), free_port()
    settings = {"MODEL_DIR": str(model), "PORT": str(port), "WORKERS": "1", "DRAIN_ANNOUNCE_SECONDS": "0"}
    command = [str(python), "-m", "serving"]
    with listening(command, settings, port, "/ping", scratch / "app.log", environments.ROOT):
        yield LocalApp(port)


@contextmanager
def ecs(model: Path, scratch: Path) -> Iterator[Ask]:
    with app(model, scratch) as container:
        yield lambda body: container.send("POST", "/inference", body, JSON)


@contextmanager
def sagemaker(model: Path, scratch: Path) -> Iterator[Ask]:
    with app(model, scratch) as container, serving(in_front_of(container, "local")) as port:
        yield lambda body: LocalApp(port).send("POST", "/endpoints/local/invocations", body, JSON)


@contextmanager
def sagemaker_ha(model: Path, scratch: Path) -> Iterator[Ask]:
    """The router behind a load balancer, in front of one endpoint."""
    with app(model, scratch) as container, serving(in_front_of(container, "local")) as port:
        settings = {"ENDPOINT_NAME": "local", "ENDPOINT_URL": f"http://127.0.0.1:{port}"}
        settings |= {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
        with function("serving.router.handler.handler", artefacts.ROUTER_CODE, settings, scratch) as router:
            yield lambda body: unwrap(router.invoke(alb_event(body)))


@contextmanager
def lambda_api(model: Path, scratch: Path) -> Iterator[Ask]:
    """The function behind API Gateway."""
    settings = {"MODEL_DIR": str(model)}
    with function("serving.adapters.aws_lambda.handler", artefacts.LAMBDA_CODE, settings, scratch) as running:
        yield lambda body: unwrap(running.invoke(api_gateway_event(body)))


@contextmanager
def azureml(model: Path, scratch: Path) -> Iterator[Ask]:
    """Azure ML's inference server with the scoring script."""
    python, port = environments.ensure(environments.AZUREML), free_port()
    code = lay_out(artefacts.MODEL_CODE, scratch / "azureml")
    shutil.copyfile(environments.ROOT / "serving/adapters/azureml.py", code / "score.py")
    command = [str(python.with_name("azmlinfsrv")), "--entry_script", str(code / "score.py"), "--port", str(port)]
    settings = {"AZUREML_MODEL_DIR": str(model), "AML_APP_ROOT": str(code)}
    with listening(command, settings, port, "/", scratch / "azureml.log", scratch):
        yield lambda body: LocalApp(port).send("POST", "/score", body, JSON)


BACKENDS: Mapping[str, Callable[[Path, Path], AbstractContextManager[Ask]]] = {
    "sagemaker_endpoint": sagemaker,
    "sagemaker_ha": sagemaker_ha,
    "ecs_service": ecs,
    "lambda_api": lambda_api,
    "azureml_endpoint": azureml,
}
"""Stack → its backend; called with the folder of the model and an empty folder for what the runtime needs."""


@contextmanager
def function(
    handler: str, code: tuple[str, ...], settings: Mapping[str, str], scratch: Path
) -> Iterator[lambda_runtime.Function]:
    python = environments.ensure(environments.LAMBDA)
    folder = lay_out(code, scratch / "function")
    with lambda_runtime.function(python, folder, handler, settings, scratch / "function.log") as running:
        yield running


def lay_out(files: tuple[str, ...], folder: Path) -> Path:
    """The checkout's files in a folder, as an archive of them unpacks."""
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(environments.ROOT / file, folder / file)
    return folder


def unwrap(answer: Mapping[str, Any]) -> Answer:
    """A function's proxy answer, as the caller of its front door gets it."""
    return Answer(int(answer["statusCode"]), str(answer["body"]).encode())
