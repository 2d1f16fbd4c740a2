"""The teacher decides: a label accepted beside the key's counts everywhere, costs nobody, and is refused where it cannot be."""

from __future__ import annotations

import copy
import csv
import json
import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from classes import mark as mark_course
from classes import marks, page_of, start_gradebook
from conftest import ROOT, UNIT, answered, cell
from hypothesis import given
from hypothesis import strategies as st
from test_cli import refused, run

from readtwice.answers import Answer, Answers
from readtwice.choices import mark_reasons
from readtwice.hand_in import mark_tasks, restore
from readtwice.keys import Key, KeyProblem, KeyRow
from readtwice.kinds import kind_of
from readtwice.leaks import leaks
from readtwice.marking import mark
from readtwice.masters import fill
from readtwice.overrides import COLUMNS, FILE, _accepted, accepting, overrides_of
from readtwice.readers import WAYS, hand_in_of
from readtwice.schemes import read_scheme
from readtwice.units import master_path, read_notebook, read_unit, release_path

ITEM, LABEL, WHY = "5.2", "author", "Whoever hears the author summing up has a case."
KEYS = ROOT / "solutions" / "keys"


@pytest.fixture
def handed_in(course, submit, master, exercise, monkeypatch) -> Path:
    """Anna takes ITEM for LABEL and is right otherwise; Ben has answered nothing."""
    source = cell(master, "voice-answers")["source"]
    lines = [f"{ITEM}: {LABEL}" if line.startswith(f"{ITEM}:") else line for line in source.split("\n")]
    submit("anna", answered(exercise, {"voice-answers": "\n".join(lines)}))
    submit("ben", exercise)
    start_gradebook(course)
    monkeypatch.chdir(course)
    return course


def table(course: Path, text: str = "russia-must-act") -> Path:
    return course / "solutions" / "keys" / text / FILE


def test_of_details_behind_accepted_labels_those_count_that_raise_the_score_most():
    """The key's own detail is wrong; of two behind accepted labels the whole one halves that, and a third beside it would undo some."""
    call, right = read_scheme("call"), "Quernby | put off the measures | at once"
    own = [KeyRow(f"{n}.1", "2", right, reason="One.") for n in (3, 4, 5)]
    free = [replace(row, accept=("1",), own=row) for row in own[1:]]
    key = Key("call", {row.item: row for row in (own[0], *free)} | {"6.1": KeyRow("6.1", "0", reason="Two.")})
    said = {"3.1": Answer("3.1", "2", ""), "4.1": Answer("4.1", "1", "Quernby | build | never"), "5.1": Answer("5.1", "1", right)}
    marks = mark(Answers("call", said | {"6.1": Answer("6.1", "0")}), key, call)
    assert [row.detail_credit for row in marks.rows] == [0, None, 1, None]


def test_an_accepted_label_earns_all_on_the_page_and_in_the_points(handed_in):
    mark_course(handed_in)
    assert marks(handed_in, "anna")["voice"].score < 1
    shown = run("accept", "Voice", ITEM.replace(".", ","), LABEL.upper(), "--because", f"  {WHY}\n")
    assert shown.exit_code == 0, shown.output
    assert "2 hand-ins were marked again" in shown.stdout
    assert "1 student has more points than before" in shown.stdout
    assert "fewer" not in shown.stdout
    assert f"delete line 2 of solutions/keys/russia-must-act/{FILE}" in shown.stdout
    assert marks(handed_in, "anna")["voice"].score == 1
    assert marks(handed_in, "ben")["voice"].score == 0
    with table(handed_in).open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [list(COLUMNS), ["voice", ITEM, LABEL, WHY, date.today().isoformat()]]
    (one,) = overrides_of(handed_in)
    assert (one.text, one.layer, one.item, one.label, one.because) == ("russia-must-act", "voice", ITEM, LABEL, WHY)


def test_whoever_missed_the_item_reads_what_the_teacher_accepts_and_no_word_of_it_is_markup(handed_in, master, exercise):
    source = cell(master, "voice-answers")["source"]
    wrong = "\n".join(f"{ITEM}: distance" if line.startswith(f"{ITEM}:") else line for line in source.split("\n"))
    path = handed_in / "submitted" / "ben" / UNIT / f"{UNIT}.ipynb"
    path.write_text(json.dumps(answered(exercise, {"voice-answers": wrong})), encoding="utf-8")
    mark_course(handed_in)
    assert run("accept", "voice", ITEM, LABEL, "--because", "<b>so</b> it is").exit_code == 0
    assert f"Your teacher also accepts “{LABEL}”: &lt;b&gt;so&lt;/b&gt; it is." in page_of(handed_in, "ben")


