"""What a Lambda function is put together from: layers for its processor and runtime, and what stops a loop."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import availability, cost
from ..serving import FUNCTION

LAYER = "aws:lambda/layerVersion:LayerVersion"
RECURSION = "aws:lambda/functionRecursionConfig:FunctionRecursionConfig"
PROCESSOR = "x86_64"  # what a function has that names none


@availability.high(
    FUNCTION,
    reference="https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html",
    fix="Give the function the architecture and the runtime that its layers are built for, or build these for them.",
)
def lambda_layers_fit_the_function(function: Resource, stack: Stack) -> Iterator[str]:
    """A function's layers are built for its processor and its runtime.

    Lambda does not compare them. Compiled parts of a layer, such as a numeric library, then cannot be imported, and
    the function fails before its first line. It is advice, because a layer of plain Python runs on both.
    """
    processors = set(function.texts("architectures")) or {PROCESSOR}
    runtime = function.text("runtime")
    for layer in stack.follow(function, "layers", LAYER):
        built, runs = (set(layer.texts(f"compatible{what}")) for what in ("Architectures", "Runtimes"))
        if built and not processors & built:
            yield f"architectures is {', '.join(sorted(processors))} and {layer} is for {', '.join(sorted(built))}"
        if runs and runtime and runtime not in runs:
            yield f"runtime is {runtime} and {layer} is for {', '.join(sorted(runs))}"


@cost.high(
    RECURSION,
    reference="https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionRecursionConfig.html",
    fix='Remove the configuration, or set recursive_loop to "Terminate", which is the default.',
)
def lambda_stops_calling_itself(recursion: Resource) -> Iterator[str]:
    """Lambda stops a function that calls itself again and again.

    A function that writes into the queue or bucket that starts it runs without end, with all the concurrency there is.
    Lambda notices that and stops it after sixteen rounds, unless this is switched off. It is advice, because a few
    designs mean it.
    """
    if recursion.text("recursiveLoop") == "Allow":
        yield 'recursiveLoop is "Allow", wanted "Terminate"'
