"""What student code can't do to the machine, its grade, or another submission.

The real checker and worker have their own tests; here two small ones run what a test hands them.
"""

import functools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lmgrade.grading import run
from lmgrade.grading.limits import Limits
from lmgrade.grading.result import Result
from lmgrade.notebook.assignment import Assignment, Cell
from lmgrade.notebook.submission import Step, Submission
from lmgrade.sandbox import SandboxError, bwrap, pool, seccomp
from lmgrade.sandbox.pool import Pool

STAND_INS = """
import gc; gc.disable()
from lmgrade.grading.protocol import receive, send
from lmgrade.sandbox import forkserver

def run(source, **names):
    try:
        exec(source, names)
        return str(names.get("found"))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

def check(job, new_worker, limits):
    for sources in iter(lambda: receive(job), None):
        found, (link, pid) = [], new_worker()
        for source in sources:
            if source.startswith("# checker"):
                found.append(run(source, pid=pid, new_worker=new_worker))
                continue
            try:
                send(link, source)
                found.append(receive(link))
            except OSError:
                found.append(None)  # the worker is gone
        send(job, {"tests": [], "outputs": {"found": found}})

def work(link):
    for source in iter(lambda: receive(link), None):
        send(link, run(source))

forkserver.main(check, work)
"""
EXAM = Assignment("stand-in", (Cell("t", "test", "", 1.0),)).exam
COURSE = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.needs("bubblewrap")
Execute = Callable[..., list[str | None]]
# Before a signal goes to everybody: never, should there be no sandbox.
INSIDE = "import os; assert not os.path.exists('/proc/self');"


@pytest.fixture(scope="module", autouse=True)
def _stand_ins() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "START", STAND_INS)
        patch.setattr(run, "job", lambda _, submission: [s.source for s in submission.steps])
        yield


def grade(grader: Pool, *sources: str) -> Result:
    """Run each source in one worker, or in the checker."""
    submission = Submission([Step("s", source) for source in sources], [])
    [(_, result)] = grader.grade([(0, EXAM, submission)])
    return result


def executed(grader: Pool, *sources: str) -> list[str | None]:
    """What each source left as `found`, or its error."""
    return grade(grader, *sources).outputs["found"]


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    files = tmp_path_factory.mktemp("files")
    (files / "data.csv").write_text("1,2\n")
    (files / "large.bin").write_bytes(bytes(2 << 20))
    (files / "solution.ipynb").write_text("secret")
    (files / "folder").mkdir()
    (files / "folder" / "more.csv").write_text("3\n")
    with Pool(1, files=files, limits=Limits(memory=1 << 28)) as grader:
        yield grader


@pytest.fixture(scope="module")
def narrow() -> Iterator[Pool]:
    with Pool(1, limits=Limits(memory=1 << 28, total_cpu=1)) as narrow:
        yield narrow


@pytest.fixture
def execute(grader: Pool) -> Execute:
    return functools.partial(executed, grader)


# --- what can be seen ---------------------------------------------------------------------------


def test_nothing_but_system_python_and_course_code_can_be_seen(execute: Execute) -> None:
    [top] = execute("import os; found = sorted(os.listdir('/'))")
    known = {"code", "dev", "files", "submission", "tmp", "usr", "bin", "lib", "lib64", "lib32"}
    prefixes = {Path(prefix).parts[1] for prefix in (sys.prefix, sys.base_prefix)}
    assert set(eval(str(top))) <= known | prefixes | {"sbin", "etc", "proc"}
    assert execute("import os; found = sorted(os.listdir('/proc'))") == ["['cpuinfo', 'meminfo']"]
    secrets = [COURSE / "solutions", COURSE / "lmlib" / "dropout.py", Path("/etc/passwd")]
    for path in secrets:
        assert path.exists()
        assert execute(f"import os; found = os.path.exists({str(path)!r})") == ["False"]


def test_of_lmlib_only_what_holds_no_solution(execute: Execute) -> None:
    assert execute(
        "import lmlib.checks, sys; found = 'lmlib.models' in sys.modules",
        "from lmlib import human_numbers; found = len(human_numbers())",
        "from lmlib import Dropout",
        "import lmlib.models",
    )[0::2] == ["False", "ModuleNotFoundError: No module named 'lmlib.dropout'"]
    assert execute("import lmlib.models") == ["ModuleNotFoundError: No module named 'lmlib.models'"]


def test_the_environment_is_not_the_instructors(execute: Execute) -> None:
    os.environ["SECRET"] = "42"
    [found] = execute("import os; found = os.environ.get('SECRET'), os.environ['MPLBACKEND']")
    assert found == "(None, 'Agg')"


