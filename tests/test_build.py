"""Building: exercises follow from masters byte for byte, and nothing of a key stands where students look."""

from __future__ import annotations

import csv
import json
import re
import shutil

import pandas
import pytest
from conftest import ROOT, UNIT, cell, change

from readtwice.answers import read_answers
from readtwice.build import build, check_build
from readtwice.cells import is_solution, source_of
from readtwice.keys import KeyProblem
from readtwice.kinds import kind_of
from readtwice.leaks import leaks
from readtwice.masters import asked_items, blank, fill
from readtwice.units import UnitProblem, master_path, read_unit, release_path, unit_names

KEYS = ROOT / "solutions" / "keys" / "russia-must-act"


def rows(name: str) -> list[dict[str, str]]:
    with (KEYS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ASKED = [row["item"] for row in rows("asked.csv") if row["layer"] == "voice"]
VOICE = {row["item"]: row for row in rows("voice.csv")}


def write_label(notebook) -> None:
    answers = cell(notebook, "voice-answers")
    answers["source"] = answers["source"].replace("1.3: author", "1.3: distance")


def write_asked(line: str):
    def edit(notebook) -> None:
        answers = cell(notebook, "voice-answers")
        answers["source"] = re.sub(r"(?m)^# asks:.*\n", line, answers["source"])

    return edit


def test_the_committed_course_is_what_a_build_gives():
    assert check_build(ROOT) == []


def test_a_build_mends_what_was_edited_and_a_second_one_finds_nothing_to_do(course):
    master, release = master_path(course, UNIT), release_path(course, UNIT)
    change(master, write_label)
    release.unlink()
    assert build(course) == [master, release]
    assert master.read_bytes() == master_path(ROOT, UNIT).read_bytes()
    assert release.read_bytes() == release_path(ROOT, UNIT).read_bytes()
    assert build(course) == []


def test_a_check_names_every_file_that_is_not_as_its_master_gives_it(course):
    change(master_path(course, UNIT), write_label)
    change(release_path(course, UNIT), lambda nb: nb["cells"][0].update(source="# Another heading"))
    (release_path(course, UNIT).parent / "words.csv").write_text("a,b\n", encoding="utf-8")
    (course / "lessons" / "notes.md").write_text(VOICE["6.1"]["reason"], encoding="utf-8")
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    problems = check_build(course)
    for where in (f"solutions/{UNIT}/{UNIT}.ipynb", f"exercises/{UNIT}/{UNIT}.ipynb", f"exercises/{UNIT}/words.csv", "lessons/notes.md"):
        assert [problem for problem in problems if problem.startswith(where)], where
    assert len(problems) == 4
    assert {path: path.read_bytes() for path in course.rglob("*") if path.is_file()} == before


def test_a_check_says_of_a_missing_exercise_that_a_build_makes_it(course):
    release_path(course, UNIT).unlink()
    (problem,) = check_build(course)
    assert problem.startswith(f"exercises/{UNIT}/{UNIT}.ipynb is missing")
    assert "readtwice build" in problem


def into_markdown(notebook, text):
    notebook["cells"][1]["source"] += f"\n\n{text}"


def into_code(notebook, text):
    cell(notebook, "voice-answers")["source"] += f"\n# {text}"


def into_output(notebook, text):
    shown = {"output_type": "display_data", "metadata": {}, "data": {"text/html": ["<p>\n", text, "</p>"]}}
    cell(notebook, "voice")["outputs"] = [shown]


def into_stream(notebook, text):
    cell(notebook, "voice")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": [f"{text}\n"]}]


def into_metadata(notebook, text):
    notebook["cells"][0]["metadata"] = {"note": {"for the teacher": [text]}}


def into_table(notebook, text):
    item, _, label = text.partition(": ")
    notebook["cells"][1]["source"] += f"\n\n| sentence | label |\n|---|---|\n| {item} | `{label}` |"


def into_frame(notebook, text):
    """What a table cell shows that was run in a master."""
    item, _, label = text.partition(": ")
    frame = pandas.DataFrame([{"item": item, "paragraph": 6, "words": 25, "label": label.partition(" |")[0]}])
    shown = {"output_type": "execute_result", "metadata": {}, "execution_count": 1}
    cell(notebook, "voice")["outputs"] = [{**shown, "data": {"text/html": frame.to_html(), "text/plain": repr(frame)}}]


PLACES = [into_markdown, into_code, into_output, into_stream, into_metadata]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", [VOICE["6.1"]["reason"], VOICE["1.1"]["reason"].replace(" ", "\n"), VOICE["9.2"]["reason"].upper()])
def test_a_reason_of_the_key_is_found_wherever_it_stands_in_an_exercise(place, text, course):
    change(release_path(course, UNIT), lambda notebook: place(notebook, text))
    assert any("reason" in problem for problem in leaks(course, read_unit(course, UNIT)))


@pytest.mark.parametrize("place", [*PLACES, into_table, into_frame])
@pytest.mark.parametrize("text", ["6.1: author", "2.1: quote | Blinken", "19.3: Distance"])
def test_a_label_of_an_asked_sentence_right_or_not_is_found_wherever_it_stands_in_an_exercise(place, text, course):
    item = text.partition(":")[0]
    assert item in ASKED
    change(release_path(course, UNIT), lambda notebook: place(notebook, text))
    assert any(f"{item}: " in problem for problem in leaks(course, read_unit(course, UNIT)))


@pytest.mark.parametrize("name", ["answers.csv", "more/notes.txt", "draft.ipynb"])
@pytest.mark.parametrize("folder", ["exercises", "lessons"])
def test_a_label_in_another_file_for_students_is_found(folder, name, course):
    path = course / folder / name
    path.parent.mkdir(exist_ok=True)
    text = "russia-must-act\n6.1,report\n6.2,author\n"
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text}]
    path.write_text(json.dumps({"cells": cells}) if name.endswith(".ipynb") else text, encoding="utf-8")
    found = [problem for problem in leaks(course, read_unit(course, UNIT)) if f"{folder}/{name}" in problem]
    assert len(found) == 2


