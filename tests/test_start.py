"""A course folder from the installed package: whole, a course at once, and nothing that stood there is touched."""

from __future__ import annotations

import errno
import shutil
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT
from typer.testing import CliRunner

from readtwice import cli
from readtwice import start as starting
from readtwice.course import find_course
from readtwice.scale import read_scale
from readtwice.start import BESIDE, README, make_course
from readtwice.units import UnitProblem, unit_names


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def wheel(tmp_path, monkeypatch) -> Path:
    """What a wheel brings, and no more: the files that pyproject.toml puts into it."""
    force = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"][
        "force-include"
    ]
    for source, to in force.items():
        to = tmp_path / "wheel" / to
        to.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / source).is_dir() else shutil.copy)(ROOT / source, to)
    monkeypatch.setattr(starting, "course_source", lambda: tmp_path / "wheel" / "readtwice" / "course")
    return tmp_path


def test_from_a_wheel_the_course_is_whole_and_says_what_to_do(wheel, monkeypatch):
    monkeypatch.chdir(wheel)
    shown = CliRunner().invoke(cli.app, ["start", "autumn/7b"])
    assert shown.exit_code == 0, shown.output
    made = wheel / "autumn" / "7b"
    assert find_course(made) == made
    assert unit_names(made) == unit_names(ROOT)
    assert read_scale(made) is not None
    own = {README, "scale.csv", "nbgrader_config.py", *BESIDE}
    for name, content in files(made).items():
        if name.split("/")[0] not in own:
            assert (ROOT / name).read_bytes() == content, name
    assert {path.name for path in made.iterdir()} == {*own, "lessons", "exercises", "solutions"}
    assert len(shown.stdout.strip().splitlines()) == 4  # that it is ready, and three lines of what to do
    assert not [*made.parent.glob(".*")]


def test_the_readme_names_what_is_there_and_commands_that_exist(tmp_path):
    make_course(tmp_path / "new")
    text = (tmp_path / "new" / README).read_text(encoding="utf-8")
    assert "README.md" not in (tmp_path / "new" / "TEACHING.md").read_text(encoding="utf-8")
    for path in (tmp_path / "new").iterdir():
        assert path.name in text or path.name in (README, "LICENSE")
    known = {command.name or command.callback.__name__ for command in cli.app.registered_commands}
    said = {line.split("readtwice ")[1].split()[0] for line in text.splitlines() if "readtwice " in line}
    assert said
    assert said <= known


@pytest.mark.parametrize("name", ["thesis.txt", ".hidden"])
def test_a_folder_that_holds_something_is_left_alone(name, tmp_path):
    (tmp_path / name).write_text("all my work")
    for at in (tmp_path, tmp_path / name):
        shown = CliRunner().invoke(cli.app, ["start", str(at)])
        assert shown.exit_code == 1
        assert "holds something already" in shown.stderr
    assert files(tmp_path) == {name: b"all my work"}


def test_an_empty_folder_is_taken_and_what_a_killed_run_left_is_cleared(tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / ".new.part" / "lessons").mkdir(parents=True)
    make_course(tmp_path / "new")
    assert unit_names(tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_an_unknown_text_leaves_nothing_behind(tmp_path):
    with pytest.raises(UnitProblem, match="parallel"):
        make_course(tmp_path / "new", "nonsense")
    assert list(tmp_path.iterdir()) == []


def test_another_text_is_built_before_the_folder_is_there(tmp_path, monkeypatch):
    built = []
    monkeypatch.setattr(starting, "build", lambda course, text: built.append((unit_names(course), text, (tmp_path / "new").exists())))
    make_course(tmp_path / "new", "parallel")
    assert built == [(unit_names(ROOT), "parallel", False)]


def test_a_full_disk_is_said_in_a_sentence_and_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(source, to, **_):
        raise OSError(errno.ENOSPC, "No space left on device", str(to))

    monkeypatch.setattr(shutil, "copyfile", full)
    done = CliRunner().invoke(cli.app, ["start", str(tmp_path / "autumn")])
    assert done.exit_code == 1
    assert "No space left on device" in done.stderr
    assert len(done.stderr) < 400
    assert "[" not in done.stderr
    assert not list(tmp_path.iterdir())
