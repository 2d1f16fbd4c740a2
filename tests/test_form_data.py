"""What the browser gets to draw a form: the whole question, and nothing of a key."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT

import readtwice.notebook
from readtwice.answer_cell import answers_magic
from readtwice.form import MIME, form_data
from readtwice.kinds import OMISSION, kind_names, kind_of
from readtwice.notebook import Notebook, follow, read
from readtwice.schemes import layer_names, read_scheme
from readtwice.tables import table
from readtwice.texts import read_text

GRADED = ("russia-must-act", "parallel")


@pytest.fixture(autouse=True)
def fresh_kernel(monkeypatch):
    monkeypatch.setattr(readtwice.notebook, "_here", Notebook())


@pytest.mark.parametrize("name", GRADED)
@pytest.mark.parametrize("kind", kind_names())
def test_a_form_holds_every_item_that_could_be_asked_and_no_reason_of_the_key(name, kind):
    text = read_text(name)
    kind = kind_of(kind, text)
    data = form_data(kind, text)
    sent = json.loads(json.dumps(data))
    assert sent == data
    held = [item["id"] for item in data["items"]]
    assert set(kind.items) <= set(held)
    assert len(held) == len(set(held))
    said = json.dumps(data, ensure_ascii=False)
    assert [row.item for row in kind.key(ROOT / "solutions").rows.values() if row.reason in said] == []


@pytest.mark.parametrize("layer", layer_names())
def test_a_form_is_the_same_whatever_the_cell_says(layer, article):
    read(article.name)
    names = read_scheme(layer).names
    item = kind_of(layer, article).items[0]
    bundles = [answers_magic(layer, source)._repr_mimebundle_() for source in ("", f"{item}: {names[0]}", "nonsense")]
    assert bundles[0][MIME] == bundles[1][MIME] == bundles[2][MIME]
    assert all(bundle["text/html"] and bundle["text/plain"] for bundle in bundles)
    assert "type behind the colons" in bundles[0]["text/html"]


def test_only_labels_that_ask_for_a_detail_say_so_and_lists_come_along(article):
    data = form_data(kind_of("evidence", article), article)
    assert {option["name"] for option in data["detail"]["options"]} == {"findable", "named", "unsourced"}
    voice = form_data(kind_of("voice", article), article)
    assert {label["name"]: label["asks_detail"] for label in voice["labels"]} == {
        "distance": False, "quote": True, "mixed": True, "report": True, "author": False,
    }  # fmt: skip
    assert voice["speakers"] == list(article.speakers)
    assert form_data(kind_of("statement", article), article)["detail"] is None
    assert form_data(kind_of(OMISSION, article), article)["labels"] == []


def test_cards_stand_beside_the_sentence_they_are_about(article):
    items = {item["id"]: item for item in form_data(kind_of("verdict", article), article)["items"]}
    names = {option["name"] for option in items["20.1"]["detail_options"]}
    key = kind_of("verdict", article).key(ROOT / "solutions").rows["20.1"]
    assert key.detail in names
    assert len(names) > 1


def test_the_kernel_follows_a_cell_that_has_run_and_no_other(article):
    read(article.name)
    follow("%%answers voice\n1.3: author")
    assert readtwice.notebook._here.sources == {}
    answers_magic("voice", "1.3:")
    follow("%%answers voice\n1.3: quote | Blinken")
    assert table("voice").set_index("item").loc["1.3", "speaker"] == "Blinken"
    follow("%%answers statement\n1.3: signpost")
    follow("%%answers voice harbour\n1.2: author")
    follow("")
    assert list(readtwice.notebook._here.sources) == [("voice", article.name)]
