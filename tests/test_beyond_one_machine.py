"""A gradebook in a real PostgreSQL server, and marking on a real Dask cluster, leave the same behind as everything on one machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from glob import glob
from pathlib import Path

import pytest
from classes import files_of, grades, start_gradebook
from conftest import UNIT, copy_course, hand_in_class, there
from typer.testing import CliRunner

from readtwice.cli import app
from readtwice.gradebook import open_gradebook
from readtwice.mark_class import mark_class
from readtwice.units import read_unit
from readtwice.whole_class import whole_class

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def here(tmp_path_factory) -> Path:
    """A class marked with what every laptop has."""
    course = hand_in_class(copy_course(tmp_path_factory.mktemp("here") / "course"))
    start_gradebook(course)
    mark_class(course / "submitted", course)
    return course


@pytest.fixture
def elsewhere(tmp_path) -> Path:
    return hand_in_class(copy_course(tmp_path / "course"))


def program(name: str) -> str:
    """A program of PostgreSQL, which Debian keeps off PATH; fails under CI where there is none."""
    found = shutil.which(name) or next(iter(sorted(glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None)
    return there(found, "needs PostgreSQL: install it with  apt-get install postgresql")


@pytest.fixture(scope="module")
def postgres(tmp_path_factory) -> Iterator[str]:
    """The address of an empty database in a server of its own."""
    folder = tmp_path_factory.mktemp("postgres")
    as_user: list[str] = []
    if os.getuid() == 0:  # the server does not run as root
        shutil.chown(folder, "postgres")
        for part in (folder, *folder.parents):
            if part.stat().st_uid == 0 and part != Path("/"):
                part.chmod(part.stat().st_mode | 0o011)
        as_user = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = str(folder / "data")
    run([*as_user, program("initdb"), "-D", data, "-U", "teacher", "--auth=trust", "-E", "UTF8"])
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    run([*as_user, program("pg_ctl"), "-D", data, "-w", "-o", settings, "-l", str(folder / "log"), "start"])
    try:
        yield f"postgresql+psycopg://teacher@127.0.0.1:{port}/postgres"
    finally:
        run([*as_user, program("pg_ctl"), "-D", data, "-m", "immediate", "stop"])


def run(command: list[str]) -> None:
    done = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def rows(course: Path, db: str = "") -> list[tuple]:
    """Every grade and comment by its natural keys."""
    with open_gradebook(course, db) as gradebook:
        held = []
        for submission in gradebook.assignment_submissions(UNIT):
            (notebook,) = submission.notebooks
            held += [(submission.student.id, g.name, g.auto_score, g.manual_score, g.needs_manual_grade) for g in notebook.grades]
            held += [(submission.student.id, c.name, c.auto_comment, c.manual_comment) for c in notebook.comments]
        return sorted(held, key=repr)


def test_a_gradebook_in_postgresql_is_the_same_gradebook(postgres, here, elsewhere):
    for _ in range(2):  # the second time nothing has changed
        mark_class(elsewhere / "submitted", elsewhere, db=postgres)
        assert rows(elsewhere, postgres) == rows(here)
        assert (files_of(elsewhere), grades(elsewhere)) == (files_of(here), grades(here))
    assert not (elsewhere / "gradebook.db").exists()
    units = {UNIT: read_unit(here, UNIT)}
    assert whole_class(elsewhere, units, db=postgres).tallies == whole_class(here, units).tallies


def test_the_configuration_can_name_the_gradebook_for_every_command(postgres, here, elsewhere):
    with (elsewhere / "nbgrader_config.py").open("a") as file:
        file.write(f"\nget_config().CourseDirectory.db_url = {postgres!r}  # noqa: F821\n")
    done = CliRunner().invoke(app, ["mark", str(elsewhere / "submitted"), "--course", str(elsewhere)])
    assert done.exit_code == 0, done.output
    assert not (elsewhere / "gradebook.db").exists()
    assert (elsewhere / "class-report.html").is_file()


def test_a_database_that_is_not_there_is_said_in_a_sentence(elsewhere):
    address = "postgresql+psycopg://teacher@127.0.0.1:9/nothing"
    done = CliRunner().invoke(app, ["mark", str(elsewhere / "submitted"), "--course", str(elsewhere), "--db", address])
    assert done.exit_code == 1
    assert "the gradebook says:" in done.stderr
    assert "Traceback" not in done.output


def test_a_dask_cluster_of_two_processes_marks_the_same(here, elsewhere, monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr("readtwice.batches.BATCH", 2)
    start_gradebook(elsewhere)
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        arguments = ["mark", str(elsewhere / "submitted"), "--course", str(elsewhere), "--scheduler", cluster.scheduler_address]
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, done.output
    assert (files_of(elsewhere), grades(elsewhere)) == (files_of(here), grades(here))
    assert rows(elsewhere) == rows(here)


def test_a_cluster_that_does_not_answer_is_said_in_a_sentence(elsewhere):
    done = CliRunner().invoke(app, ["mark", str(elsewhere / "submitted"), "--course", str(elsewhere), "--scheduler", "tcp://127.0.0.1:9"])
    assert done.exit_code == 1
    assert "no Dask scheduler answers" in done.stderr