def test_an_asked_number_in_an_exercise_is_found(course):
    def edit(notebook):
        numbers = cell(notebook, "shares-answers")
        numbers["source"] = numbers["source"].replace("share of author:", "share of author: 0.67")

    change(release_path(course, UNIT), edit)
    (problem,) = leaks(course, read_unit(course, UNIT))
    assert "share of author" in problem


@pytest.mark.parametrize(
    ("line", "asked"),
    [("# asks: chosen\n", set(ASKED)), ("# asks: all\n", set(VOICE)), ("# asks: 2.1 14.1 1.3\n", {"2.1", "14.1", "1.3"})],
    ids=["chosen", "all", "explicit"],
)
def test_the_line_asks_says_which_sentences_lose_their_label_in_the_exercise(line, asked, master, voice, article):
    write_asked(line)(master)
    fill(master, UNIT, ROOT / "solutions")
    filled, blanked = (read_answers(source, voice, article) for source in both_copies(master))
    assert {item: (row.label, row.detail) for item, row in filled.rows.items()} == {i: (r["label"], r["detail"]) for i, r in VOICE.items()}
    assert {item for item, row in blanked.rows.items() if not row.label} == asked
    assert {item for item, row in blanked.rows.items() if row.given} == set(VOICE) - asked
    assert blanked.problems == ()


def both_copies(master) -> tuple[str, str]:
    source = cell(master, "voice-answers")["source"]
    return source, blank(source)


@pytest.mark.slow
def test_an_answer_cell_with_all_asked_makes_a_unit_that_asks_all(course):
    change(master_path(course, UNIT), write_asked("# asks: all\n"))
    build(course)
    unit = read_unit(course, UNIT)
    assert set(unit.tasks[0].asked) == set(VOICE)
    assert check_build(course) == []


def without_read(notebook) -> None:
    notebook["cells"] = [c for c in notebook["cells"] if "read(" not in source_of(c) or is_solution(c)]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (without_read, r"opens no text.*read\("),
        (write_asked(""), "needs a line  # asks"),
        (write_asked("# asks: 1.3 6.1 99.9\n"), "no sentence 99.9"),
        (write_asked("# asks: 1.3 1.1 3.1 4.1 4.2 4.3\n"), "author answers 6 of 6"),
        (lambda nb: cell(nb, "shares-answers").update(source="%%answers shares\n# asks: share of Nobody\n"), "share of Nobody"),
        (lambda nb: cell(nb, "voice-answers").update(source="%%answers vioce\n# asks: all\n"), "vioce"),
    ],
    ids=["no text", "no asks", "unknown sentence", "one label only", "unknown number", "unknown layer"],
)
def test_what_is_wrong_with_a_master_is_said_in_a_sentence_that_names_it(edit, message, course):
    change(master_path(course, UNIT), edit)
    with pytest.raises((UnitProblem, KeyProblem), match=message):
        build(course)


