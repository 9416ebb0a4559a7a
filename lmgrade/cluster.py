"""Grade on a Dask cluster: submissions go to whatever workers run there, results come back.

A worker gets one submission at a time and the tests, over the network, and grades as this machine
would: in a sandbox of its own. It sees no gradebook, no solution and no other submission. Whatever
dies there, a submission is sent again; only the coordinator here writes grades.
"""

import contextlib
import functools
import hashlib
import logging
import math
import platform
import queue
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lmgrade.grading import protocol
from lmgrade.grading.limits import Limits
from lmgrade.grading.result import Result, failed, result_from
from lmgrade.grading.run import job, read_job
from lmgrade.notebook.assignment import Exam, Refused, Stopped
from lmgrade.notebook.submission import Submission
from lmgrade.sandbox import ADVICE, SandboxError
from lmgrade.sandbox.pool import UNSEEN, Jobs, Pool

if TYPE_CHECKING:
    from distributed import Future

CONNECT = 10.0  # seconds that a scheduler may take to answer, and to come back
PATIENCE = 300.0  # seconds without any worker that can grade
LOOK = 1.0  # seconds between looks at who is there
IDLE = 60.0  # seconds that a worker keeps a sandbox warm for the next submission
MAX_FILES = 50 << 20  # bytes beside the notebook: they travel with every submission


@functools.cache
def about() -> dict[str, str]:
    """What grades depend on; a worker and its coordinator have to agree on it."""
    code = hashlib.sha256()
    for package in ("lmgrade", "lmlib"):
        folder = Path(__file__).parents[1] / package
        for path in sorted(folder.rglob("*.py")):
            code.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    try:
        torch = metadata.version("torch").partition("+")[0]
    except metadata.PackageNotFoundError:
        torch = "none"
    python = platform.python_version().rpartition(".")[0]
    return {"lmgrade and lmlib": code.hexdigest()[:12], "Python": python, "PyTorch": torch}


# --- on a worker --------------------------------------------------------------------------------


class Station:
    """A lane of a worker, kept while submissions of the same run come in."""

    def __init__(self) -> None:
        self.kit = b""
        self.held = contextlib.ExitStack()
        self.lock = threading.Lock()
        self.timer = threading.Timer(0, self.close)

    def grade(self, kit: bytes, work: bytes) -> Result:
        """Grade one submission; raises `SandboxError` where there can be no sandbox."""
        with self.lock:
            self.timer.cancel()
            if kit != self.kit:
                self.held.close()
                self.kit = b""
                self.open(protocol.unpack(kit))
                self.kit = kit
            [(_, result)] = self.pool.grade([(None, *read_job(protocol.unpack(work)))])
            self.timer = threading.Timer(IDLE, self.close)
            self.timer.daemon = True
            self.timer.start()
            return result

    def open(self, kit: dict[str, Any]) -> None:
        with contextlib.ExitStack() as held:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="lmgrade-")))
            for name, data in kit["files"].items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(data)
            limits = Limits(**kit["limits"])
            pool = Pool(1, limits=limits, preload=kit["preload"], files=folder)
            self.pool = held.enter_context(pool)
            self.held = held.pop_all()

    def close(self) -> None:
        with self.lock:
            self.held.close()
            self.kit = b""


HERE = threading.local()  # a station for each thread


def grade_there(kit: bytes, work: bytes, wanted: dict[str, str]) -> dict[str, Any]:
    """What a worker runs: the result, or why this worker can give none."""
    from distributed import get_worker

    here = {"worker": get_worker().address, "name": str(get_worker().name)}
    for what, version in wanted.items():
        if (mine := about()[what]) != version:
            return {**here, "refused": f"its {what} ({mine}) differs from yours ({version})"}
    try:
        station = vars(HERE).setdefault("station", Station())
        return {**here, "result": station.grade(kit, work).to_dict()}
    except SandboxError as error:
        why = str(error).replace(ADVICE, "").strip(" .")
        return {**here, "refused": f"it can make no sandbox ({why})"}


# --- on the coordinator -------------------------------------------------------------------------


@dataclass
class Sent:
    """A submission on its way, and the workers that may have it, where not all may."""

    key: Any
    exam: Exam
    submission: Submission
    allowed: frozenset[str] = frozenset()


