"""A hand-in: the student's texts are kept, whatever happened to the notebook around them, and nothing else of it is."""

from __future__ import annotations

import copy
import json
import random
import re

import pytest
from conftest import ROOT, UNIT, answered, cell
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbconvert.filters import markdown2html
from pages import Page

from readtwice.answers import read_answers
from readtwice.cells import grade_id, is_solution, is_test, source_of
from readtwice.hand_in import NOTES, make_inert, mark_tasks, notes_of, other_text, restore, written_text
from readtwice.mark_batch import HandIn, mark_one
from readtwice.numbers import RECIPES
from readtwice.schemes import read_scheme
from readtwice.units import Unit, read_notebook, read_unit, unit_names

ESSAY = "I chose 19.3 and said `distance`.\n\nThe word “partners” stands in quotation marks, and *nobody* is named."
WRITTEN = "voice-written"
UNIT_1 = read_unit(ROOT, UNIT)


@pytest.fixture
def texts(master) -> dict[str, str]:
    """What a good student has in each solution cell, by grade id."""
    return {name: ESSAY if name == WRITTEN else cell(master, name)["source"] for name in ("voice-answers", "shares-answers", WRITTEN)}


@pytest.fixture
def student(exercise, texts):
    return answered(exercise, texts)


def test_what_was_written_to_be_compared_by_oneself_is_shown_as_text_and_costs_no_note():
    unit = read_unit(ROOT, "2-what-kind-of-statement")
    student = json.loads(json.dumps(unit.release))
    (own,) = [c for c in student["cells"] if "self-check" in c["metadata"].get("tags", [])]
    own["source"] = "<b>4.1</b> is interpretation, for nobody has declared the aim."
    restored = restore(student, unit.release)
    (shown,) = [c["source"] for c in restored["cells"] if c["id"] == NOTES]
    assert "You wrote this for yourself" in shown
    assert "is interpretation, for nobody has declared the aim." in shown
    assert "<b>" not in shown
    assert notes_of(restored) == ()


def new_cell(source: str, cell_type: str = "markdown") -> dict:
    return {"cell_type": cell_type, "id": "typed-anew", "metadata": {}, "source": source}


def lose_a_test_cell(nb):
    nb["cells"].remove(cell(nb, "voice"))


def claim_1000_points(nb):
    for c in nb["cells"]:
        if grade_id(c):
            c["metadata"]["nbgrader"] |= {"points": 1000, "locked": False}


def strip_metadata(nb):
    nb["metadata"] = {}
    for c in nb["cells"]:
        c["metadata"] = {}


def strip_metadata_and_ids(nb):
    nb.pop("metadata")
    for c in nb["cells"]:
        del c["id"], c["metadata"]


def spoil_metadata(nb):
    for c in nb["cells"]:
        c["metadata"] = [None, "nbgrader"]


def retype_the_written_answer(nb):
    at = nb["cells"].index(cell(nb, WRITTEN))
    nb["cells"][at] = new_cell(ESSAY)


def write_below_the_untouched_cell(nb):
    old = cell(nb, WRITTEN)
    old["source"] = source_of(cell(UNIT_1.release, WRITTEN))
    nb["cells"].insert(nb["cells"].index(old) + 1, new_cell(ESSAY))


def write_below_the_emptied_cell(nb):
    """The stub says “Delete this line first”: some do, and then type one cell further down."""
    write_below_the_untouched_cell(nb)
    cell(nb, WRITTEN)["source"] = ""


def write_in_a_code_cell(nb):
    write_below_the_untouched_cell(nb)
    next(c for c in nb["cells"] if c["id"] == "typed-anew")["cell_type"] = "code"


def turn_answer_cells_into_markdown(nb):
    for c in nb["cells"]:
        if is_solution(c):
            c["cell_type"] = "markdown"
            c.pop("outputs", None)


def reverse_the_cells(nb):
    nb["cells"].reverse()