def test_accepted_twice_the_reason_is_replaced_and_deleting_the_line_takes_it_back(handed_in):
    mark_course(handed_in)
    before = marks(handed_in, "anna")["voice"].score
    run("accept", "voice", ITEM, LABEL, "--because", WHY)
    shown = run("accept", "voice", ITEM, LABEL, "--because", "A better one.")
    assert f"was replaced: {WHY}" in shown.stdout
    assert [one.because for one in overrides_of(handed_in)] == ["A better one."]
    assert "A better one." in run("accept").stdout
    table(handed_in).unlink()
    assert "Nothing is accepted" in run("accept").stdout
    (handed_in / "nobody").mkdir()
    said = run("mark", "nobody").stdout
    assert "2 hand-ins were marked again" in said
    assert "1 student has fewer points than before" in said
    assert marks(handed_in, "anna")["voice"].score == before


@pytest.mark.parametrize("form", ["utf-8", "utf-16", "semicolons", "own column"])
def test_the_table_may_have_been_through_a_spreadsheet_and_keeps_what_the_teacher_added(form, handed_in):
    rows = [[*COLUMNS], ["voice", "6.1", "author", "So I say; and so it is.", "24.11.26"]]
    if form == "own column":
        rows = [[*rows[0], "asked by"], [*rows[1], "anna"]]
    written = "\n".join((";" if form == "semicolons" else ",").join(f'"{cell}"' for cell in row) for row in rows)
    table(handed_in).write_bytes(written.encode("utf-16" if form == "utf-16" else "utf-8"))
    assert run("accept", "voice", ITEM, LABEL, "--because", WHY).exit_code == 0
    first, second = overrides_of(handed_in)
    assert (first.item, first.because, first.when) == ("6.1", "So I say; and so it is.", "24.11.26")
    assert second.item == ITEM
    assert ("anna" in table(handed_in).read_text(encoding="utf-8")) is (form == "own column")
    assert read_unit(handed_in, UNIT).keys["russia-must-act", "voice"].rows["6.1"].earns_all("author")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("vioce", ITEM, LABEL), "Did you mean voice"),
        (("voice", "99.9", LABEL), "has no item “99.9”"),
        (("voice", "1.1", "quote"), "given in voice on russia-must-act, not asked"),
        (("voice", ITEM, "reprot"), "Did you mean report"),
        (("voice", "1.3", "author"), "right already"),
        (("voice", "", ""), "which item and which label"),
        (("voice-written", "x", "y"), "Mark it by hand"),
        (("shares", "x", "y"), "follow from each student's own labels"),
        (("added", "g1", "y"), "columns words and also of solutions/keys/russia-must-act/added.csv"),
        (("map", "20.1", "24.2"), "column accept of solutions/keys/russia-must-act/map.csv"),
        (("agreement", "voice", "1"), "counted from the simulated class"),
        (("split", "gloss", "g1"), "counted from the simulated class"),
        (("omission", "card", "S99"), "The labels are: S01"),
        (("move", "3.2", "attack"), "asked on harbour-report:  --text harbour-report"),
        (("voice", ITEM, LABEL, "--text", "harbor"), "asked on: russia-must-act"),
    ],
)
def test_what_cannot_be_accepted_is_said_and_nothing_is_written(arguments, says, course, monkeypatch):
    monkeypatch.chdir(course)
    assert says in refused(run("accept", *arguments, "--because", WHY))
    assert list((course / "solutions").rglob(FILE)) == []
    assert not (course / "gradebook.db").exists()


@pytest.mark.parametrize("because", [(), ("--because", " \n ")])
def test_without_a_reason_nothing_is_accepted(because, course, monkeypatch):
    monkeypatch.chdir(course)
    assert "the reason is missing" in refused(run("accept", "voice", ITEM, LABEL, *because))
    assert list((course / "solutions").rglob(FILE)) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "its first line must be"),
        (b"item,label\n5.2,author\n", "its first line must be"),
        (b"layer,item,label,because,when\nvoice,5.2,author,,\n", "line 2: because is empty"),
        (b"layer,item,label,because,when\nvocie,5.2,author,x,\n", "line 2: no label can be accepted for “vocie”"),
        (b"layer,item,label,because,when\nvoice,02. Mai,author,x,\n", "voice 02. Mai author: the key has no such item"),
        (b"layer,item,label,because,when\nvoice,5.2,auhtor,x,\n", "voice 5.2 auhtor: there is no such label"),
        (b"\xff\xfe\x00", "its first line must be"),
        (b"layer,item,label,because,when\n" + b"x" * 140_000 + b",5.2,author,x,\n", "cannot be read as a table"),
    ],
)
def test_a_damaged_table_is_said_by_every_command_that_needs_it_and_stays_as_it_is(content, says, handed_in):
    table(handed_in).write_bytes(content)
    assert says in refused(run("accept", "voice", "6.1", LABEL, "--because", WHY))
    assert says in refused(run("mark", "submitted"))
    assert table(handed_in).read_bytes() == content


