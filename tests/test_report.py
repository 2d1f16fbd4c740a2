"""The class report: what stands first, what is never shown, and what a teacher sees when there is little or nothing to report."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from html import unescape

import pytest
from classes import mark
from conftest import ROOT, UNIT
from hypothesis import given
from hypothesis import strategies as st
from misreadings import MISREADINGS
from typer.testing import CliRunner

from readtwice import cli
from readtwice.agreement import FEWEST
from readtwice.answers import Answer, Answers
from readtwice.class_strip import class_strips
from readtwice.learning import change
from readtwice.mark_batch import Standing
from readtwice.marking import Marks
from readtwice.outcome import Outcome
from readtwice.page import NO_RESPONSE
from readtwice.readers import WAYS, hand_in_of
from readtwice.report import REPORT, TO_PROJECT, report, report_to_project
from readtwice.results import latest, layer_results, sheets
from readtwice.schemes import layer_names, read_scheme
from readtwice.stuck import stuck
from readtwice.talk import ITEMS, question, talk_about
from readtwice.tally import tally
from readtwice.units import read_unit, unit_names
from readtwice.whole_class import whole_class

BEFORE, AFTER = unit_names(ROOT)[0], unit_names(ROOT)[-1]
LAYERS = {"voice": unit_names(ROOT)[1], "statement": unit_names(ROOT)[2], "gloss": unit_names(ROOT)[3], "move": unit_names(ROOT)[6]}


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)).split())


def marks_of(unit, layer: str, says, objection: str = "") -> Marks:
    """The marks of a reader on a layer: `says` turns an item's key row into the label, and details are the key's."""
    task = next(task for task in unit.tasks if task.layer == layer)
    key = unit.key(task)
    rows = {item: Answer(item, said, row.detail) for item, row in key.rows.items() if (said := says(row))}
    marks = task.kind(task.parts[0]).mark(Answers(layer, rows), key)
    return replace(marks, objections=((next(iter(key.rows)), objection),) if objection else ())


def class_of(unit, layer: str, readers: dict[str, Marks]) -> Outcome:
    """A class that has done one layer of a unit."""
    test = next(task.test for task in unit.tasks if task.layer == layer)
    others = {task.test: Marks(task.layer, (), 0.0) for task in unit.tasks}
    tallies = tally(((name, others | {test: marks}) for name, marks in readers.items()), unit)
    return Outcome(points={(name, unit.name): 1.0 for name in readers}, tallies=tallies, students=set(readers))


def right(row) -> str:
    return row.label


@pytest.mark.parametrize("layer", LAYERS)
def test_a_planted_confusion_is_the_first_that_the_report_names_and_its_items_are_the_ones_to_talk_about(layer):
    unit = read_unit(ROOT, LAYERS[layer])
    planted = next(misreading for misreading in MISREADINGS if misreading.layer == layer)
    wrongly = {f"w{n}": marks_of(unit, layer, lambda row: planted.said if row.label == planted.key else row.label) for n in range(8)}
    outcome = class_of(unit, layer, wrongly | {f"r{n}": marks_of(unit, layer, right) for n in range(4)})
    page = report(outcome, {unit.name: unit})
    (first,) = re.findall(r"What was taken for what.*?<li>(.*?)</li>", page, re.DOTALL)
    assert f"{planted.said} where the key says {planted.key}" in words(first)
    assert "To try:" in words(first)
    talks = talk_about(layer_results(outcome, {unit.name: unit}))
    assert {talk.item.key.label for talk in talks if talk.item.share < 1} == {planted.key}
    assert all(talk.other == planted.said and talk.item.right == 4 for talk in talks if talk.item.share < 1)
    assert all(talk.thought and talk.question for talk in talks[:1])
    test = read_scheme(layer)[planted.said].test
    assert all(test in words(said) for said in (page, report_to_project(outcome, {unit.name: unit})))


def test_the_items_to_talk_about_are_the_hardest_and_no_sheet_is_among_them():
    unit = read_unit(ROOT, LAYERS["move"])
    readers = {f"r{n}": marks_of(unit, "move", lambda row, n=n: "none" if hash((row.item, n)) % 3 else row.label) for n in range(9)}
    layers = layer_results(class_of(unit, "move", readers), {unit.name: unit})
    talks = talk_about(layers)
    assert len(talks) == ITEMS
    shares = [talk.item.share for talk in talks]
    assert shares == sorted(shares)
    sheet = read_unit(ROOT, BEFORE)
    took = class_of(sheet, "form-a", {f"r{n}": marks_of(sheet, "form-a", lambda row: "a") for n in range(9)})
    assert talk_about(layer_results(took, {BEFORE: sheet})) == []


@pytest.mark.parametrize("readers", [1, FEWEST - 1])
def test_what_fewer_than_five_readers_said_is_shown_on_neither_page(readers, unit):
    outcome = class_of(unit, "voice", {f"r{n}": marks_of(unit, "voice", lambda row: "author") for n in range(readers)})
    for page in (report(outcome, {UNIT: unit}), report_to_project(outcome, {UNIT: unit})):
        said = words(page)
        assert f"fewer than {FEWEST} readers are not shown" in said
        assert "Talk about" not in said
        assert "mean score" not in said
        assert not re.search(r"\d+ %", said)


def test_an_item_that_few_answered_is_not_shown_apart_in_a_layer_that_many_did(unit):
    (first, *_) = unit.tasks[0].asked
    readers = {f"r{n}": marks_of(unit, "voice", lambda row, n=n: "" if row.item == first and n > 2 else row.label) for n in range(9)}
    outcome = class_of(unit, "voice", readers)
    assert f"fewer than {FEWEST} answered" in words(report(outcome, {UNIT: unit}))
    (layer, *_) = layer_results(outcome, {UNIT: unit})
    (_, blocks), *_ = class_strips(layer)
    assert next(block for block in blocks if block.item == first).label is None
    assert all(talk.item.key.item != first for talk in talk_about([layer]))


@given(st.lists(st.sampled_from(read_scheme("voice").names), min_size=FEWEST, max_size=12))
def test_a_strip_shows_the_commonest_label_and_its_share_of_those_who_answered(said):
    unit = read_unit(ROOT, UNIT)
    (item, *_) = unit.tasks[0].asked
    readers = {f"r{n}": marks_of(unit, "voice", lambda row, one=one: one if row.item == item else row.label) for n, one in enumerate(said)}
    (layer, *_) = layer_results(class_of(unit, "voice", readers), {UNIT: unit})
    (_, blocks), *_ = class_strips(layer)
    block = next(block for block in blocks if block.item == item)
    most = max(said.count(label) for label in said)
    assert block.share == most / len(said)
    assert said.count(block.label.name) == most
    assert sum(block.label is not None for block in blocks) == len(unit.tasks[0].parts[0].asked)


def test_objections_are_gathered_by_item_for_the_teacher_and_no_word_of_them_is_projected(unit):
    theirs = {f"Zoe-{n}": marks_of(unit, "voice", lambda row: "author", f"Ask my aunt Zoe, no. {n}") for n in range(25)}
    outcome = class_of(unit, "voice", theirs)
    page = words(report(outcome, {UNIT: unit}))
    assert page.count("Ask my aunt Zoe") >= 20
    assert "and 5 more" in page
    projected = report_to_project(outcome, {UNIT: unit})
    assert "Zoe" in report(outcome, {UNIT: unit})
    assert "Zoe" not in projected
    assert "Talk about" in words(report(outcome, {UNIT: unit}))
    assert "How we split" in projected


def test_objections_are_the_same_in_whatever_order_the_hand_ins_come(unit):
    theirs = {f"r{n}": marks_of(unit, "voice", right, f"no. {n}") for n in range(30)}
    other = dict(random.Random(1).sample(list(theirs.items()), len(theirs)))
    assert class_of(unit, "voice", theirs).tallies == class_of(unit, "voice", other).tallies


def test_an_objection_to_an_earlier_unit_is_still_there_when_the_next_has_come_in(unit):
    later = read_unit(ROOT, LAYERS["statement"])
    first = class_of(unit, "voice", {"ann": marks_of(unit, "voice", lambda row: row.label, "nobody speaks here")})
    last = class_of(later, "statement", {f"r{n}": marks_of(later, "statement", lambda row: row.label) for n in range(FEWEST)})
    both = Outcome(points=first.points | last.points, tallies=first.tallies | last.tallies)
    said = words(report(both, {UNIT: unit, later.name: later}))
    assert said.startswith(f"Class report Class report: {later.name}")
    assert "“nobody speaks here”" in said


def test_an_objection_in_a_hand_in_reaches_the_report(course, submit, exercise):
    for c in exercise["cells"]:
        c["source"] = c["source"].replace("\n2.1:", "\n2.1: author\n# I disagree: nobody <b>speaks</b> here", 1)
    submit("ann", exercise)
    mark(course)
    whole = whole_class(course, {UNIT: read_unit(course, UNIT)})
    page = report(whole, {UNIT: read_unit(course, UNIT)})
    assert "nobody &lt;b&gt;speaks&lt;/b&gt; here" in page


def test_before_and_after_are_compared_for_those_who_took_both_and_for_no_fewer_than_five():
    units = {name: read_unit(ROOT, name) for name in (BEFORE, AFTER)}

    def took(name, layer, readers):
        return class_of(units[name], layer, readers)

    def share(unit, layer, n):
        key = list(unit.key(next(task for task in unit.tasks if task.layer == layer)).rows)
        return marks_of(unit, layer, lambda row: row.label if key.index(row.item) < n else "abcd"[("abcd".index(row.label) + 1) % 4])

    for readers in (FEWEST - 1, 9):
        first = took(BEFORE, "form-a", {f"r{n}": share(units[BEFORE], "form-a", 4 + n % 4) for n in range(readers + 3)})
        last = took(AFTER, "form-b", {f"r{n}": share(units[AFTER], "form-b", 7 + n % 5) for n in range(readers)})
        both = Outcome(points=first.points | last.points, tallies=first.tallies | last.tallies)
        found, changed = sheets(both, units)
        assert [sheet.readers for sheet in found] == [readers + 3, readers]
        before = {f"r{n}": (4 + n % 4) / 12 for n in range(readers + 3)}
        after = {f"r{n}": (7 + n % 5) / 12 for n in range(readers)}
        assert changed == change(before, after)
        page = words(report(both, units))
        assert ("percentage points" in page) is (readers >= FEWEST)
        assert (f"{100 * changed.change:+.0f} percentage points" in page) is (readers >= FEWEST)


def test_the_table_of_students_has_what_was_right_on_a_sheet_and_stands_in_the_order_of_the_alphabet():
    """A unit without points stood there as 0 points for everybody, and Émile behind Zoe."""
    unit = read_unit(ROOT, BEFORE)
    names = ["Zoe", "Émile", "anna", "David", "Fatma"]
    readers = {
        name: marks_of(unit, "form-a", lambda row, n=n: row.label if int(row.item[1:]) <= n else "") for n, name in enumerate(names, 5)
    }
    page = words(report(class_of(unit, "form-a", readers), {BEFORE: unit}))
    assert f"student {BEFORE}, the sheet: right of 12 anna 7 David 8 Émile 6 Fatma 9 Zoe 5" in page


def test_a_label_that_is_a_number_is_said_in_words_on_both_pages():
    name = unit_names(ROOT)[6]
    unit = read_unit(ROOT, name)
    found = class_of(unit, "call", {f"r{n}": marks_of(unit, "call", lambda row: "1") for n in range(FEWEST)})
    for page in (report(found, {name: unit}), report_to_project(found, {name: unit})):
        assert "1 (implied)" in words(page)
    assert "1 (implied) where the key says 0 (nothing)" in words(report(found, {name: unit}))


def standing(unit, blank: int, share: float) -> Standing:
    names = list(unit.solutions_released)
    return Standing({task.test: share * task.points for task in unit.tasks}, dict.fromkeys(names[:blank], NO_RESPONSE), frozenset())


def test_who_may_be_stuck(unit):
    answers = len(unit.solutions_released)
    assert stuck(standing(unit, answers, 0), unit) == "left everything blank"
    assert stuck(standing(unit, answers - 1, 0.9), unit) == f"left {answers - 1} of {answers} answers blank"
    assert "points that the program gives" in stuck(standing(unit, 0, 0.1), unit)
    assert stuck(standing(unit, 0, 0.5), unit) == ""
    assert stuck(standing(unit, 1, 0.5), unit) == ""


def test_the_unit_to_talk_about_is_the_last_that_five_handed_in_else_the_last_at_all():
    units = dict.fromkeys(("1", "2", "3"))
    five = {(f"r{n}", "1"): 1.0 for n in range(FEWEST)}
    assert latest(Outcome(points=five | {("r1", "2"): 1.0}), units) == "1"
    assert latest(Outcome(points={("r1", "2"): 1.0, ("r2", "1"): 1.0}), units) == "2"
    assert latest(Outcome(), units) == ""


def test_every_layer_has_questions_that_need_no_more_than_the_label():
    for layer in (*layer_names(), "reasons"):
        asked = [question(layer, "LABEL", n) for n in range(4)]
        assert len(set(asked)) > 1
        assert all("?" in one and "{" not in one for one in asked)


def test_a_class_in_which_some_did_more_units_some_left_all_blank_and_one_file_is_broken(course, submit):
    names = unit_names(course)[1:3]
    units = {name: read_unit(course, name) for name in names}
    for n in range(7):
        for name in names[: 1 + (n < FEWEST)]:
            submit(f"Reader-{n}", hand_in_of(WAYS[0], units[name], random.Random(n)), name)
    submit("Blanka", units[names[0]].release, names[0])
    submit("Broken", '{"cells": [', names[0])
    mark(course)
    ran = CliRunner().invoke(cli.app, ["report", "--course", str(course)])
    assert ran.exit_code == 0, ran.output
    page, projected = ((course / name).read_text(encoding="utf-8") for name in (REPORT, TO_PROJECT))
    said = words(page)
    assert said.startswith(f"Class report Class report: {names[1]}")
    assert f"Not handed in for {names[1]}: Blanka, Reader-5, Reader-6" in said
    assert f"{names[0]}: 8 hand-ins marked" in said
    assert f"Written answers wait for you: 7 of {names[0]}." in said  # they did not, once a later unit had come in
    assert "Reader-" in page
    assert re.search(r"Reader-|Blanka|Broken", projected) is None


def test_report_says_what_there_is_where_there_is_nothing_and_keeps_what_needed_an_eye(course, submit):
    ran = CliRunner().invoke(cli.app, ["report", "--course", str(course)])
    assert ran.exit_code == 0, ran.output
    assert "Nothing has been marked in this course yet" in ran.output
    assert "Nothing has been marked" in words((course / REPORT).read_text(encoding="utf-8"))
    submit("Blanka", read_unit(course, UNIT).release)
    submit("Broken", '{"cells": [')
    for command in (["mark", str(course / "submitted")], ["report"]):
        ran = CliRunner().invoke(cli.app, [*command, "--course", str(course)])
        assert ran.exit_code == 0, ran.output
        said = words((course / REPORT).read_text(encoding="utf-8"))
        assert "Blanka left everything blank" in said
        assert "Broken/1-whose-voice/1-whose-voice.ipynb : this file breaks off" in said
        assert "0 students answered this" in said
    assert json.loads((course / ".readtwice" / "attention.json").read_bytes())


def test_report_outside_a_course_and_with_a_gradebook_that_is_none_says_one_sentence(course, tmp_path):
    for folder, why in ((tmp_path / "elsewhere", "is not a course folder"), (course, "gradebook")):
        folder.mkdir(exist_ok=True)
        if folder == course:
            (course / "gradebook.db").write_text("no database")
        ran = CliRunner().invoke(cli.app, ["report", "--course", str(folder)])
        assert ran.exit_code == 1
        assert why in ran.output
