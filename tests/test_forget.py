"""Forgetting a term: names and hand-ins go, the course stays, and nothing goes unasked or outside the folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from classes import empty_gradebook, mark
from conftest import UNIT
from test_start import files
from typer.testing import CliRunner, Result

from readtwice import cli, cli_out
from readtwice import forget as forgetting
from readtwice.gradebook import open_gradebook
from readtwice.scale import DEFAULT
from readtwice.units import read_unit

LEFT = {
    "grades-units.csv": "Anna",
    "Grades-ML-77-filled.csv": "Anna",
    "class-report-project.html": "x",
    "feedback-moodle-x.zip": "PK",
    ".nbgrader.log": "Anna",
    "gradebook.db-journal": "x",
    ".ipynb_checkpoints/anna-checkpoint.ipynb": "{}",
    "submitted/.ipynb_checkpoints/x.ipynb": "{}",
    "who.csv": f"file,student\n{UNIT}.ipynb,anna\n",
}
STAYS = {
    "scale.csv": DEFAULT,
    "class.csv": "reader,label\n",
    "solutions/keys/russia-must-act/overrides.csv": "layer,item,label,because,when\n",
    "notes.txt": "mine",
}


def forget(course: Path, *options: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli.app, ["forget", str(course), *options], input=typed)


def put(course: Path, content: dict[str, str]) -> None:
    for name, text in content.items():
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_text(text, encoding="utf-8")


@pytest.fixture
def term(course, submit, master) -> tuple[Path, dict[str, bytes]]:
    """A course after a term, and the files that have to be left."""
    put(course, STAYS)
    before = files(course)
    submit("anna", master)
    submit("ben", master)
    put(course, LEFT)
    mark(course)
    return course, before


def test_hand_ins_and_names_go_and_the_course_stays(term):
    course, before = term
    going = len(files(course)) - len(before)
    shown = forget(course, "--yes")
    assert shown.exit_code == 0, shown.output
    assert f"2 students, {going} files" in shown.stdout
    assert files(course) == before
    assert not [path for path in course.rglob("*") if path.is_dir() and not any(path.iterdir())]
    assert "Look whether it holds hand-ins: notes.txt" in shown.stdout
    assert "downloads in other folders" in shown.stdout
    again = forget(course, "--yes")
    assert again.exit_code == 0
    assert "nothing to delete" in again.stdout
    assert read_unit(course, UNIT).points > 0


@pytest.mark.parametrize(("keyboard", "typed"), [(False, None), (True, "\n"), (True, "corse\n"), (True, "y\n")])
def test_nothing_is_deleted_unless_the_folders_name_is_typed(keyboard, typed, term, monkeypatch):
    monkeypatch.setattr(cli_out, "at_the_keyboard", lambda: keyboard)
    before = files(term[0])
    shown = forget(term[0], typed=typed)
    assert shown.exit_code == 1
    assert "nothing was deleted" in shown.stderr
    assert files(term[0]) == before


def test_the_typed_name_deletes_and_the_folder_may_be_the_one_that_one_is_in(term, monkeypatch):
    course, before = term
    monkeypatch.setattr(cli_out, "at_the_keyboard", lambda: True)
    monkeypatch.chdir(course)
    assert forget(Path("."), typed=f"{course.name}\n").exit_code == 0
    assert files(course) == before


def test_no_link_is_followed(term, tmp_path):
    course, before = term
    outside = tmp_path / "outside"
    put(outside, {"anna/x.ipynb": "{}", "kept.csv": "x"})
    (course / "downloaded").symlink_to(outside)
    (course / "submitted" / "anna" / "linked").symlink_to(outside)
    (course / "grades-old.csv").symlink_to(outside / "kept.csv")
    shown = forget(course, "--yes")
    assert shown.exit_code == 0, shown.output
    assert "downloaded, a link; what it leads to stays" in shown.stdout
    assert files(outside) == {"anna/x.ipynb": b"{}", "kept.csv": b"x"}
    assert files(course) == before
    assert not (course / "downloaded").is_symlink()


def test_a_folder_that_is_no_course_is_not_touched_and_neither_is_the_course_above(term):
    course, _ = term
    before = files(course)
    for folder in (course / "submitted", course.parent, course / "nothing"):
        shown = forget(folder, "--yes")
        assert shown.exit_code == 1
        assert "is no course folder" in shown.stderr
    assert files(course) == before


def test_a_killed_run_can_be_run_again(term, monkeypatch):
    course, before = term
    deleted = []

    def unlink(path: Path, missing_ok: bool = False, really=Path.unlink) -> None:
        if len(deleted) == 5:
            raise KeyboardInterrupt
        deleted.append(path)
        really(path, missing_ok=missing_ok)

    with monkeypatch.context() as killed:
        killed.setattr(Path, "unlink", unlink)
        with pytest.raises(KeyboardInterrupt):
            forgetting.forget(forgetting.look(course))
    assert len(deleted) == 5
    assert files(course) != before
    assert forget(course, "--yes").exit_code == 0
    assert files(course) == before


@pytest.fixture
def elsewhere(course, tmp_path, submit, master) -> Path:
    """A gradebook outside the course folder, with this course's students in it."""
    path = tmp_path / "elsewhere" / "marks.db"
    path.parent.mkdir()
    path.write_bytes(empty_gradebook())
    config = course / "nbgrader_config.py"
    config.write_text(f'{config.read_text()}\nget_config().CourseDirectory.db_url = "sqlite:///{path.as_posix()}"\n')
    submit("anna", master)
    submit("ben", master)
    mark(course)
    return path


def students(course: Path) -> set[str]:
    with open_gradebook(course) as gradebook:
        return {student.id for student in gradebook.students}


def test_from_a_gradebook_elsewhere_this_courses_students_go(elsewhere, course):
    assert students(course) == {"anna", "ben"}
    shown = forget(course, "--yes")
    assert shown.exit_code == 0, shown.output
    assert "2 students were taken out of the gradebook" in shown.stdout
    assert students(course) == set()
    assert elsewhere.is_file()


def test_a_gradebook_that_is_not_this_courses_alone_is_left_with_all_files(elsewhere, course):
    with open_gradebook(course) as gradebook:
        gradebook.add_student("stranger")
        gradebook.add_submission(UNIT, "stranger")
    before = files(course)
    shown = forget(course, "--yes")
    assert shown.exit_code == 1
    assert "not this course's alone: it holds 1 student who never handed in here" in shown.stderr
    assert "nbgrader db student remove" in shown.stderr
    assert files(course) == before
    assert students(course) == {"anna", "ben", "stranger"}