def test_an_item_of_the_fair_report_has_its_own_table_and_its_long_name_does_too(course, monkeypatch):
    monkeypatch.chdir(course)
    unit = read_unit(course, "6-the-ask")
    item = next(name for task in unit.tasks for name in task.asked if name.startswith("harbour-report "))
    short = item.split()[1]
    label = next(name for name in read_scheme("move").names if not unit.keys["harbour-report", "move"].rows[short].earns_all(name))
    assert run("accept", "move", item, label, "--because", WHY).exit_code == 0
    assert [one.text for one in overrides_of(course)] == ["harbour-report"]
    other = run("accept", "move", short, label, "--text", "harbour-report", "--because", WHY)
    assert "was replaced" in other.stdout
    unit = read_unit(course, "6-the-ask")
    task = next(task for task in unit.tasks if item in task.asked)
    assert unit.key(task).rows[item].earns_all(label)


@pytest.mark.parametrize(
    ("layer", "item", "home"),
    [
        ("gloss", "g1", ""),
        ("support", "s3", ""),
        ("evidence", "4.1", ""),
        ("call", "T", ""),
        ("verdict", "", ""),
        ("form-a", "q1", "form-a"),
    ],
)
def test_whatever_has_a_key_of_labels_can_be_accepted(layer, item, home, course, monkeypatch):
    monkeypatch.chdir(course)
    units = [read_unit(course, path.name) for path in sorted((course / "exercises").iterdir())]
    unit, task = next((unit, task) for unit in units for task in unit.tasks if task.layer == layer)
    item = item if item in task.asked else task.asked[0]
    row = unit.key(task).rows[item]
    label = next(name for name in task.kind(task.parts[0]).scheme.names if not row.earns_all(name))
    shown = run("accept", layer, item, label, "--because", WHY)
    assert shown.exit_code == 0, shown.output
    assert table(course, home or "russia-must-act").is_file()
    unit = read_unit(course, unit.name)
    right = {name: Answer(name, r.label, r.detail) for name, r in unit.key(task).rows.items()} | {item: Answer(item, label)}
    assert task.kind(task.parts[0]).mark(Answers(layer, right), unit.key(task)).score == 1


def test_an_omission_takes_another_card_and_a_reason_any_reason(course, monkeypatch):
    monkeypatch.chdir(course)
    assert run("accept", "omission", "card", "s01", "--because", WHY).exit_code == 0
    shown = run("accept", "statement", "4.1", "policy", "--because", WHY)
    assert "reasons asks about the same sentence" in shown.stdout
    assert run("accept", "reasons", "4.1", "policy", "--because", WHY).exit_code == 0
    unit = read_unit(course, "2-what-kind-of-statement")
    task = next(task for task in unit.tasks if task.layer == "reasons")
    marked = mark_reasons(Answers("reasons", {"4.1": Answer("4.1", "policy", "r1")}), unit.key(task).only(["4.1"]))
    assert marked.score == 1
    assert next(t for t in read_unit(course, "5-leave-the-page").tasks if t.layer == "omission")


def test_nothing_of_it_reaches_the_exercises_and_the_build_stays_as_it_is(course, monkeypatch):
    monkeypatch.chdir(course)
    run("accept", "voice", ITEM, LABEL, "--because", WHY)
    master = read_notebook(master_path(course, UNIT))
    again = copy.deepcopy(master)
    fill(again, UNIT, course / "solutions")
    assert again == master
    assert leaks(course, read_unit(course, UNIT)) == []
    lesson = course / "lessons" / "notes.md"
    lesson.write_text(f"# Mind\n\n{WHY.upper()}\n", encoding="utf-8")
    assert leaks(course, read_unit(course, UNIT)) == [f"lessons/notes.md holds the reason of a key: russia-must-act/{FILE}, {ITEM}"]


def test_a_line_that_the_key_itself_has_made_needless_changes_nothing(course, article):
    kind = kind_of("voice", article)
    key = kind.key(course / "solutions")
    table(course).write_text(f"layer,item,label,because,when\nvoice,1.3,{key.rows['1.3'].label},x,\n", encoding="utf-8")
    assert accepting(key, kind, article, course / "solutions") == key
    table(course).write_text("layer,item,label,because,when\nvoice,1.3,moon,x,\n", encoding="utf-8")
    with pytest.raises(KeyProblem, match="moon"):
        accepting(key, kind, article, course / "solutions")


# What accepting does to scores


def accepted(row: KeyRow, label: str) -> KeyRow:
    from readtwice.overrides import Override

    return _accepted(row, Override("t", "l", row.item, label, WHY))


