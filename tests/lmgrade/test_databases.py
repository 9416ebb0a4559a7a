"""`lmgrade db copy`: every row arrives, or none does and the old gradebook is as it was."""

import hashlib
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from nbgrader.api import Gradebook

from tests.lmgrade.course import WRONG, autograde, grades, lmgrade, make, submit, use
from tests.lmgrade.dask import wait_for

LATE = """
from nbgrader.plugins import LateSubmissionPlugin
class Late(LateSubmissionPlugin):
    def late_submission_penalty(self, student, score, late):
        return 0.3
c.AssignLatePenalties.plugin_class = Late
"""


def rows(path: Path) -> dict[str, list[str]]:
    """All that a SQLite file holds, read without nbgrader or SQLAlchemy."""
    with sqlite3.connect(path) as file:
        names = file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {n: sorted(map(repr, file.execute(f"SELECT * FROM {n}"))) for (n,) in names}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With points and comments by hand, late work and an extension."""
    course = make(tmp_path_factory.mktemp("databases") / "course", config=LATE)
    submit(course, "ada", time="2026-03-02 10:00:00 UTC")
    submit(course, "Zoë 'quoted'", WRONG)
    autograde(course)
    with Gradebook(f"sqlite:///{course}/gradebook.db", "toy") as gradebook:
        gradebook.update_or_create_assignment("toy", duedate="2026-03-01 10:00:00 UTC")
        gradebook.update_or_create_student("ada", first_name="Ada", lms_user_id="4711")
        gradebook.grant_extension("toy", "Zoë 'quoted'", minutes=90)
        grade = gradebook.find_grade("why", "toy", "toy", "ada")
        grade.manual_score = 0.1 + 0.2
        gradebook.find_comment("why", "toy", "toy", "ada").manual_comment = "Well, ½ of it…\n"
        gradebook.db.commit()
    autograde(course)
    return course


@pytest.mark.needs("postgresql")
def test_a_course_goes_to_postgresql_and_back(course: Path, tmp_path: Path, database: str) -> None:
    old, back = course / "gradebook.db", tmp_path / "back.db"
    said = lmgrade(course, "db", "copy", "gradebook.db", database, code=0).stdout
    assert f"{sum(map(len, rows(old).values()))} rows" in said
    assert grades(course, database) == grades(course)
    lmgrade(course, "db", "copy", database, str(back), code=0)
    assert rows(back) == rows(old)
    said = lmgrade(course, "db", "copy", "gradebook.db", database, code=2).stderr
    assert "holds something already" in said


@pytest.mark.needs("postgresql")
def test_grading_goes_on_where_the_grades_went(course: Path, tmp_path: Path, database: str) -> None:
    new = make(tmp_path / "new", config=LATE)
    for student in ("ada", "Zoë 'quoted'"):
        submit(new, student)
    lmgrade(course, "db", "copy", "gradebook.db", database, code=0)
    use(new, database)
    submit(new, "ben")
    assert "3 graded, 0 failed" in autograde(new)
    with Gradebook(database, "toy") as gradebook:
        assert gradebook.find_submission("toy", "ada").score == pytest.approx(3.3)
    assert grades(new, database).keys() == {"ada", "Zoë 'quoted'", "ben"}


SLOW = """\
import sys, time
from lmgrade import cli
from lmgrade.nbgrader import databases
done = databases._copy
def slowly(table, *rest):
    done(table, *rest)
    print(table.name, file=sys.stderr, flush=True)
    time.sleep(60 if table.name == "grade" else 0)
