"""The simulated class has what was planted in it, and unit 7's cells show a class rightly and never raise at its file."""

from __future__ import annotations

import copy
import json
import re
import shutil

import pytest
from conftest import ROOT, cell

import readtwice.notebook
from readtwice import agree, class_labels, class_table, classroom, my_labels, read
from readtwice.agreement import agreement
from readtwice.answer_cell import answers_magic
from readtwice.answers import Answer, Answers
from readtwice.checks import check, reveal
from readtwice.class_answers import AGREEMENT, SHARE, SPLIT, figures_key, simulated_agreement, split_key
from readtwice.class_file import FILE, SHIPPED, class_csv, simulated_class
from readtwice.confusions import published_agreement
from readtwice.hand_in import mark_tasks, restore
from readtwice.keys import KeyProblem, key_path, read_key
from readtwice.kinds import kind_of
from readtwice.learning import change
from readtwice.notebook import Notebook
from readtwice.schemes import SchemeNotFound, layer_names, read_scheme
from readtwice.simulated_class import GAIN, READERS, made_up_rows
from readtwice.simulated_class import SPLIT as PLANTED
from readtwice.texts import read_text
from readtwice.units import read_notebook, read_unit

HARBOUR, ARTICLE = read_text("harbour"), read_text("russia-must-act")
LESSON = ROOT / "lessons" / "7-how-sure-are-we.ipynb"
NAME = "7-how-sure-are-we"


@pytest.fixture(autouse=True)
def fresh_kernel(monkeypatch, tmp_path):
    monkeypatch.setattr(readtwice.notebook, "_here", Notebook())
    (tmp_path / "exercises" / NAME).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "exercises" / NAME)


# the simulated class


def test_the_shipped_class_is_the_one_that_its_generator_makes():
    assert SHIPPED.read_bytes() == class_csv(made_up_rows())
    assert simulated_class().notes == ()


def test_the_simulated_class_says_in_every_line_that_it_is_simulated():
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()[1:]
    assert all(line.startswith("simulated-") for line in lines)
    assert len({line.split(",")[0] for line in lines}) == READERS == 24
    assert {text for text, _ in simulated_class().layers} == {"harbour"}
    assert HARBOUR.for_practice


def test_agreement_comes_out_as_planted():
    alpha = {layer: found.alpha for layer, found in simulated_agreement().items()}
    assert alpha["voice"] > 0.8
    assert alpha["call"] > 0.7
    assert 0.5 < alpha["statement"] < 0.75
    assert max(alpha[layer] for layer in ("gloss", "support", "move")) < 0.45
    assert all(alpha[layer] > 0 for layer in layer_names())


