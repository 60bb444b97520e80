"""Start the app: `python -m serving`, or `python -m serving serve` as SageMaker starts a container.

Settings are environment variables (serving/server/settings.py). `python -m serving worker FD FD` is what the
supervisor starts for itself.
"""

from __future__ import annotations

import os
import sys

from serving import logs
from serving.server import settings, supervisor


def main(arguments: list[str]) -> int:
    try:
        chosen = settings.read(os.environ)
    except settings.SettingError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments[:1] == ["worker"]:
        return _work(chosen, int(arguments[1]), int(arguments[2]))
    if arguments not in ([], ["serve"]):
        print(f"expected no argument or 'serve', found {' '.join(arguments)!r}", file=sys.stderr)
        return 2
    return _supervise(chosen)


def _work(chosen: settings.Settings, listener_fd: int, ready_fd: int) -> int:
    from serving.model import ModelUnusable  # the supervisor needs neither onnxruntime nor uvicorn in its memory
    from serving.server import worker

    try:
        worker.run(chosen, listener_fd, ready_fd)
    except ModelUnusable as error:
        print(error, file=sys.stderr)
        return 3
    return 0


def _supervise(chosen: settings.Settings) -> int:
    logs.configure(chosen.log_level)
    directory = supervisor.metrics_directory()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(directory)
    try:
        with supervisor.listen(chosen.host, chosen.port) as listener:
            supervisor.Supervisor(chosen, listener).run()
    except (OSError, supervisor.WorkerFailed) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        supervisor.remove_metrics(directory)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
