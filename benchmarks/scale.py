"""Grade ever more submissions on SQLite, PostgreSQL and Dask: what does one more cost?

    python -m benchmarks.scale      # writes results/scale.json

Time, CPU time and memory are those of whole commands, in a fresh course each. What one more
submission costs is the difference between two sizes, so that starting up does not count. A small
assignment shows how it grows, as nothing hides what the commands themselves take; `dropout`, from
100 to 400, shows what a real one costs. The last step grades 2,000 while workers, scheduler,
database and disk fail: tests/lmgrade.
"""

import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import sqlalchemy

from benchmarks.common import RESULTS, machine, read_results, summary, write_results
from benchmarks.grading import ROOT, make_course
from lmgrade.notebook import release
from tests.lmgrade import course as small
from tests.lmgrade.dask import dask

SIZES = {"toy": (100, 400, 1600), "dropout": (100, 400)}
ROUNDS = {"toy": 3, "dropout": 1}
ENGINES = ("sqlite", "postgresql", "dask-1", "dask-2")
WORKERS = (8, 64, 512)  # threads of a cluster that the prediction is for
COMMAND = """\
import json, re, resource, sys
from lmgrade import cli
code = cli.main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
peak = int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read()).group(1))
print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "megabytes": peak / 1024}))
sys.exit(code)
"""
ASSUMPTION = (
    "A worker takes as long for a submission as the one of dask-1 did here, all that time; the "
    "coordinator hands out as many as its processor can, one core of this machine; network and "
    "database server keep up. So throughput is the smaller of workers / seconds that a worker "
    "takes, and 1 / CPU seconds that the coordinator takes."
)


@contextmanager
def postgresql(folder: Path) -> Iterator[sqlalchemy.Engine]:
    """A server of its own."""
    command = [str(ROOT / ".ci" / "postgresql")]
    made = subprocess.run(
        [*command, "start", str(folder)], capture_output=True, text=True, check=True
    )
    engine = sqlalchemy.create_engine(made.stdout.strip(), isolation_level="AUTOCOMMIT")
    try:
        yield engine
    finally:
        engine.dispose()
        subprocess.run([*command, "stop", str(folder)], check=True)


def grade(course: Path, name: str, *options: str) -> dict[str, float]:
    """Grade the course's submissions; seconds of the clock, and what the command itself took."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "autograde", name, *options],
        cwd=course,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - start
    if done.returncode or " 0 failed" not in done.stderr:
        raise SystemExit(f"grading failed:\n{done.stderr}")
    return {"wall": wall, **json.loads(done.stdout.splitlines()[-1])}


def measure(engine: str, course: Path, name: str, server: sqlalchemy.Engine) -> dict[str, float]:
    """One run in a course that is thrown away afterwards."""
    with (course / "nbgrader_config.py").open("a") as config:
        if engine == "postgresql":
            with server.connect() as connection:
                new = f"scale_{time.time_ns()}"
                connection.execute(sqlalchemy.text(f"CREATE DATABASE {new}"))
            url = server.url.set(database=new).render_as_string(hide_password=False)
            config.write(f"c.CourseDirectory.db_url = {url!r}\n")
    if not engine.startswith("dask"):
        return grade(course, name)
    with dask(course.parent / "dask", int(engine[-1])) as cluster:
        options = ("--scheduler", cluster.address)
        (course / "submitted").rename(course / "kept")
        first = sorted((course / "kept").iterdir())[0]
        shutil.copytree(first, course / "submitted" / first.name)
        grade(course, name, *options)  # so that workers have started and imported
        for left in ("submitted", "autograded", ".lmgrade"):
            shutil.rmtree(course / left)
        (course / "gradebook.db").unlink()
        (course / "kept").rename(course / "submitted")
        return grade(course, name, *options)


def marginal(runs: dict[int, dict[str, float]], what: str) -> list[float]:
    """What one more submission costs, between each size and the next."""
    sizes = sorted(runs)
    pairs = itertools.pairwise(sizes)
    return [(runs[b][what] - runs[a][what]) / (b - a) for a, b in pairs]


def summarise(rounds: list[dict[str, dict[int, dict[str, float]]]]) -> dict[str, Any]:
    """Of each engine: costs of one more, how flat they are, and the memory at each size."""
    found: dict[str, Any] = {}
    for engine in rounds[0]:
        runs = [each[engine] for each in rounds]
        costs = {what: [marginal(run, what) for run in runs] for what in ("wall", "cpu")}
        sizes = sorted(runs[0])
        memory = {size: [run[size]["megabytes"] for run in runs] for size in sizes}
        found[engine] = {
            "seconds_each": summary([cost[-1] for cost in costs["wall"]]),
            "own_cpu_each": summary([cost[-1] for cost in costs["cpu"]]),
            "megabytes": {str(size): statistics.median(memory[size]) for size in sizes},
            "flat_memory": summary(
                [b / a for a, b in zip(memory[sizes[0]], memory[sizes[-1]], strict=True)]
            ),
        }
        if len(sizes) > 2:
            found[engine]["flat"] = summary([cost[-1] / cost[0] for cost in costs["wall"]])
    return found


def predict(found: dict[str, Any]) -> dict[str, Any]:
    """Submissions a second that so many workers would grade."""
    worker = found["dask-1"]["seconds_each"]["median"]
    own = found["dask-2"]["own_cpu_each"]["median"]
    rates = {str(n): round(min(n / worker, 1 / own), 1) for n in WORKERS}
    return {"submissions_a_second": rates, "bound": round(1 / own, 1), "assumption": ASSUMPTION}


def disasters(submissions: int, url: str) -> dict[str, Any]:
    """The tests of what may fail, with so many submissions; those that passed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        words = ["tests/lmgrade/test_disasters.py", "-q", f"--junit-xml={report}"]
        environment = {**os.environ, "LM39_SUBMISSIONS": str(submissions), "LM39_POSTGRESQL": url}
        environment["LM39_REQUIRE"] = "bubblewrap,postgresql"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *words], cwd=ROOT, env=environment, check=False
        )
        cases = ElementTree.parse(report).findall(".//testcase")
    passed = [case.get("name", "") for case in cases if not len(case)]
    return {"submissions": submissions, "passed": passed, "all": done.returncode == 0}


