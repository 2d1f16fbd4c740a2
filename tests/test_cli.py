"""The command line: what each command does, how it ends, and that what goes wrong is said in one plain sentence."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from classes import start_gradebook
from conftest import UNIT, cell
from typer.testing import CliRunner, Result

from readtwice import cli, cli_mark
from readtwice.build import notebook_bytes
from readtwice.units import master_path, read_notebook, read_unit, release_path

COMMANDS = {"start", "lab", "build", "mark", "print", "report", "accept", "formgrader", "class-file"} | {
    "grades",
    "feedback",
    "forget",
    "demo",
}


@pytest.fixture
def inside(course, monkeypatch) -> Path:
    """A course with a gradebook, as the working directory."""
    start_gradebook(course)
    monkeypatch.chdir(course)
    return course


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch):
    monkeypatch.setattr(cli.out, "width", 200)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def refused(result: Result) -> str:
    """The one sentence with which a command gave up."""
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    (line,) = result.stderr.strip().splitlines()
    start, _, said = line.partition("readtwice: ")
    assert start == ""
    assert "Traceback" not in result.output
    assert said
    assert "Errno" not in said
    return said


def test_help_names_every_command_and_each_command_has_its_own():
    functions = {command.name or command.callback.__name__: command.callback for command in cli.app.registered_commands}
    assert set(functions) == COMMANDS
    whole = run("--help")
    assert whole.exit_code == 0
    for command in COMMANDS:
        assert command in whole.output
        own = run(command, "--help")
        assert own.exit_code == 0
        first = next(line for line in (functions[command].__doc__ or "").splitlines() if line)
        assert first.rstrip(".")[:40] in " ".join(own.output.split())


def test_without_a_command_the_help_is_shown():
    shown = run()
    assert "Usage" in shown.output
    assert all(command in shown.output for command in COMMANDS)


OUTSIDE = [["lab"], ["build"], ["build", "--check"], ["mark", "."], ["print"], ["report"], ["accept"], ["formgrader"], ["class-file"]]


@pytest.mark.parametrize("command", OUTSIDE)
def test_outside_a_course_every_command_says_where_to_start(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "not a course folder" in refused(run(*command))
    assert list(tmp_path.iterdir()) == []


def test_a_course_is_found_from_below_and_by_name(inside, monkeypatch, tmp_path):
    monkeypatch.chdir(inside / "exercises" / UNIT)
    assert run("build", "--check").exit_code == 0
    monkeypatch.chdir(tmp_path)
    (inside / "submitted").mkdir()
    assert run("mark", inside / "submitted", "--course", inside).exit_code == 0
    assert (inside / "class-report.html").is_file()


def test_mark_shows_points_names_what_needs_an_eye_and_says_where_things_lie(inside, submit, master):
    submit("anna", master)
    submit("ben", "{")
    shown = run("mark", "submitted")
    assert shown.exit_code == 0, shown.output
    unit = read_unit(inside, UNIT)
    (row,) = (line for line in shown.stdout.splitlines() if "anna" in line)
    assert row.replace("│", " ").split() == ["anna", UNIT, f"{sum(t.points for t in unit.tasks):g}", f"{unit.points:g}", "1"]
    assert f"ben/{UNIT}/{UNIT}.ipynb: this file breaks off" in shown.stdout
    for name in ("class-report.html", "feedback", "grades.csv", "gradebook.db", "autograded"):
        assert name in shown.stdout
        assert (inside / name).exists()
    assert "anna" not in (inside / "class-report-to-project.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["nothing", "nothing.ipynb", "nothing.zip"])
def test_mark_says_that_there_is_nothing_at_a_missing_path(name, inside):
    assert name in refused(run("mark", name))
    assert not (inside / "grades.csv").exists()


def test_where_nothing_could_be_marked_mark_says_so_and_points_at_no_folder_that_is_not_there(inside):
    (inside / "letter.txt").write_text("Dear teacher, my dog ate it.")
    shown = run("mark", "letter.txt")
    assert shown.exit_code == 0
    assert "No hand-in could be marked." in shown.output
    assert "letter.txt: this is not a notebook" in shown.output
    assert "feedback" not in shown.output


def test_square_brackets_in_a_file_name_are_no_styles(inside):
    (inside / "in").mkdir()
    (inside / "in" / "[red]anna[b].ipynb").write_text("{", encoding="utf-8")
    assert "[red]anna[b].ipynb: this file breaks off" in run("mark", "in").stdout


def test_a_file_name_that_is_no_text_does_not_stop_the_report(inside, master):
    """A name in Latin-1, out of an old zip."""
    (inside / "in").mkdir()
    (inside / "in" / "zoe.ipynb").write_text(json.dumps(master), encoding="utf-8")
    with open(os.fsencode(inside / "in") + b"/m\xfcller.ipynb", "wb") as file:
        file.write(b"{")
    shown = run("mark", "in")
    assert shown.exit_code == 0, repr(shown.exception)
    assert "breaks off" in shown.stdout
    assert "breaks off" in (inside / "class-report.html").read_text(encoding="utf-8")


def test_mark_takes_a_zip_and_one_notebook(inside, master):
    with zipfile.ZipFile("class.zip", "w") as archive:
        archive.writestr("anna.ipynb", json.dumps(master))
    Path("ben.ipynb").write_text(json.dumps(master), encoding="utf-8")
    for source, student in (("class.zip", "anna"), ("ben.ipynb", "ben")):
        assert run("mark", source).exit_code == 0
        assert (inside / "feedback" / student / UNIT / f"{UNIT}.html").is_file()


def test_at_the_keyboard_mark_asks_whose_a_file_is_and_keeps_the_answer(inside, master, monkeypatch):
    (inside / "in").mkdir()
    (inside / "in" / f"{UNIT}.ipynb").write_bytes(notebook_bytes(master))
    master["metadata"]["second"] = True
    (inside / "in" / f"{UNIT} (1).ipynb").write_bytes(notebook_bytes(master))
    monkeypatch.setattr(cli_mark, "at_the_keyboard", lambda: True)
    asked = CliRunner().invoke(cli.app, ["mark", "in"], input="Ann Ash\n\n")
    assert asked.exit_code == 0, asked.output
    assert "names of 2 files do not say whose they are" in asked.output
    assert (inside / "who.csv").read_text() == f"file,student\n{UNIT}.ipynb,Ann Ash\n"  # the older file is asked for first
    assert (inside / "feedback" / "Ann_Ash" / UNIT).is_dir()
    assert "name of this file does not say whose it is" in asked.output  # of the one that was left out


def test_the_class_report_counts_everyone_who_was_ever_marked(inside, submit, master):
    submit("anna", master)
    Path("ben.ipynb").write_text(json.dumps(master), encoding="utf-8")
    for source, count in (("submitted", 1), ("ben.ipynb", 2), ("ben.ipynb", 2)):
        assert run("mark", source).exit_code == 0
        said = f"{count} hand-in{'' if count == 1 else 's'} marked"
        assert said in " ".join((inside / "class-report.html").read_text(encoding="utf-8").split())


def test_build_check_ends_with_1_where_something_differs_and_changes_nothing(inside):
    release = release_path(inside, UNIT)
    release.write_bytes(release.read_bytes().replace(b"Whose voice", b"Whose choice"))
    before = release.read_bytes()
    assert f"exercises/{UNIT}" in refused(run("build", "--check"))
    assert release.read_bytes() == before


@pytest.mark.slow
def test_build_names_what_it_wrote_and_then_nothing(inside):
    release_path(inside, UNIT).unlink()
    assert run("build").stdout.strip() == f"written: exercises/{UNIT}/{UNIT}.ipynb"
    assert "up to date" in run("build").stdout
    assert run("build", "--check").exit_code == 0


def spoil_key(course):
    path = course / "solutions" / "keys" / "russia-must-act" / "voice.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("1.3,author", "1.3,auhtor"), encoding="utf-8")
    return "auhtor"


def lose_key(course):
    (course / "solutions" / "keys" / "russia-must-act" / "voice.csv").unlink()
    return "voice.csv"


def lose_asked(course):
    (course / "solutions" / "keys" / "russia-must-act" / "asked.csv").unlink()
    return "asked.csv"


def break_master(course):
    path = master_path(course, UNIT)
    path.write_bytes(path.read_bytes()[:1000])
    return UNIT


def edit_master(course, name: str, old: str, new: str) -> str:
    notebook = read_notebook(master_path(course, UNIT))
    found = cell(notebook, name) if name else next(c for c in notebook["cells"] if old in c["source"] and c["cell_type"] == "code")
    found["source"] = found["source"].replace(old, new)
    master_path(course, UNIT).write_bytes(notebook_bytes(notebook))
    return new


def name_no_text(course):
    return edit_master(course, "", "russia-must-act", "russia-must-wait")


def name_no_layer(course):
    edit_master(course, "voice-answers", "answers voice", "answers vioce")
    return UNIT


def ask_no_sentence(course):
    edit_master(course, "voice-answers", "asks: chosen", "asks: 1.3 99.9")
    return "99.9"


def test_each_thing_wrong_with_a_key_is_said_in_one_sentence_by_mark(inside, submit, master):
    submit("anna", master)
    assert spoil_key(inside) in refused(run("mark", "submitted"))
    assert lose_key(inside) in refused(run("mark", "submitted"))
    assert not (inside / "autograded").exists()


@pytest.mark.parametrize("spoil", [spoil_key, lose_key, lose_asked, break_master, name_no_text, name_no_layer, ask_no_sentence])
def test_each_thing_wrong_with_a_course_is_said_in_one_sentence_by_build(spoil, inside):
    assert spoil(inside) in refused(run("build"))


@pytest.mark.parametrize("spoil", [break_master, name_no_text, name_no_layer])
def test_each_thing_wrong_with_a_master_is_said_in_one_sentence_by_mark(spoil, inside, submit, exercise):
    submit("anna", exercise)
    assert spoil(inside) in refused(run("mark", "submitted"))


def test_a_unit_that_changes_while_it_is_in_use_is_said_in_one_sentence(inside, submit, master):
    """nbgrader's gradebook does not take other cells for a unit in which students have handed in."""
    submit("anna", master)
    assert run("mark", "submitted").exit_code == 0
    for path in (master_path(inside, UNIT), release_path(inside, UNIT)):
        notebook = read_notebook(path)
        notebook["cells"].remove(cell(notebook, "voice-written"))
        path.write_bytes(notebook_bytes(notebook))
    assert UNIT in refused(run("mark", "submitted"))