LAYERS = ("voice", "call", "move", "evidence")


@given(st.data())
def test_accepting_labels_lowers_nobodys_score_and_raises_only_who_gave_them(data):
    layer = data.draw(st.sampled_from(LAYERS))
    scheme = read_scheme(layer)
    names = st.sampled_from(scheme.names)
    details = st.sampled_from(("", "who | what | when", "who | x | y", "alpha", "beta"))
    rows, given_ = {}, {}
    for n in range(data.draw(st.integers(2, 7))):
        label, near = data.draw(names), data.draw(names)
        detail = data.draw(details) if scheme[label].asks_detail else ""
        rows[f"{n}"] = KeyRow(f"{n}", label, detail, near=() if near == label else (near,), words="alpha beta who what when")
        given_[f"{n}"] = Answer(f"{n}", data.draw(names), data.draw(details))
    answers, key = Answers(layer, given_), Key(layer, rows)
    before = mark(answers, key, scheme)
    for item, label in data.draw(st.lists(st.tuples(st.sampled_from(list(rows)), names), max_size=4)):
        key = Key(layer, {**key.rows, item: accepted(key.rows[item], label)})
        after = mark(answers, key, scheme)
        used = label in key.rows[item].by_teacher and given_[item].label == label
        assert after.score >= before.score - 1e-12
        assert used or after.score == before.score
        before = after


@given(st.sampled_from(LAYERS), st.integers(0, 10**6))
def test_one_label_for_all_earns_nothing_however_often_it_is_accepted(layer, seed):
    rng, scheme = random.Random(seed), read_scheme(layer)
    label = rng.choice(scheme.names)
    rows = {f"{n}": KeyRow(f"{n}", rng.choice(scheme.names), "x", words="x") for n in range(8)}
    rows = {item: accepted(row, label) if rng.random() < 0.5 else row for item, row in rows.items()}
    everywhere = Answers(layer, {item: Answer(item, label, "x") for item in rows})
    key = Key(layer, rows)
    assert mark(everywhere, key, scheme).score == 0


def test_a_detail_behind_an_accepted_label_counts_where_it_is_right_and_costs_nothing_where_it_is_not(article):
    scheme = read_scheme("voice")
    row = KeyRow("1", "quote", "Blinken")
    others = {
        f"{n}": KeyRow(f"{n}", label, detail) for n, label, detail in ((2, "report", "Lavrov"), (3, "author", ""), (4, "distance", ""))
    }
    key = Key("voice", {"1": accepted(row, "report"), **others})
    right = {item: Answer(item, r.label, r.detail) for item, r in others.items()}

    def scored(said: Answer, **changed: Answer) -> tuple[float, float | None]:
        marked = mark(Answers("voice", {**right, "1": said, **changed}), key, scheme)
        return marked.score, marked.rows[0].detail_credit

    assert scored(Answer("1", "report", "Lavrov")) == (1, None)
    assert scored(Answer("1", "report")) == (1, None)
    assert scored(Answer("1", "report", "Blinken")) == (1, 1)
    lost = {"2": Answer("2", "report", "nobody")}
    assert scored(Answer("1", "report", "Blinken"), **lost)[0] > scored(Answer("1", "report", "Lavrov"), **lost)[0] > 0


def test_the_numbers_of_unit_1_are_carried_by_labels_that_the_teacher_accepts(course, monkeypatch):
    """Simulated readers of every kind: with a label accepted nobody's points fall, task by task."""
    monkeypatch.chdir(course)
    unit = read_unit(course, UNIT)
    hand_ins = [json.loads(hand_in_of(way, unit, random.Random(seed))) for way in WAYS if "file" not in way.name for seed in range(2)]

    def points() -> list[dict[str, float]]:
        now = read_unit(course, UNIT)
        return [{name: one.score for name, one in mark_tasks(restore(h, now.release), now).items()} for h in hand_ins]

    before = points()
    marked = [mark_tasks(restore(h, unit.release), unit)["voice"] for h in hand_ins]
    said = {row.item: row.answer for one in marked for row in one.rows if row.why == "wrong"}
    for item, label in sorted(said.items())[:3]:
        assert run("accept", "voice", item, label, "--because", WHY).exit_code == 0
    after = points()
    assert [(a, b) for a, b in zip(before, after, strict=True) if any(b[name] < a[name] - 1e-12 for name in a)] == []
    assert after != before


def test_the_exercise_as_students_get_it_holds_no_table_of_what_is_accepted(course, monkeypatch):
    monkeypatch.chdir(course)
    run("accept", "voice", ITEM, LABEL, "--because", WHY)
    assert [path for path in (course / "exercises").rglob("*") if path.name == FILE] == []
    assert WHY not in json.dumps(read_notebook(release_path(course, UNIT)))