def strip_metadata_and_reverse(nb):
    strip_metadata(nb)
    reverse_the_cells(nb)


def shuffle_the_cells(nb):
    random.Random(3).shuffle(nb["cells"])


def keep_sources_as_lines(nb):
    for c in nb["cells"]:
        c["source"] = c["source"].splitlines(keepends=True)


def save_as_version_3(nb):
    for c in nb["cells"]:
        del c["id"]
        if c["cell_type"] == "code":
            c["input"] = c.pop("source").splitlines(keepends=True)
    nb["worksheets"] = [{"cells": nb.pop("cells"), "metadata": {}}]
    nb |= {"nbformat": 3, "nbformat_minor": 0}


def mix_in_rubbish(nb):
    rubbish = [None, 7, "text", [], {}, {"cell_type": "code"}, {"source": None}, {"source": [1, None]}, {"source": {"a": 1}}, {"id": []}]
    for n, thing in enumerate(rubbish):
        nb["cells"].insert(2 * n, thing)


DAMAGES = [lose_a_test_cell, claim_1000_points, strip_metadata, strip_metadata_and_ids, spoil_metadata, retype_the_written_answer,
           write_below_the_untouched_cell, write_below_the_emptied_cell, write_in_a_code_cell, turn_answer_cells_into_markdown,
           reverse_the_cells, strip_metadata_and_reverse, shuffle_the_cells,
           keep_sources_as_lines, save_as_version_3, mix_in_rubbish]  # fmt: skip