def test_one_sentence_splits_the_class_in_two_halves_and_both_labels_are_right():
    layer, item = PLANTED
    key = read_key(key_path(HARBOUR, layer), read_scheme(layer), HARBOUR).rows[item]
    least, second = sorted(simulated_agreement()[layer].splits, key=lambda split: split.share)[:2]
    assert (least.item, set(least.labels.values())) == (item, {READERS // 2})
    assert all(key.earns_all(label) for label in least.labels)
    assert key.contested
    assert second.share > 0.6


def test_the_class_learned_about_as_much_as_was_planted():
    room = simulated_class()
    found = change(room.scores("a"), room.scores("b"))
    assert found.n == READERS
    assert found.change == pytest.approx(GAIN, abs=0.06)
    assert found.interval[0] > 0.4


# the student's cells


def test_tables_say_in_their_corner_that_the_class_is_simulated():
    for table in (agree(), class_table("voice"), class_labels("voice"), agree().sort_values("alpha")):
        assert table.columns.name == "simulated class"
        assert "simulated class" in table._repr_html_()
    assert "This class is simulated" in classroom().plain
    assert "<script" not in classroom().html


@pytest.mark.parametrize("layer", layer_names())
def test_a_table_of_a_layer_counts_what_the_labels_say(layer):
    labels, table = class_labels(layer), class_table(layer)
    assert list(labels.columns) == ["item", "label"]
    shares = labels.groupby("item")["label"].value_counts(normalize=True).unstack(fill_value=0).max(axis=1)
    for _, row in table.iterrows():
        assert row["share"] == round(shares[row["item"]], 2)
        assert row["words"] == HARBOUR.words_at(row["item"])
        counts = {label: int(n) for label, n in re.findall(r"([\w]+) (\d+)(?:,|$)", row["labels"])}
        assert sum(counts.values()) == row["readers"] == READERS
        assert max(counts, key=counts.get) == row["label"]


def test_agree_has_a_row_a_layer_with_its_alpha_and_a_word():
    table = agree().set_index("layer")
    assert list(table.index) == layer_names()
    for layer, found in simulated_agreement().items():
        assert table.loc[layer, "alpha"] == round(found.alpha, 2)
    assert table.loc["voice", "agreement"] == "close"
    assert table.loc["move", "agreement"] == "weak"


def own_class(tmp_path, readers=6, where="exercises"):
    """A class of the article: all say author but one half at 1.3; only four answered 2.1."""
    rows = ["reader,text,layer,item,label"]
    for n in range(readers):
        rows += [f"r{n},russia-must-act,voice,1.3,{'author' if n % 2 else 'report'}", f"r{n},russia-must-act,voice,6.2,author"]
        rows += [f"r{n},russia-must-act,voice,2.1,quote"] if n < 4 else []
    (tmp_path / where / FILE).write_text("\n".join(rows), encoding="utf-8")


@pytest.mark.parametrize("where", [f"exercises/{NAME}", "exercises", "."])
def test_a_class_file_beside_the_notebook_or_above_is_shown_and_said(where, tmp_path, capsys):
    own_class(tmp_path, where=where)
    table = class_table("voice")
    assert table.columns.name == "your class"
    assert list(table["item"]) == ["1.3", "6.2"]  # fewer than five answered 2.1
    assert "your class" in classroom().plain
    assert "fewer than 5 readers answered" in classroom().plain
    assert "The two tests" not in classroom().plain
    assert list(agree()["layer"]) == ["voice"]
    assert class_table("voice", "simulated").columns.name == "simulated class"
    assert capsys.readouterr().out == ""


def test_a_layer_that_the_own_class_did_not_do_is_an_empty_table_and_a_sentence(tmp_path, capsys):
    own_class(tmp_path)
    assert class_table("gloss").sort_values("share").head(5).empty
    assert "no labels of the layer gloss" in capsys.readouterr().out


def test_two_tests_are_told_only_where_five_readers_took_both(tmp_path):
    own_class(tmp_path)
    path = tmp_path / "exercises" / FILE
    before = path.read_text(encoding="utf-8")
    for both in (4, 5):
        lines = [f"t{n},,form-a,score,0.25" for n in range(9)] + [f"t{n + 9 - both},,form-b,score,0.75" for n in range(9)]
        path.write_text("\n".join([before, *lines]), encoding="utf-8")
        assert ("5 readers took both. On average 0.25" in classroom().plain) == (both == 5)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"name,grade\nAnna,1", b"reader,text,layer,item,label\nr1,harbour,voice,T,author"]
)
def test_a_wrong_class_file_gets_a_sentence_and_the_simulated_class(content, tmp_path, capsys):
    (tmp_path / "exercises" / FILE).write_bytes(content)
    for table in (agree, lambda: class_table("voice"), lambda: class_labels("call")):
        assert table().columns.name == "simulated class"
        said = capsys.readouterr().out
        assert said.startswith("class.csv ")
        assert said.count("\n") == 1
    assert classroom().plain.startswith("class.csv ")


def test_an_unknown_layer_or_class_is_told_which_there_are():
    with pytest.raises(SchemeNotFound, match="voice"):
        class_table("voices")
    with pytest.raises(ValueError, match="simulated"):
        agree("mine")


def test_no_table_shows_a_reader_of_a_class_apart(tmp_path):
    """Nor can an id put markup into a page."""
    answers = "".join(f"<script>{n},harbour,voice,T,author\n<script>{n},harbour,voice,1.1,{'quote' if n else 'author'}\n" for n in range(6))
    (tmp_path / "exercises" / FILE).write_text("reader,text,layer,item,label\n" + answers, encoding="utf-8")
    labels = class_labels("voice")
    assert list(labels["label"]) == ["author"] * 6 + ["author"] + ["quote"] * 5
    shown = [class_table("voice")._repr_html_(), labels._repr_html_(), agree()._repr_html_(), classroom().html]
    assert all("script" not in html for html in shown)