def test_files_beside_the_notebook_but_no_notebook(execute: Execute) -> None:
    listed, read, large, written = execute(
        "import os; found = sorted(os.listdir())",
        "found = open('data.csv').read() + open('folder/more.csv').read()",
        "found = len(open('large.bin', 'rb').read())",
        "found = open('data.csv', 'w').write('mine')",
    )
    assert listed == "['data.csv', 'folder', 'large.bin']"
    assert (read, large, written) == ("1,2\n3\n", str(2 << 20), "4")
    trusted = "# checker\nimport os; found = os.getcwd(), open('data.csv').read()"
    assert execute("open('data.csv', 'w').write('mine')", trusted)[1] == "('/files', '1,2\\n')"


def test_a_worker_has_one_socket_and_no_other_descriptor(execute: Execute) -> None:
    source = """
import os, stat
found = []
for fd in range(1024):
    try: found.append(stat.S_IFMT(os.fstat(fd).st_mode) == stat.S_IFSOCK)
    except OSError: pass
"""
    assert execute(source) == ["[False, False, False, True]"]


def test_no_network_reaches_this_machine(execute: Execute) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        [found] = execute(f"import socket; socket.create_connection({address!r}, 2)")
    assert str(found).startswith(("ConnectionRefusedError", "OSError"))


# --- what the kernel refuses --------------------------------------------------------------------

REFUSED = {
    "ptrace": "libc.ptrace(16, 1, 0, 0)",
    "memory of others": "libc.process_vm_readv(1, None, 0, None, 0, 0)",
    "user namespace": "libc.unshare(0x10000000)",
    "mount": "libc.mount(b'none', b'/submission', b'tmpfs', 0, None)",
    "umount": "libc.umount2(b'/code', 2)",
    "chroot": "libc.chroot(b'/submission')",
    "shared memory": "libc.shmget(1, 4096, 0o1666)",
    "keys": "libc.syscall(250, 0, -3, 0)" if os.uname().machine == "x86_64" else "",
    "personality": "libc.personality(0x40000)",
    "clone into a namespace": "libc.syscall(56, 0x10000011, 0, 0, 0, 0)"
    if os.uname().machine == "x86_64"
    else "",
    "limits of others": "resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0))",
    "priority of others": "os.setpriority(os.PRIO_USER, 0, 19)",
    "processors of others": "os.sched_setaffinity(1, {0})",
    "nameless files": "os.memfd_create('x')",
}


@pytest.mark.parametrize("name", [name for name, source in REFUSED.items() if source])
def test_a_system_call_is_refused(execute: Execute, name: str) -> None:
    source = f"""
import ctypes, errno, os, resource
libc = ctypes.CDLL(None, use_errno=True)
try: found = {REFUSED[name]}
except PermissionError as error: found = errno.errorcode[error.errno]
else: found = found == -1 and errno.errorcode[ctypes.get_errno()]
"""
    assert execute(source) == ["EPERM"]


@pytest.mark.parametrize("folder", ["/", "/usr", "/code/lmgrade", "/files", "/dev", sys.prefix])
def test_nothing_can_be_written_outside_its_folder(execute: Execute, folder: str) -> None:
    [found] = execute(f"open({folder!r} + '/file', 'w')")
    assert "Read-only file system" in str(found)


def test_files_in_tmp_are_files_of_the_submission(execute: Execute) -> None:
    note, home = execute(
        "import tempfile; open('/tmp/note', 'w').write('x'); found = open('note').read()",
        "import tempfile; found = tempfile.NamedTemporaryFile().name.startswith('/submission')",
    )
    assert home == "True"
    if sys.prefix.startswith("/tmp/"):  # then Python is there, for all submissions
        assert "Read-only file system" in str(note)
    else:
        assert note == "x"


def test_threads_processes_and_loaders_with_workers_run(execute: Execute) -> None:
    source = """
import subprocess, torch
from concurrent.futures import ThreadPoolExecutor
from torch.utils.data import DataLoader
batches = [b.tolist() for b in DataLoader(range(4), batch_size=2, num_workers=2)]
said = subprocess.run(['echo', 'hello'], capture_output=True, text=True).stdout
found = batches, said, list(ThreadPoolExecutor(8).map(abs, [-1]))
"""
    assert execute(source) == ["([[0, 1], [2, 3]], 'hello\\n', [1])"]


# --- what one submission leaves for the next ----------------------------------------------------