def test_demo_marks_a_class_names_each_way_of_reading_and_refuses_a_folder_of_others(tmp_path, monkeypatch):
    from readtwice import demo as demonstrating
    from readtwice.readers import WAYS

    marked = demonstrating.mark_class
    monkeypatch.setattr(
        demonstrating, "mark_class", lambda source, course, progress: start_gradebook(course) or marked(source, course, progress)
    )
    shown = run("demo", "--students", 8, "--to", tmp_path / "made")
    assert shown.exit_code == 0, shown.output
    assert "made up" in shown.stdout
    for way in WAYS:
        assert way.name in shown.stdout
    (tmp_path / "thesis.txt").write_text("all my work")
    assert "--to" in refused(run("demo", "--to", tmp_path))
    assert "thesis.txt" in refused(run("demo", "--to", tmp_path / "thesis.txt"))
    assert (tmp_path / "thesis.txt").read_text() == "all my work"


@pytest.mark.parametrize("arguments", [["demo", "--students", "0"], ["demo", "--students", "many"], ["mark"], ["bulid"]])
def test_a_command_typed_wrongly_ends_with_2_and_a_hint(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(("lessons", "first"), [(["1-whose-voice.ipynb", "0-before.ipynb"], ["lessons/0-before.ipynb"]), ([], [])])
def test_lab_opens_jupyterlab_of_this_python_in_the_course_at_its_first_lesson(lessons, first, inside, monkeypatch):
    shutil.rmtree(inside / "lessons")
    (inside / "lessons").mkdir()
    for name in lessons:
        (inside / "lessons" / name).write_text("{}")
    monkeypatch.chdir(inside / "exercises")
    started = []
    monkeypatch.setattr(subprocess, "call", lambda command, cwd: started.append((command, cwd)) or 3)
    assert run("lab").exit_code == 3
    start = [f"--LabApp.default_url=/lab/tree/{name}" for name in first]
    ((command, folder),) = started
    assert command[: 4 + len(start)] == [sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={inside}", *start][: 4 + len(start)]
    assert set(start) <= set(command)
    assert folder == inside


def test_files_that_need_a_human_eye_are_counted_as_files_each_with_all_its_notes(capsys):
    from readtwice.terminal import say_attention

    say_attention([("a.ipynb", "One thing."), ("b.ipynb", "it broke"), ("a.ipynb", "another"), ("a.ipynb", "One thing")])
    said = capsys.readouterr().out
    assert "2 files need a human eye" in said
    assert [line.strip() for line in said.splitlines() if line.strip()][1:] == ["a.ipynb:", "One thing.", "another.", "b.ipynb: it broke."]