def assert_nothing_but_texts(restored, release) -> None:
    """Beside its solution texts and the notes at the end, a restored notebook is the release."""
    plain = copy.deepcopy({**restored, "cells": [c for c in restored["cells"] if c["id"] != NOTES]})
    for c in plain["cells"]:
        if is_solution(c):
            c["source"] = cell(release, grade_id(c))["source"]
    assert plain == release


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_students_texts_survive_and_nothing_else_does(damage, student, texts, exercise):
    for c in student["cells"]:
        c["metadata"]["trusted"] = "mine"
        if c["cell_type"] == "code":
            c["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "mine"}]
    cell(student, "shares")["source"] = "20.0"
    damage(student)
    restored = restore(json.loads(json.dumps(student)), exercise)
    assert {name: cell(restored, name)["source"] for name in texts} == texts
    assert_nothing_but_texts(restored, exercise)


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_changes_no_points(damage, student, exercise, unit):
    unharmed = mark_tasks(restore(student, exercise), unit)
    damage(student)
    assert mark_tasks(restore(student, exercise), unit) == unharmed


def test_answer_cells_are_known_by_their_first_line_wherever_they_stand(student, exercise, texts):
    strip_metadata_and_ids(student)
    student["cells"].reverse()
    restored = restore(student, exercise)
    for name in ("voice-answers", "shares-answers"):
        assert cell(restored, name)["source"] == texts[name]


def shown_at_end(notebook) -> str:
    end = notebook["cells"][-1]
    assert end["id"] == NOTES
    return written_text("<pre" + end["source"].partition("<pre")[2])


def test_an_untouched_or_sound_notebook_gets_no_notes(exercise, student):
    for notebook in (exercise, student):
        assert notes_of(restore(notebook, exercise)) == ()


def test_of_a_copied_answer_cell_one_is_marked_and_the_other_shown(student, exercise, texts):
    other = "%%answers voice\n1.3: distance"
    student["cells"].insert(3, {**cell(student, "voice-answers"), "id": "copied", "source": other})
    restored = restore(student, exercise)
    assert cell(restored, "voice-answers")["source"] == texts["voice-answers"]
    assert shown_at_end(restored) == other
    assert any("twice" in note for note in notes_of(restored))


def test_an_untouched_copy_of_an_answer_cell_does_not_hide_the_answers(student, exercise, texts):
    student["cells"].append({**cell(exercise, "voice-answers"), "id": "copied"})
    assert cell(restore(student, exercise), "voice-answers")["source"] == texts["voice-answers"]


def test_cells_of_the_students_own_are_shown_at_the_end_and_cannot_act(student, exercise):
    own = "<script>alert(1)</script>\n![x](http://x.example/x.png)"
    student["cells"].insert(4, new_cell(own))
    restored = restore(student, exercise)
    assert shown_at_end(restored) == own
    assert_nothing_but_texts(restored, exercise)
    assert Page(markdown2html(restored["cells"][-1]["source"])).elements <= {"h3", "ul", "li", "p", "pre"}


def test_what_was_typed_into_a_given_cell_is_shown_at_the_end(student, exercise):
    """Some front ends do not lock cells: an answer under the task, in the task's own cell, must reach the teacher."""
    cell(student, "voice-written-task")["source"] += "\n\nMy answer: 14.1 is distance."
    assert "My answer: 14.1 is distance." in shown_at_end(restore(student, exercise))


def test_a_missing_answer_cell_is_said_and_marked_as_blank(student, exercise, unit):
    student["cells"].remove(cell(student, "voice-answers"))
    restored = restore(student, exercise)
    assert any("missing" in note for note in notes_of(restored))
    assert mark_tasks(restored, unit)["voice"].score == 0


def points_shown(notebook) -> dict[str, str]:
    return {grade_id(c): c["outputs"][0]["data"]["text/plain"] for c in notebook["cells"] if is_test(c)}


@pytest.mark.parametrize("name", unit_names(ROOT))
def test_a_lesson_that_was_handed_in_for_the_exercise_is_named_as_one_and_not_marked(name):
    unit = read_unit(ROOT, name)
    assert "this is the lesson" in other_text(read_notebook(ROOT / "lessons" / f"{name}.ipynb"), unit)
    assert other_text(unit.release, unit) == ""


def test_asked_items_that_stand_as_given_are_marked_and_named_to_the_teacher(master, unit):
    answers = cell(master, "voice-answers")
    answers["source"] = re.sub(r"^(2\.1|5\.2):", r"= \1:", answers["source"], flags=re.MULTILINE)
    marked, marks = mark_one(HandIn("x", "ann", UNIT, json.dumps(master).encode()), unit)
    assert marks["voice"].right == marks["voice"].asked
    (note,) = marked.notes
    assert note.startswith("2 asked items stand behind an equals sign (2.1, 5.2)")


def test_full_marks_for_the_master_and_none_with_a_friendly_word_for_the_exercise(master, exercise, unit):
    full, blank = restore(master, exercise), restore(exercise, exercise)
    mark_tasks(full, unit)
    mark_tasks(blank, unit)
    assert points_shown(full) == {task.test: repr(task.points) for task in unit.tasks}
    assert points_shown(blank) == {task.test: "0.0" for task in unit.tasks}
    for c in filter(is_test, blank["cells"]):
        assert "nothing to mark" in c["outputs"][0]["data"]["text/html"]


@pytest.mark.parametrize("label", read_scheme("voice").names)
def test_one_label_everywhere_earns_nothing_on_labels_nor_on_numbers_counted_from_them(label, exercise, unit):
    scheme, voice, shares = read_scheme("voice"), *unit.tasks
    said = f"{label} | Blinken" if scheme[label].asks_detail else label
    labels = re.sub(r"(?m)^([\d.T]+):$", rf"\1: {said}", cell(exercise, voice.answer_cell)["source"])
    counted = RECIPES["shares"].expected(read_answers(labels, scheme, voice.text), scheme, voice.text, shares.asked)
    numbers = "\n".join(["%%answers shares", *(f"{name}: {value:.2f}" for name, value in counted.items())])
    notebook = answered(exercise, {voice.answer_cell: labels, shares.answer_cell: numbers})
    marks = mark_tasks(notebook, unit)
    assert marks["voice"].answered == len(voice.asked)
    assert points_shown(notebook) == {"voice": "0.0", "shares": "0.0"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "source", "input", "metadata", "nbgrader", "grade_id"]), inner, max_size=4)
    ),
    max_leaves=12,
)
lines = st.lists(st.one_of(st.text(max_size=30), st.sampled_from(["1.3: author", "6.1: report | Blinken", "%%answers shares", "T: quote"])))
grade_ids = st.sampled_from(["voice", "voice-answers", WRITTEN])
cells = st.fixed_dictionaries(
    {"source": st.one_of(json_values, lines.map("\n".join), lines)},
    optional={
        "id": st.sampled_from(["u1-voice", "u1-written", "readtwice-notes"]) | json_values,
        "metadata": json_values
        | st.fixed_dictionaries({"nbgrader": st.fixed_dictionaries({"grade_id": st.sampled_from(["voice", WRITTEN])})}),
        "cell_type": json_values,
    },
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(notebook=st.fixed_dictionaries({"cells": json_values | st.lists(cells | json_values, max_size=6)}) | json_values)
def test_whatever_is_handed_in_the_points_are_plain_floats_within_the_tasks(notebook):
    unit: Unit = UNIT_1
    restored = restore(notebook, unit.release)
    assert_nothing_but_texts(restored, unit.release)
    mark_tasks(restored, unit)
    for task in unit.tasks:
        shown = points_shown(restored)[task.test]
        assert re.fullmatch(r"\d+\.\d+", shown)
        assert 0 <= float(shown) <= task.points
    make_inert(restored)
    for c in restored["cells"]:
        if c["cell_type"] == "markdown" and (is_solution(c) or c["id"] == NOTES):
            assert Page(c["source"]).elements <= {"pre", "h3", "ul", "li", "p"}


def halves(source: str) -> tuple[str, str]:
    """An answer cell's text as JupyterLab splits it in the middle."""
    lines = source.split("\n")
    return "\n".join(lines[: len(lines) // 2]), "\n".join(lines[len(lines) // 2 :])


@pytest.mark.parametrize("keeps", ["all", "only-the-first", "none"], ids=lambda keeps: f"metadata: {keeps}")
def test_an_answer_that_was_split_is_put_together_and_marked_whole(keeps, master, exercise, unit):
    whole = mark_tasks(restore(copy.deepcopy(master), exercise), unit)
    at = next(i for i, c in enumerate(master["cells"]) if grade_id(c) == "voice-answers")
    first, second = halves(master["cells"][at]["source"])
    bare = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    kept = master["cells"][at]
    pair = [{**(kept if keeps != "none" else bare), "source": first}, {**(kept if keeps == "all" else bare), "id": "new", "source": second}]
    master["cells"][at : at + 1] = pair
    restored = restore(master, exercise)
    assert mark_tasks(restored, unit) == whole
    assert any("split over several cells" in note for note in notes_of(restored))


def test_two_answers_in_one_cell_are_taken_apart_again(master, exercise, unit):
    whole = mark_tasks(restore(copy.deepcopy(master), exercise), unit)
    voice, shares = cell(master, "voice-answers"), cell(master, "shares-answers")
    voice["source"] += "\n" + shares["source"]
    master["cells"].remove(shares)
    assert mark_tasks(restore(master, exercise), unit) == whole


def test_of_two_answers_to_the_same_items_one_is_marked_and_the_other_shown(master, exercise, unit):
    at = next(i for i, c in enumerate(master["cells"]) if grade_id(c) == "voice-answers")
    other = {**master["cells"][at], "id": "copy", "source": "%%answers voice\n1.3: distance"}
    master["cells"].insert(at + 1, other)
    restored = restore(master, exercise)
    assert mark_tasks(restored, unit)["voice"].score == 1
    assert "1.3: distance" in shown_at_end(restored)
    assert any("twice" in note for note in notes_of(restored))