def test_a_submission_starts_with_an_empty_folder_and_alone(execute: Execute) -> None:
    leave = """
import os, time
os.makedirs('deep/er'); open('deep/er/file', 'w'); os.symlink('/usr', 'link'); os.mkfifo('pipe')
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True: open('/submission/alive', 'w'); time.sleep(0.01)
os.chmod('/submission', 0o700)
"""
    look = """
import os
found = sorted(os.listdir()), oct(os.stat('.').st_mode), 0
for pid in range(2, 2000):
    try: os.kill(pid, 0)
    except ProcessLookupError: continue
    found = *found[:2], found[2] + 1
"""
    execute(leave)
    # The checker and this worker are all that there is, apart from the fork server.
    assert execute(look) == ["(['data.csv', 'folder', 'large.bin'], '0o40755', 2)"]


def test_what_cannot_be_removed_ends_the_lane(grader: Pool) -> None:
    executed(grader, "import os; os.mkdir('closed'); open('closed/x', 'w'); os.chmod('closed', 0)")
    assert executed(grader, "import os; found = 'closed' in os.listdir()") == ["False"]


def test_who_kills_its_checker_has_no_result_and_harms_nobody(grader: Pool) -> None:
    result = grade(grader, f"{INSIDE} os.kill(-1, 9)")
    assert result.failed
    assert result.flags == ["the checker ended without a result"]
    assert executed(grader, "found = 1") == ["1"]


def test_the_fork_server_hears_no_signal(grader: Pool) -> None:
    lane = grader._lanes[0]
    source = f"{INSIDE}\nfor number in range(1, 32): os.kill(1, number)"
    assert executed(grader, source, "found = 1")[1] == "1"
    assert grader._lanes == [lane]
    assert executed(grader, "found = 1") == ["1"]


def test_a_checker_gets_another_worker_for_one_that_ended(execute: Execute) -> None:
    again = """# checker
from lmgrade.grading.protocol import receive, send
link, other = new_worker()
send(link, "found = 'here'")
found = receive(link), other != pid
"""
    assert execute("import os; os._exit(0)", again) == [None, "('here', True)"]


# --- resources ----------------------------------------------------------------------------------


def test_memory_of_one_process_is_limited(execute: Execute) -> None:
    [found, fine] = execute("found = len(bytearray(1 << 30))", "found = len(bytearray(1 << 27))")
    assert (found, fine) == ("MemoryError: ", str(1 << 27))


def test_the_disk_is_limited(execute: Execute) -> None:
    fill = "import os\nfor k in range(9): open(str(k), 'wb').write(bytes(16 << 20))"
    assert "No space left on device" in str(execute(fill)[0])
    left = execute("import os; found = sorted(os.listdir())")
    assert left == ["['data.csv', 'folder', 'large.bin']"]


def test_processes_are_limited(execute: Execute) -> None:
    source = """
import os, time
count = 0
try:
    while count < 100:
        if os.fork() == 0: time.sleep(60)
        count += 1
except BlockingIOError: pass
found = count
"""
    assert 50 < int(str(execute(source)[0])) < 64


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            "import os, time\nfor _ in range(20): os.fork() or (bytearray(b'x') * (1 << 27), "
            "time.sleep(60))\ntime.sleep(60)",
            "GB of memory together",
        ),
        (
            "import mmap, time\nm = mmap.mmap(-1, 1 << 30)\nm.write(b'x' * (1 << 27))\n"
            "while m.tell() < 1 << 30: m.write(b'x' * (1 << 26))\ntime.sleep(60)",
            "GB of memory together",
        ),
        ("import os\nfor _ in range(2): os.fork()\nwhile True: pass", "2 s of CPU time"),
    ],
    ids=["memory of many", "shared memory", "time of many"],
)
def test_a_lane_that_uses_too_much_ends(narrow: Pool, source: str, reason: str) -> None:
    result = grade(narrow, source)
    assert result.error
    assert reason in result.error
    assert not result.failed  # it is no fault of the grader's
    assert result.flags == [result.error]


def test_another_lane_follows_one_that_was_ended(narrow: Pool) -> None:
    assert executed(narrow, "found = 1") == ["1"]


def test_a_stopped_checker_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "GRACE", 0)
    with Pool(1, limits=Limits(wall=1)) as grader:
        result = grade(grader, f"{INSIDE} os.kill(-1, 19)")
    assert result.error == "no result after 1 s"


# --- lanes --------------------------------------------------------------------------------------


def work(count: int, source: str) -> Iterator[tuple[int, Assignment, Submission]]:
    for key in range(count):
        yield key, EXAM, Submission([Step("s", source)], [])


