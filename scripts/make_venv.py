"""Create or repair an environment with the course's tools: ``python -m scripts.make_venv FOLDER``.

A run that was interrupted leaves FOLDER/.installing behind, and the next run starts that folder
afresh; a folder that this script did not make is never deleted.
"""

import shutil
import subprocess
import sys
from collections import deque
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit(
        "The course's tools need Python 3.11 or newer; {} is {}.{}.{}.\n"
        "Name another one: make course PYTHON=python3.12\n"
        "(lmlib alone, for a notebook, works with 3.10: pip install .)".format(
            sys.executable, *sys.version_info[:3]
        )
    )

ROOT = Path(__file__).resolve().parents[1]
WHAT = ".[book,grading,cluster,dev]"
OFFLINE = "The package index can't be reached: is there a network?"
FULL = "The disk is full: make room."
SIGNS = {
    "NewConnectionError": OFFLINE,
    "ConnectTimeout": OFFLINE,
    "NameResolutionError": OFFLINE,
    "from versions: none": OFFLINE,
    "No space left on device": FULL,
}


def python_of(folder: Path) -> Path:
    return folder / "bin" / "python"


def works(folder: Path) -> bool:
    """Whether the environment has a Python that is new enough and brings pip."""
    probe = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    try:
        done = subprocess.run([python_of(folder), "-c", probe], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def clear_away_half_made(folder: Path) -> None:
    """Delete what an interrupted run left; stop at a folder that is no environment at all."""
    if not folder.exists() or (works(folder) and not (folder / ".installing").exists()):
        return
    if not (folder / "pyvenv.cfg").exists() and not (folder / ".installing").exists():
        sys.exit(f"{folder} exists but is no virtual environment. Move it away, then try again.")
    print(f"{folder} is half made or broken: starting it afresh.", flush=True)
    try:
        shutil.rmtree(folder)
    except OSError as error:
        sys.exit(f"{error.filename} can't be deleted: {error.strerror}. Delete {folder} yourself.")


def create(folder: Path) -> None:
    try:
        folder.mkdir(parents=True)
        (folder / ".installing").touch()
    except OSError as error:
        sys.exit(f"{folder} can't be made: {error.strerror}.")
    done = subprocess.run([sys.executable, "-m", "venv", folder], check=False)
    if done.returncode != 0:
        sys.exit(
            f"{sys.executable} can't create a virtual environment; see above.\n"
            "If ensurepip is missing, on Debian and Ubuntu: apt install python3-venv. Or name "
            "another Python: make course PYTHON=python3.12"
        )


def install(folder: Path) -> None:
    """Install the pinned tools; pip's many lines are shown only where it fails."""
    from book._tools.progress import SignOfLife  # an old Python has left by now

    command = [python_of(folder), "-m", "pip", "install", "--retries", "2"]
    command += ["--disable-pip-version-check", "-c", "constraints.txt", "-e", WHAT]
    why, said, is_unpacking = "See above.", deque(maxlen=30), False
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with SignOfLife("installing") as sign, subprocess.Popen(command, cwd=ROOT, **options) as pip:
        for line in pip.stdout:
            said.append(line)
            if not is_unpacking:
                sign.what = f"installing: {line.strip():.70}"
            is_unpacking = is_unpacking or line.startswith("Installing collected packages")
            why = next((SIGNS[part] for part in SIGNS if part in line), why)
    if pip.returncode != 0:
        print(*said, sep="", file=sys.stderr)
        sys.exit(f"Installing the tools failed. {why} Then run the same command again.")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} FOLDER")
    folder = Path(sys.argv[1]).resolve()
    clear_away_half_made(folder)
    if not folder.exists():
        print(f"Creating {folder} with {sys.executable} …", flush=True)
        create(folder)
    print("Installing the tools (the first time takes some minutes) …", flush=True)
    install(folder)
    (folder / ".installing").unlink(missing_ok=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run the same command again to go on.")