# own labels


def test_own_labels_come_from_the_earlier_notebook_without_the_given_ones(tmp_path):
    shutil.copytree(ROOT / "solutions" / "1-whose-voice", tmp_path / "exercises" / "1-whose-voice")
    read("russia-must-act")
    mine = my_labels("voice")
    asked = next(task.asked for task in read_unit(ROOT, "1-whose-voice").tasks if task.layer == "voice")
    assert tuple(mine["item"]) == asked
    assert mine["class"].isna().all()
    own_class(tmp_path)
    beside = my_labels("voice").set_index("item")
    assert (beside.loc["6.2", "class"], beside.loc["6.2", "share"]) == ("author", 1.0)
    assert beside.loc["2.1", ["class", "share"]].isna().all()


@pytest.mark.parametrize("layer", layer_names())
def test_who_has_no_labels_gets_a_sentence_and_an_empty_table(layer, capsys):
    read("russia-must-act")
    mine = my_labels(layer)
    assert list(mine.columns) == ["item", "label", "class", "share", "words"]
    assert mine.empty
    assert "Go on without them" in capsys.readouterr().out


def test_an_untouched_exercise_has_no_own_labels(tmp_path, capsys):
    shutil.copytree(ROOT / "exercises" / "1-whose-voice", tmp_path / "exercises" / "1-whose-voice")
    read("russia-must-act")
    assert my_labels("voice").empty
    assert "no labels of yours" in capsys.readouterr().out


# what is asked of the class


@pytest.mark.parametrize("kind", [AGREEMENT, SPLIT])
def test_the_key_is_counted_and_earns_all_and_a_student_never_gets_it_on_a_graded_text(kind):
    of = kind_of(kind, ARTICLE)
    key = of.key(ROOT / "solutions")
    said = "\n".join(f"{item}: {row.label}" for item, row in key.rows.items())
    assert of.mark(of.read(said), key).score == 1.0
    assert of.mark(of.read(""), key).score == 0.0
    assert tuple(key.rows) == of.items
    with pytest.raises(KeyProblem):
        of.key(None)
    read("russia-must-act")
    answers_magic(kind, said)
    assert "stay with your teacher" in reveal(kind).plain
    for row in key.rows.values():
        assert row.reason not in check(kind).plain


def test_figures_are_those_of_the_tables_that_students_see():
    alpha = agree("simulated").set_index("layer")["alpha"]
    key, items = figures_key(), split_key()
    for layer in layer_names():
        table = class_table(layer, "simulated").sort_values("share")
        assert float(key.rows[layer].label) == alpha[layer]
        assert float(key.rows[layer + SHARE].label) == table["share"].iloc[0]
        least = set(table.loc[table["share"] == table["share"].iloc[0], "item"])
        assert least == {items.rows[layer].label, *items.rows[layer].accept}


@pytest.mark.parametrize(("off", "right"), [(0.0, True), (0.01, True), (-0.01, True), (0.02, False), (-0.02, False)])
def test_a_figure_is_right_within_the_tolerance(off, right):
    of = kind_of(AGREEMENT, ARTICLE)
    key = of.key(ROOT).only(["voice"])
    value = float(key.rows["voice"].label) + off
    for said in (f"{value:.2f}", f"{value:.2f}".replace(".", ","), f"{value * 100:.0f} %"):
        assert of.mark(of.read(f"voice: {said}"), key).score == float(right)


def test_what_cannot_be_read_is_told_and_the_rest_counts():
    of = kind_of(AGREEMENT, ARTICLE)
    answers = of.read("%%answers agreement\nvoice: high\ngloss share: 0.5\nvoices: 0.9\n")
    assert answers.rows["gloss-share"].label == "0.5"
    assert answers.rows["voice"].label == ""
    assert [problem.line for problem in answers.problems] == [2, 4]
    assert kind_of(SPLIT, ARTICLE).read("move: 9, 3\ngloss: G2").rows["move"].label == "9.3"


def test_a_class_file_changes_nothing_of_what_is_marked(tmp_path):
    before = figures_key()
    own_class(tmp_path)
    assert figures_key() == before
    assert list(agree("simulated")["alpha"]) == [round(found.alpha, 2) for found in simulated_agreement().values()]


