"""JupyterLab for a test."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

TOKEN = "for-this-test"
OPTIONS = ["--no-browser", "--allow-root", "--port=0", f"--IdentityProvider.token={TOKEN}"]
OPTIONS += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]


@contextlib.contextmanager
def lab(folder: Path, own: Path, environment: Mapping[str, str] = os.environ) -> Iterator[str]:
    """JupyterLab in a folder, with `own` for its settings; yields its address."""
    kinds = {f"JUPYTER_{kind}_DIR": str(own) for kind in ("CONFIG", "DATA", "RUNTIME")}
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *OPTIONS],
        cwd=folder,
        env={**environment, **kinds, "OMP_NUM_THREADS": "1"},
        stderr=subprocess.DEVNULL,
    )
    try:
        while not (port := _port(own)):
            assert server.poll() is None, "JupyterLab does not start"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _port(own: Path) -> int:
    """Where it listens; 0 as long as it does not, for it notes the port some time before."""
    with contextlib.suppress(OSError, ValueError):
        (noted,) = own.glob("jpserver-*.json")
        port = int(json.loads(noted.read_text())["port"])
        socket.create_connection(("127.0.0.1", port)).close()
        return port
    return 0