def make(name: str, folder: Path, submissions: int) -> Path:
    """A course with so many submissions of one of the two assignments."""
    if name == "toy":
        small.make(folder)
        for number in range(submissions):
            code = small.RIGHT if number % 2 else small.WRONG
            small.submit(folder, f"student{number:04}", code)
    else:
        folder.mkdir()
        make_course(folder, submissions, (ROOT / "nbgrader_config.py").read_text())
        (folder / "gradebook.db").unlink()
    return folder


def grow(name: str, folder: Path, server: sqlalchemy.Engine) -> dict[str, Any]:
    """Grade all sizes of a course with all engines, in turns."""
    whole = make(name, folder / name, max(SIZES[name]))
    rounds: list[Any] = []
    for number in range(ROUNDS[name]):
        rounds.append({engine: {} for engine in ENGINES})
        for size in SIZES[name]:
            for engine in ENGINES:
                course = shutil.copytree(whole, folder / "run" / "course")
                for student in sorted((course / "submitted").iterdir())[size:]:
                    shutil.rmtree(student)
                taken = rounds[-1][engine][size] = measure(engine, course, name, server)
                shutil.rmtree(folder / "run")
                told = ", ".join(f"{what} {value:.1f}" for what, value in taken.items())
                print(f"{name}, round {number + 1}, {engine}, {size}: {told}", flush=True)
    return summarise(rounds)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("parts", nargs="*", default=["growth", "disasters"], help="(both)")
    parser.add_argument("--disasters", type=int, default=2000, help="submissions of that part")
    args = parser.parse_args()
    release.release("dropout")
    path = RESULTS / "scale.json"
    result = {**read_results(path), "command": "python -m benchmarks.scale", "machine": machine()}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        with postgresql(folder / "postgresql") as server:
            if "growth" in args.parts:
                engines = {name: grow(name, folder, server) for name in SIZES}
                result |= {"sizes": SIZES, "rounds": ROUNDS, "engines": engines}
                result["predicted"] = predict(engines["dropout"])
                write_results(path, result)
            if "disasters" in args.parts:
                url = server.url.render_as_string(hide_password=False)
                result["disasters"] = disasters(args.disasters, url)
    write_results(path, result)


if __name__ == "__main__":
    main()