class Cluster:
    """A context manager with the `grade` of `Pool`, for the Dask scheduler at `address`.

    Security (TLS) is as Dask's own configuration says it.
    """

    def __init__(
        self,
        address: str,
        limits: Limits | None,
        preload: list[str],
        files: Path | None,
        log: logging.Logger,
    ) -> None:
        self.address, self._log = address, log
        data = _contents(files) if files else {}
        if sum(map(len, data.values())) > MAX_FILES:
            text = f"more than {MAX_FILES >> 20} MB; let the notebook make them, or grade here"
            raise Refused(f"the files in {files} travel with every submission, and they are {text}")
        kit = {"limits": asdict(limits or Limits()), "preload": preload, "files": data}
        self._kit = protocol.pack(kit)
        self._refused: dict[str, str] = {}  # workers, and why they cannot grade

    def __enter__(self) -> "Cluster":
        import dask
        from distributed import Client, Security

        # Dask would remember its last thousand messages, each with a submission.
        dask.config.set({"distributed.admin.low-level-log-length": 0})
        if not re.fullmatch(r"(tcp|tls)://\S+:\d+", self.address):
            text = "no address of a Dask scheduler: it looks like tcp://HOST:PORT"
            raise Refused(f"{self.address!r} is {text}")
        for name in ("distributed", "distributed.client", "tornado"):  # what matters is said here
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            context = Security().get_connection_args("client")["ssl_context"]
            if self.address.startswith("tls:") and not context:
                raise OSError("Dask's own configuration names no certificates")
            self._client = Client(self.address, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError, ImportError, RuntimeError) as error:
            why = str(error).split("\n")[0]
            text = f"no Dask scheduler can be used at {self.address} ({why})"
            advice = "is the address right? `dask scheduler` and `dask worker` start a cluster"
            raise Refused(f"{text}; {advice}") from None
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(Exception):  # a scheduler that is gone takes no leave
            self._client.close(timeout=CONNECT)

    def grade(self, work: Jobs, total: float) -> Iterator[tuple[Any, Result]]:
        """Yield `(key, result)` as results come in; `work` is read as it is needed.

        Raises `Stopped` where no scheduler or no worker is left.
        """
        coming, again = (Sent(*each) for each in work), list[Sent]()
        running: dict[Future, Sent] = {}
        ended: queue.SimpleQueue[Future] = queue.SimpleQueue()
        looked, self._without_since = time.monotonic(), math.inf
        workers = self._workers()
        more = True
        try:
            while True:
                while more and len(running) < max(2, 2 * sum(workers.values())):
                    if sent := again.pop() if again else next(coming, None):
                        future = self._submit(sent, workers)
                        running[future] = sent
                        future.add_done_callback(ended.put)
                    more = sent is not None
                if not running:
                    return
                done = [future for future in _waiting(ended) if future in running]
                for sent, answer in self._answers([(f, running.pop(f)) for f in done]):
                    if answer is None:
                        again.append(sent)
                    else:
                        yield sent.key, answer
                more = more or bool(again)
                if time.monotonic() > looked + LOOK:
                    looked, workers = time.monotonic(), self._workers()
                    for future, sent in running.items():
                        if sent.allowed and not sent.allowed & workers.keys():
                            future.cancel()  # and so it is sent again
        finally:
            for future in running:
                future.release()

    def _workers(self) -> dict[str, int]:
        """The workers that may grade, with their threads."""
        try:
            there: dict[str, int] = self._client.nthreads()
        except Exception:
            there = {}
        self._expect_scheduler()
        able = {worker: n for worker, n in there.items() if worker not in self._refused}
        if there and not able:
            raise Stopped(f"no worker can grade; {next(iter(self._refused.values()))}")
        now = time.monotonic()
        if able:
            self._without_since = math.inf
        elif self._without_since == math.inf:
            self._without_since = now
            self._log.warning("%s has no worker now: waiting for one", self.address)
        elif now > self._without_since + PATIENCE:
            raise Stopped(f"{self.address} has had no worker for {PATIENCE:.0f} s")
        return able

    def _expect_scheduler(self) -> None:
        if self._client.status in ("closed", "closing"):
            raise Stopped(f"the scheduler {self.address} is gone")

    def _submit(self, sent: Sent, workers: dict[str, int]) -> "Future":
        sent.allowed = frozenset(workers) if self._refused else frozenset()
        work = protocol.pack(job(sent.exam, sent.submission))
        where = sorted(sent.allowed) or None
        try:
            return self._client.submit(
                grade_there, self._kit, work, about(), pure=False, workers=where
            )
        except Exception:
            self._expect_scheduler()
            raise

    def _answers(self, done: list[tuple["Future", Sent]]) -> Iterator[tuple[Sent, Result | None]]:
        """What came of these; None for what has to be sent again."""
        from distributed import KilledWorker

        finished = [future for future, _ in done if future.status == "finished"]
        try:
            told = dict(zip(finished, self._client.gather(finished), strict=True))
        except Exception:  # the worker that held one died before it could tell
            told = {}
        for future, sent in done:
            answer = told.get(future)
            if answer and "result" in answer:
                yield sent, result_from(answer["result"])
                continue
            if answer and answer["worker"] not in self._refused:
                why = f"{answer['name']} does not grade: {answer['refused']}"
                self._refused[answer["worker"]] = why
                self._log.warning("the worker %s", why)
            if future.status != "error":
                yield sent, None
            elif isinstance(error := future.exception(), KilledWorker):
                yield sent, failed(sent.exam, "one worker after the other died while grading it")
            else:
                text = f"a worker cannot run lmgrade ({type(error).__name__}: {error})"
                raise Stopped(f"{text}; install the same version of the course on all workers")


def _contents(folder: Path) -> dict[str, bytes]:
    """The files that a notebook may read, by their names from here."""
    with tempfile.TemporaryDirectory() as made:
        top = shutil.copytree(folder, Path(made) / "files", ignore=UNSEEN)
        found = sorted(path for path in top.rglob("*") if path.is_file())
        return {path.relative_to(top).as_posix(): path.read_bytes() for path in found}


def _waiting(ended: "queue.SimpleQueue[Future]") -> Iterator["Future"]:
    """All that have ended by now, or within a while."""
    with contextlib.suppress(queue.Empty):
        yield ended.get(timeout=LOOK)
        while True:
            yield ended.get_nowait()