# the lesson


def test_the_lessons_table_of_trained_readers_is_the_one_of_the_package():
    prose = "\n".join(c["source"] for c in read_notebook(LESSON)["cells"])
    told = re.findall(r"^\| `(\w+)` \| (\.\d+) \(([^)]+)\) \| ([^|]+) \| ([^|]+) \|$", prose, re.MULTILINE)
    known = {layer: row for layer in layer_names() if (row := published_agreement(layer))}
    assert {layer: (value, measure, of, source) for layer, value, measure, of, source in told} == {
        layer: (row["value"], row["measure"], row["of"], row["source"]) for layer, row in known.items()
    }
    assert f"the other {['', '', '', '', '', 'five'][len(layer_names()) - len(known)]} layers" in prose


def test_the_two_pairs_of_readers_of_the_lesson_have_the_alphas_that_it_says():
    """By Krippendorff's measure, and by drawing two slips from the bag."""
    names = {"c": "checkable", "v": "value"}
    for *pair, differing in (("ccvv", "ccvc", 30), ("cccc", "cccv", 14)):
        bag = "".join(pair)
        assert sum(x != y for i, x in enumerate(bag) for j, y in enumerate(bag) if i != j) == differing
        said = {labels: Answers("statement", {i: Answer(i, names[x]) for i, x in zip("1234", labels, strict=True)}) for labels in pair}
        found = agreement(said, read_scheme("statement"), "1234")
        assert found.alpha == pytest.approx(1 - (1 / 4) / (differing / 56))
    source = next(c["source"] for c in read_notebook(LESSON)["cells"] if c["id"] == "l7-two")
    assert "1 / 4" in source
    assert "30 / 56" in source


def test_what_the_lesson_says_of_the_simulated_class_is_so():
    prose = " ".join(" ".join(c["source"] for c in read_notebook(LESSON)["cells"] if c["cell_type"] == "markdown").split())
    order = sorted(simulated_agreement(), key=lambda layer: -simulated_agreement()[layer].alpha)
    assert set(order[:2]) == {"voice", "call"}
    assert "`voice` and `call` stand at the top" in prose
    assert set(order[-3:]) == {"gloss", "support", "move"}
    assert "At 3.3 the class falls into two halves." in prose
    for words in re.findall(r"“([a-zA-Z ]+)” (?:are Pellow's|\. It says)|clause is “([^”]+)”", prose):
        assert any(word and word in HARBOUR["3.3"].text for word in words)


def test_no_figure_that_is_asked_stands_in_the_exercise_or_the_lesson():
    asked = {row.label for row in figures_key().rows.values()}
    for path in (LESSON, ROOT / "exercises" / NAME / f"{NAME}.ipynb"):
        said = json.dumps(json.loads(path.read_text(encoding="utf-8")))
        numbers = set(re.findall(r"(?<![\d.])0\.\d\d(?!\d)", said))
        assert numbers & asked == set()


# the exercise


def test_the_master_earns_every_point_that_the_program_gives_and_the_untouched_exercise_none():
    unit = read_unit(ROOT, NAME)
    assert unit.points == 12
    for notebook, score in ((read_notebook(ROOT / "solutions" / NAME / f"{NAME}.ipynb"), 1.0), (copy.deepcopy(dict(unit.release)), 0.0)):
        marks = mark_tasks(restore(notebook, unit.release), unit)
        assert {name: of.score for name, of in marks.items()} == dict.fromkeys(("agreement", "split", "form-b"), score)


def test_the_feedback_tells_each_figure_and_where_it_comes_from():
    unit = read_unit(ROOT, NAME)
    notebook = restore(read_notebook(ROOT / "solutions" / NAME / f"{NAME}.ipynb"), unit.release)
    cell(notebook, "agreement-answers")["source"] = "%%answers agreement\nvoice: 0.5\ngloss: <b>\n"
    marks = mark_tasks(notebook, unit)
    html = cell(notebook, "agreement")["outputs"][0]["data"]["text/html"]
    assert marks["agreement"].score == 0.0
    assert f"The key says <b>{figures_key().rows['voice'].label}</b>" in html
    assert "24 simulated readers on 20 items of voice" in html
    assert "&lt;b&gt;" in html