databases._copy = slowly
sys.exit(cli.main(["db", "copy", "gradebook.db", sys.argv[1]]))
"""


@pytest.mark.needs("postgresql")
@pytest.mark.parametrize(
    ("kind", "number"), [("sqlite", signal.SIGKILL), ("postgresql", signal.SIGINT)]
)
def test_a_copy_that_is_interrupted_leaves_nothing(
    kind: str, number: int, course: Path, tmp_path: Path, database: str
) -> None:
    old = course / "gradebook.db"
    before = hashlib.sha256(old.read_bytes()).digest()
    target = database if kind == "postgresql" else str(tmp_path / "new.db")
    said = tmp_path / "said.txt"
    with said.open("wb") as file:
        command = [sys.executable, "-c", SLOW, target]
        run = subprocess.Popen(command, cwd=course, stderr=file, stdout=file)
    wait_for(lambda: "grade\n" in said.read_text())
    run.send_signal(number)
    assert run.wait() == (130 if number == signal.SIGINT else -9)
    if number == signal.SIGINT:
        assert "stopped; the same command starts over" in said.read_text()
    assert hashlib.sha256(old.read_bytes()).digest() == before
    if kind == "postgresql":
        server = sqlalchemy.create_engine(database)
        wait_for(lambda: sqlalchemy.inspect(server).get_table_names() == [])
        server.dispose()
    else:
        assert not Path(target).exists()
    lmgrade(course, "db", "copy", "gradebook.db", target, code=0)
    assert grades(course, target if "://" in target else f"sqlite:///{target}") == grades(course)


@pytest.mark.needs("postgresql")
def test_a_row_that_arrives_changed_is_seen(course: Path, database: str) -> None:
    Gradebook(database, "toy").close()  # as the button does that opens a new one
    server = sqlalchemy.create_engine(database)
    with server.begin() as connection:
        connection.execute(
            sqlalchemy.text(
                "CREATE FUNCTION less() RETURNS trigger AS $$ BEGIN "
                "NEW.auto_score := 1; RETURN NEW; END $$ LANGUAGE plpgsql; "
                "CREATE TRIGGER less BEFORE INSERT ON grade FOR EACH ROW EXECUTE FUNCTION less()"
            )
        )
    said = lmgrade(course, "db", "copy", "gradebook.db", database, code=2).stderr
    before, after = said.split(" arrived as ")
    assert "'auto_score': 1.0" in after
    assert "'auto_score': 1.0" not in before
    assert "nothing is kept" in after
    with server.connect() as connection:
        found = connection.execute(sqlalchemy.text("SELECT count(*) FROM student"))
        assert found.scalar_one() == 0
    server.dispose()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.db", "new.db"), "nowhere.db is not there; name another file"),
        (("gradebook.db", "gradebook.db"), "gradebook.db is there already; name another file"),
        (("solutions/toy.py", "new.db"), "file is not a database"),
        (("empty.db", "new.db"), "is no gradebook of nbgrader's"),
        (("old.db", "new.db"), "run there: nbgrader db upgrade"),
        (("gradebook.db", "postgresql+psycopg://me:secret@127.0.0.1:1/x"), "me:***@127.0.0.1:1"),
        (("gradebook.db", "://"), "neither a database's URL nor the path of a file"),
        (("gradebook.db", "folder/new.db"), "there is no folder"),
        (
            ("gradebook.db", "postgres://me@127.0.0.1/x"),
            "'postgres' is no database that is known here",
        ),
    ],
)
def test_what_cannot_be_copied_is_told_in_a_line(
    words: tuple[str, str], said: str, course: Path
) -> None:
    sqlite3.connect(course / "empty.db").close()
    with sqlite3.connect(course / "old.db") as old:
        old.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)")
        old.execute("DELETE FROM alembic_version")
        old.execute("INSERT INTO alembic_version VALUES ('of before')")
    found: Any = lmgrade(course, "db", "copy", *words, code=2)
    assert said in found.stderr
    assert "secret" not in found.stderr
    assert found.stderr.count("\n") == 1
    assert not (course / "new.db").exists()


@pytest.mark.needs("postgresql")
def test_a_wrong_password_is_told_in_a_line(tmp_path: Path, database: str) -> None:
    server = sqlalchemy.create_engine(database, isolation_level="AUTOCOMMIT")
    url = server.url.set(username="asked", password="wrong").render_as_string(hide_password=False)
    course = make(tmp_path)
    submit(course, "ada")
    use(course, url)
    with server.connect() as connection:
        connection.execute(sqlalchemy.text("CREATE ROLE asked LOGIN PASSWORD 'right'"))
        told = autograde(course, code=1)
        connection.execute(sqlalchemy.text("DROP ROLE asked"))
    server.dispose()
    assert "postgresql+psycopg://asked:***@127.0.0.1" in told
    assert "password authentication failed" in told
    assert "wrong" not in told
    assert told.count("\n") == 1


@pytest.mark.needs("postgresql")
def test_a_database_that_is_full_ends_the_run(tmp_path: Path, database: str) -> None:
    """PostgreSQL says so with this code, whatever it cannot extend."""
    course = make(tmp_path)
    submit(course, "ada")
    use(course, database)
    assert "1 graded, 0 failed" in autograde(course)
    server = sqlalchemy.create_engine(database, isolation_level="AUTOCOMMIT")
    full = (
        "CREATE FUNCTION full_() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION "
        "'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$ "
        "LANGUAGE plpgsql; CREATE TRIGGER full_ BEFORE INSERT ON grade EXECUTE FUNCTION full_()"
    )
    with server.connect() as connection:
        connection.execute(sqlalchemy.text(full))
        for number in range(20):
            submit(course, f"s{number}")
        told = autograde(course, code=1)
        assert "No space left on device. When that is mended, the same command goes on" in told
        assert told.count("No space left") == 1
        assert grades(course, database).keys() == {"ada"}, "what is graded stays"
        connection.execute(sqlalchemy.text("DROP TRIGGER full_ ON grade"))
        assert "20 graded, 0 failed" in autograde(course)
    server.dispose()
    assert len(grades(course, database)) == 21