def test_another_lane_starts_where_work_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WARM_UP", 60.0)
    with Pool(2) as grader:
        keys = {key for key, _ in grader.grade(work(3, "found = 1"))}
        assert (keys, len(grader._lanes)) == ({0, 1, 2}, 1)
        monkeypatch.setattr(pool, "WARM_UP", 1.0)
        found = grader.grade(work(15, "import time; time.sleep(0.1)"), total=1)
        assert (len(list(found)), len(grader._lanes)) == (15, 1), "there seemed to be no more"
        monkeypatch.setattr(pool, "WARM_UP", 0.2)
        keys = {key for key, _ in grader.grade(work(40, "import time; time.sleep(0.2)"))}
        assert (keys, len(grader._lanes)) == (set(range(40)), 2)


def test_who_stops_asking_for_results_may_ask_again() -> None:
    with Pool(1) as grader:
        results = grader.grade(work(5, "found = 1"))
        assert next(results)[0] == 0
        results.close()  # type: ignore[attr-defined]
        assert executed(grader, "found = 1") == ["1"]


def ends(pid: str | None) -> bool:
    """Whether a process is no more after a while; a zombie has no command line."""
    line = Path(f"/proc/{pid}/cmdline")
    until = time.monotonic() + 300
    while line.exists() and line.read_text() and time.monotonic() < until:
        time.sleep(0.1)
    return not line.exists() or not line.read_text()


@pytest.mark.parametrize("isolate", [True, False], ids=["sandbox", "none"])
def test_nothing_outlives_the_command_line(isolate: bool) -> None:
    source = f"""
import os, threading
from lmgrade.grading import run
from lmgrade.sandbox import pool
from tests.lmgrade import test_sandbox as stand_ins
pool.START, run.job = stand_ins.STAND_INS, lambda _, submission: [submission.steps[0].source]
with pool.Pool(1, sandbox={isolate}) as grader:
    stand_ins.executed(grader, "found = 1")
    print(grader._lanes[0]._server.pid, flush=True)
    threading.Timer(0.5, os._exit, [0]).start()
    stand_ins.executed(grader, "import time; time.sleep(60)")
"""
    ended = subprocess.run([sys.executable, "-c", source], capture_output=True, cwd=COURSE)
    assert ends(ended.stdout.decode().strip())


def test_an_idle_pool_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "PATIENCE", 300)
    grader = Pool(1)
    with grader:
        executed(grader, "found = 1")
        server = grader._lanes[0]._server
        began = time.monotonic()
    assert time.monotonic() - began < pool.PATIENCE
    assert not server.is_running()


def test_without_a_sandbox(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1,2\n")
    with Pool(1, sandbox=False, files=tmp_path) as grader:
        found, pid = executed(
            grader,
            "found = open('data.csv').read()",
            "import os; open('x', 'w'); found = os.fork()",
        )
        assert found == "1,2\n"
        assert executed(grader, "import os; found = os.listdir()") == ["['data.csv']"]
        assert ends(pid)
        assert executed(grader, "found = len(bytearray(1 << 32))") == ["MemoryError: "]


# --- machines that cannot -----------------------------------------------------------------------


def test_no_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SandboxError, match="apt install bubblewrap"):
        Pool()


def test_no_libseccomp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyseccomp", None)
    with pytest.raises(SandboxError, match="apt install libseccomp2"):
        Pool()


def test_a_course_that_students_could_read() -> None:
    with pytest.raises(SandboxError, match="Move that to another place"):
        Pool(private=[Path(sys.prefix) / "course"])
    Pool(private=[COURSE])


def test_a_sandbox_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "START", "raise SystemExit('no such luck')")
    with Pool() as grader, pytest.raises(SandboxError, match="no such luck"):
        list(grader.grade(work(1, "")))


def test_a_system_without_one_of_the_calls_has_a_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    with seccomp.open_program() as whole:
        monkeypatch.setattr(seccomp, "DENIED", ["ptrace", "from_the_future"])
        with seccomp.open_program() as short:
            assert 0 < len(short.read()) < len(whole.read())


def test_python_below_tmp_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def links() -> list[Any]:
        words = bwrap.command(0, None)
        return [words[k + 2] for k, word in enumerate(words) if word == "--symlink"]

    monkeypatch.setattr(sys, "prefix", "/opt/clone/.venv")
    assert "/tmp" in links()
    monkeypatch.setattr(sys, "prefix", "/tmp/clone/.venv")
    assert "/tmp" not in links()
