"""A warm process that forks Jupyter kernels. It is run as a file, so that `book` isn't imported.

Starting a kernel and importing torch takes seconds; forking a process that has done both takes
milliseconds. The process reads one JSON request per line (`connection_file`, `cwd`), forks, and
answers with the child's process id. It imports only: work with several threads before a fork could
leave a child with locks that nobody will open. When it ends, its kernels end too.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import signal
import sys

PRELOAD = [
    "torch",
    "torch._dynamo",  # the first optimizer step would import it, in every chapter
    "torch.nn.functional",
    "matplotlib.pyplot",
    "tqdm.auto",
    "IPython",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
]


def warm_up() -> None:
    sys.path.pop(0)  # this file's folder, which a kernel doesn't have on its path
    # Both are read at import: kernels draw inline, and end when this process ends.
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    for name in PRELOAD:
        importlib.import_module(name)
    import torch

    torch.set_num_threads(1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies


def become_kernel(connection_file: str, cwd: str) -> None:
    """Turn this freshly forked child into a kernel; never returns."""
    import numpy
    import torch
    from ipykernel.kernelapp import IPKernelApp

    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)  # file 1 is the request channel's answer side
        os.chdir(cwd)
        # Every fork has the same random states; a new process would have its own.
        random.seed()
        numpy.random.seed()  # noqa: NPY002 - the legacy state is what a fork would share
        torch.seed()
        IPKernelApp.launch_instance(argv=["-f", connection_file, "--log-level=ERROR"])
        status = 0
    finally:
        os._exit(status)


def main() -> None:
    warm_up()
    print(json.dumps({"ready": os.getpid()}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            become_kernel(request["connection_file"], request["cwd"])
        print(json.dumps({"pid": pid}), flush=True)


if __name__ == "__main__":
    main()
