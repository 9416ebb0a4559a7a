"""Folders that hold something odd instead of a notebook, or beside it."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.attacks.catalogue import FILE, Attack
from tests.attacks.notebook import POINTS, RIGHT, filled_in
from tests.attacks.tampering import WRONG

Put = Callable[[Path, Path], None]
PUTS: list[tuple[Put, str, float]] = []
STAMP = "timestamp.txt"


def instead(put: Put) -> Put:
    """What lies where the notebook should be."""
    PUTS.append((put, "", 0))
    return put


def beside(put: Put) -> Put:
    """What lies beside right work."""
    PUTS.append((put, RIGHT, POINTS))
    return put


def beside_wrong(put: Put) -> Put:
    """What lies beside wrong work."""
    PUTS.append((put, WRONG, 0))
    return put


def odd_folders() -> Iterator[Attack]:
    """The folders as attacks."""
    for put, code, earns in PUTS:
        yield Attack("folder", put.__name__, put.__doc__ or "", earns, _writer(put, code))


def _writer(put: Put, code: str) -> Callable[[Path, dict[str, str]], None]:
    def write(folder: Path, words: dict[str, str]) -> None:
        if code:
            (folder / FILE).write_text(json.dumps(filled_in(code)), encoding="utf-8")
        put(folder, Path(words["COURSE"]))

    return write


@instead
def empty(folder: Path, course: Path) -> None:
    """hand in nothing"""


@instead
def link_to_the_solution(folder: Path, course: Path) -> None:
    """let the grader read the solution in the student's name"""
    (folder / FILE).symlink_to(course / "solutions" / "dropout.py")


@instead
def link_to_a_neighbour(folder: Path, course: Path) -> None:
    """let the grader grade somebody else's work"""
    (folder / FILE).symlink_to(next((course / "submitted").glob(f"*-honest/*/{FILE}")))


@instead
def link_to_itself(folder: Path, course: Path) -> None:
    """let the grader follow a link without end"""
    (folder / FILE).symlink_to(FILE)


@instead
def link_to_a_device(folder: Path, course: Path) -> None:
    """let the grader read zeros without end"""
    (folder / FILE).symlink_to("/dev/zero")


@instead
def pipe(folder: Path, course: Path) -> None:
    """let the grader wait for a writer that never comes"""
    os.mkfifo(folder / FILE)


@instead
def socket_file(folder: Path, course: Path) -> None:
    """let the grader read a socket"""
    before = os.getcwd()
    os.chdir(folder)  # a socket's path is short
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.bind(FILE)
    finally:
        os.chdir(before)


@instead
def folder_as_notebook(folder: Path, course: Path) -> None:
    """hand in a folder that is called like the notebook"""
    (folder / FILE / "x").mkdir(parents=True)


@instead
def huge_file(folder: Path, course: Path) -> None:
    """let the grader read a file of 200 MB"""
    with (folder / FILE).open("wb") as file:
        file.truncate(200 << 20)


@instead
def bytes_of_an_image(folder: Path, course: Path) -> None:
    """hand in an image under the notebook's name"""
    (folder / FILE).write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)


@instead
def another_encoding(folder: Path, course: Path) -> None:
    """hand in the notebook in UTF-16"""
    (folder / FILE).write_text(json.dumps(filled_in(RIGHT)), encoding="utf-16")


@instead
def another_name(folder: Path, course: Path) -> None:
    """hand in the notebook under another name"""
    (folder / "Dropout (1).ipynb").write_text(json.dumps(filled_in(RIGHT)))


@instead
def a_file_for_a_folder(folder: Path, course: Path) -> None:
    """hand in a file where a folder should be"""
    folder.rmdir()
    folder.write_text("x")


@instead
def a_link_for_a_folder(folder: Path, course: Path) -> None:
    """let the grader read somebody else's folder"""
    folder.rmdir()
    folder.symlink_to(next((course / "submitted").glob("*-honest/dropout")))


@beside_wrong
def own_modules(folder: Path, course: Path) -> None:
    """replace torch, the checks and Python's own modules by files beside the notebook"""
    for name in ("torch", "nbgrader", "sitecustomize", "random", "json"):
        (folder / f"{name}.py").write_text("print('STOLEN')\n")
    for package in ("lmlib", "lmgrade", "IPython"):
        (folder / package / "checks").mkdir(parents=True)
        for part in (".", "checks"):
            (folder / package / part / "__init__.py").write_text("check = None\n")


@beside_wrong
def own_configuration(folder: Path, course: Path) -> None:
    """bring a configuration, a gradebook and feedback of one's own"""
    for name in ("nbgrader_config.py", "jupyter_config.py", "conftest.py"):
        (folder / name).write_text("raise SystemExit('STOLEN')\n")
    (folder / "gradebook.db").write_bytes(b"SQLite format 3\x00")
    (folder / "dropout.html").write_text("<script>document.title = 'PWNED'</script>")


@beside
def links_beside(folder: Path, course: Path) -> None:
    """have secrets copied along with the notebook, or a result written through a link"""
    (folder / "notes.txt").symlink_to(course / "solutions" / "notes.txt")
    (folder / "all").symlink_to(course)
    (folder / "dropout.html").symlink_to(course / "gradebook.db")


@beside
def odd_names(folder: Path, course: Path) -> None:
    """bring files whose names clear the screen or add lines to the summary"""
    names = ("\x1b[2J\x1b[1;1H", "x\n  999-honest: graded", "<script>1</script>", "=1+1", "\u202e")
    for name in names:
        (folder / name.replace("/", "\u2215")).write_text("x")
    with open(os.path.join(os.fsencode(folder), b"\xff\xfe"), "wb"):
        pass


@beside
def many_files(folder: Path, course: Path) -> None:
    """bring thousands of files"""
    for number in range(3000):
        (folder / f"{number}.txt").touch()


@beside
def timestamp_pipe(folder: Path, course: Path) -> None:
    """let the grader wait for the time of handing in"""
    os.mkfifo(folder / STAMP)


@beside
def timestamp_link(folder: Path, course: Path) -> None:
    """let the grader read a secret as the time of handing in"""
    (folder / STAMP).symlink_to(course / "solutions" / "notes.txt")


@beside
def timestamp_folder(folder: Path, course: Path) -> None:
    """put a folder where the time of handing in should be"""
    (folder / STAMP).mkdir()


@beside
def timestamp_of_many_digits(folder: Path, course: Path) -> None:
    """hand in at a number of minutes that no decimal number can hold"""
    (folder / STAMP).write_text("1" * 60 + "m")


@beside
def timestamp_garbage(folder: Path, course: Path) -> None:
    """hand in at a time that does not exist"""
    (folder / STAMP).write_bytes(b"99999-99-99 \xff\x00" + b"9" * 10**6)


@beside
def timestamp_overflow(folder: Path, course: Path) -> None:
    """hand in at the end of time, in a zone far away"""
    (folder / STAMP).write_text("9999-12-31 23:59:59.999999 -2359")