def test_an_unknown_sentence_in_the_table_of_asked_items_is_named(article, tmp_path):
    folder = tmp_path / "keys" / article.name
    shutil.copytree(ROOT / "solutions" / "keys" / article.name, folder)
    (folder / "asked.csv").write_text("layer,item\nvoice,1.3\nvoice,77.7\nmove,88.8\n", encoding="utf-8")
    with pytest.raises(UnitProblem, match=r"77\.7") as problem:
        asked_items(kind_of("voice", article), article, "chosen", tmp_path)
    assert "88.8" not in str(problem.value)


def test_blanking_keeps_ids_and_given_lines_and_nothing_else():
    source = "%%answers voice\n# asks: chosen\n= T: author\n1.3: author\n2.1: quote | Blinken: he said\n# 2.1: quote\n= 3.1: author"
    assert blank(source) == "%%answers voice\n= T: author\n1.3:\n2.1:\n= 3.1: author"


def strings(value) -> list[str]:
    """Every string in a notebook, keys too, and every list of strings joined."""
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in strings(part)]
    if isinstance(value, list):
        joined = ["".join(value)] if all(isinstance(part, str) for part in value) else []
        return joined + [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize(
    "path", sorted([*ROOT.glob("exercises/**/*.ipynb"), *ROOT.glob("lessons/*.ipynb")]), ids=lambda path: path.parent.name
)
def test_no_reason_and_no_label_of_an_asked_sentence_stands_in_what_students_get(path):
    """Looked for anew, without the package's own search."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for text in strings(notebook):
        squeezed = " ".join(text.split())
        assert not [row["item"] for row in VOICE.values() if row["reason"] in squeezed]
    if path.parts[-3] == "exercises":
        labels = {row["label"] for row in VOICE.values()}
        for line in (line for text in strings(notebook) for line in text.splitlines()):
            if any(re.match(rf"\W*{re.escape(item)}\b", line) for item in ASKED):
                assert not labels & set(re.findall(r"\w+", line)), line
        if UNIT not in path.name:
            return
        answers = "".join(cell(notebook, "voice-answers")["source"]).splitlines()
        assert [line for line in answers if line.rstrip(":") in ASKED] == [f"{item}:" for item in VOICE if item in ASKED]


def test_another_text_takes_the_place_of_the_article_with_equal_points_and_back(course):
    before = {path: path.read_bytes() for path in course.rglob("*.ipynb")}
    build(course, "parallel")
    assert check_build(course) == []
    for name in unit_names(course):
        article, parallel = read_unit(ROOT, name), read_unit(course, name)
        assert [(t.test, t.points, len(t.asked)) for t in article.tasks] == [(t.test, t.points, len(t.asked)) for t in parallel.tasks]
        assert parallel.points == article.points
        assert b"russia-must-act" not in release_path(course, name).read_bytes()
    build(course, "russia-must-act")
    assert {path: path.read_bytes() for path in course.rglob("*.ipynb")} == before


@pytest.mark.parametrize("name", ["harbour", "nowhere", "form-a-plea"])
def test_a_text_that_nobody_can_be_graded_on_is_refused_and_nothing_changes(name, course):
    before = {path: path.read_bytes() for path in course.rglob("*.ipynb")}
    with pytest.raises(UnitProblem, match="russia-must-act"):
        build(course, name)
    assert {path: path.read_bytes() for path in course.rglob("*.ipynb")} == before


def test_a_cell_for_one_text_reaches_the_exercise_on_that_text_only(course):
    def add(notebook):
        for name in ("russia-must-act", "parallel"):
            notebook["cells"].insert(
                0, {"cell_type": "markdown", "id": name, "metadata": {"tags": [f"only-{name}"]}, "source": f"About {name}."}
            )

    change(master_path(course, UNIT), add)
    for name, other in (("parallel", "russia-must-act"), ("russia-must-act", "parallel")):
        build(course, name)
        said = release_path(course, UNIT).read_text(encoding="utf-8")
        assert f"About {name}." in said
        assert f"About {other}." not in said
