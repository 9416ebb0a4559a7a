"""Write the course for students into a folder: `python scripts/public_mirror.py FOLDER`.

It gets what was committed last, without solutions, tests and examples. Submissions and grades are
never committed. What lay in the folder before goes, but for its own `.git`.
"""

import io
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

PRIVATE = ("solutions", "tests", "examples", ".ci", ".github")  # the last two run the tests


def mirror(root: Path, folder: Path) -> None:
    """Replace what is in the folder by the repository's public part."""
    folder.mkdir(parents=True, exist_ok=True)
    old = [path for path in folder.iterdir() if path.name != ".git"]
    if old and not (folder / ".git").exists():
        sys.exit(f"{folder} holds files and is no repository: name another folder.")
    if folder.resolve() in (root, *root.parents):
        sys.exit(f"{folder} holds the course itself: name another folder.")
    without = [f":(exclude){name}" for name in PRIVATE]
    changed = ["git", "status", "--porcelain", "--", ".", *without]
    if subprocess.run(changed, cwd=root, capture_output=True, check=False).stdout:
        print("There are uncommitted changes, which are not in it.", file=sys.stderr)
    command = ["git", "archive", "HEAD", "--", ".", *without]
    archive = subprocess.run(command, cwd=root, capture_output=True, check=False)
    if archive.returncode:
        sys.exit(archive.stderr.decode())
    for path in old:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    print(f"{folder} holds the course without {', '.join(PRIVATE)}.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python scripts/public_mirror.py FOLDER")
    mirror(Path(__file__).resolve().parents[1], Path(sys.argv[1]))
