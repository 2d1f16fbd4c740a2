"""Texts, pairs, source packs and keys: what the course stands on holds together."""

from __future__ import annotations

import copy
import csv
import re
from pathlib import Path

import pytest
from conftest import ROOT, cell

from readtwice.keys import ITSELF, Key, key_path, read_key
from readtwice.kinds import kind_of
from readtwice.masters import fill
from readtwice.numbers import RECIPES
from readtwice.schemes import layer_names, read_scheme
from readtwice.sources import KINDS, OMISSION, USES, read_sources
from readtwice.texts import TEXTS, Text, read_text, text_names

SOLUTIONS = ROOT / "solutions"
WRITTEN = "written for this course"
QUOTED = re.compile(r'"([^"]+)"')


def path_of(name: str, layer: str) -> Path:
    return key_path(read_text(name), layer, SOLUTIONS)


def key_of(name: str, layer: str) -> Key:
    return read_key(path_of(name, layer), read_scheme(layer), read_text(name))


def asked_of(name: str) -> dict[str, list[str]]:
    path = SOLUTIONS / "keys" / name / "asked.csv"
    asked: dict[str, list[str]] = {}
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                asked.setdefault(row["layer"], []).append(row["item"])
    return asked


TEXTS_OF = {use: [name for name in text_names() if read_text(name).about["use"] == use] for use in ("practice", "graded", "test")}
KEYS = [(name, layer) for name in text_names() for layer in layer_names() if path_of(name, layer).exists()]
PACKED = [name for name in text_names() if read_sources(name)]
LAYERED = [*TEXTS_OF["practice"], *TEXTS_OF["graded"]]


def test_every_text_has_a_use():
    assert sorted(name for names in TEXTS_OF.values() for name in names) == text_names()


@pytest.mark.parametrize("name", LAYERED)
def test_a_text_that_is_labelled_has_a_key_for_every_layer(name):
    assert [layer for layer in layer_names() if (name, layer) not in KEYS] == []


@pytest.mark.parametrize(("name", "layer"), KEYS)
def test_a_key_is_whole_and_its_rows_hold(name, layer):
    assert key_of(name, layer).rows


@pytest.mark.parametrize(("name", "layer"), KEYS)
def test_what_a_reason_quotes_stands_in_its_item_and_no_reason_stands_twice(name, layer):
    text, rows = read_text(name), key_of(name, layer).rows.values()
    wrong = {row.item: bit for row in rows for bit in QUOTED.findall(row.reason) if bit not in text.words_at(row.item)}
    assert wrong == {}
    assert [row.item for row in rows if not QUOTED.search(row.reason)] == []
    assert len({row.reason for row in rows}) == len(rows)


@pytest.mark.parametrize(("name", "layer"), KEYS)
def test_a_reason_counts_no_words(name, layer):
    counts = re.compile(r"\b(\d+|two|three|four|five|six|seven|eight|nine|ten) words\b", re.IGNORECASE)
    assert [row.item for row in key_of(name, layer).rows.values() if counts.search(row.reason)] == []


@pytest.mark.parametrize("name", LAYERED)
def test_a_call_is_a_policy_and_a_policy_calls_except_sayings(name):
    calls, statements = key_of(name, "call").rows, key_of(name, "statement").rows
    for item, statement in statements.items():
        kinds = {statement.label, *statement.accept}
        if calls[item].label != "0":
            assert "policy" in kinds, item
        if statement.label == "policy":
            assert {calls[item].label, *calls[item].accept} & {"1", "2", "3"}, item


@pytest.mark.parametrize("name", LAYERED)
def test_a_sentence_inside_a_quotation_asserts_pushes_and_asks_nothing_of_the_authors(name):
    voice, statement, move, call = (key_of(name, layer).rows for layer in ("voice", "statement", "move", "call"))
    quotes = [item for item, row in voice.items() if row.label == "quote"]
    assert quotes
    assert {item: statement[item].label for item in quotes if statement[item].label != "checkable"} == {}
    assert {item: call[item].label for item in quotes if call[item].label != "0"} == {}
    inside = [item for item in quotes if ":" not in read_text(name)[item].text]
    assert {item: move[item].label for item in inside if move[item].label != "none"} == {}


@pytest.mark.parametrize("name", LAYERED)
def test_a_verdict_is_asked_of_what_can_be_checked_or_waited_for(name):
    statements = key_of(name, "statement").rows
    verdicts = key_of(name, "verdict").rows
    kinds = {item: {statements[item].label, *statements[item].accept} for item in verdicts}
    assert {item for item in verdicts if not kinds[item] & {"checkable", "prediction"}} == set()
    later = [item for item, row in verdicts.items() if row.label == "later"]
    assert [item for item in later if "prediction" not in kinds[item]] == []


@pytest.mark.parametrize("name", LAYERED)
def test_pairs_join_passages_that_exist_and_a_gloss_starts_from_a_quotation(name):
    text, voice = read_text(name), key_of(name, "voice").rows
    assert [pair.item for pair in text.pairs if not {*pair.from_, *pair.to} <= set(text.items)] == []
    assert len({pair.item for pair in text.pairs}) == len(text.pairs)
    glosses = [pair for pair in text.pairs if pair.layer == "gloss"]
    assert [pair.item for pair in glosses if not all(voice[item].label in ("quote", "mixed") for item in pair.from_)] == []
    assert {pair.layer for pair in text.pairs} == {"gloss", "support"}


@pytest.mark.parametrize("name", TEXTS_OF["graded"])
def test_asked_items_are_in_the_keys(name):
    asked = asked_of(name)
    assert asked
    text = read_text(name)
    held = {layer: kind_of(layer, text).key(ROOT / "solutions").rows for layer in asked}
    assert {layer: [i for i in items if i not in held[layer]] for layer, items in asked.items()} == {layer: [] for layer in asked}


@pytest.mark.parametrize("layer", layer_names())
def test_every_label_of_a_layer_is_asked_somewhere_and_practised(layer):
    """The article lacks some labels; the practice text has every one, and the graded texts together ask them all."""
    names = set(read_scheme(layer).names)
    practised = {row.label for name in TEXTS_OF["practice"] for row in key_of(name, layer).rows.values()}
    asked = {key_of(name, layer).rows[item].label for name in TEXTS_OF["graded"] for item in asked_of(name).get(layer, [])}
    assert practised == names
    assert asked == names


@pytest.mark.parametrize("name", PACKED)
def test_a_source_pack_says_what_a_reader_needs(name):
    text, cards = read_text(name), read_sources(name)
    assert {card.kind for card in cards} <= set(KINDS)
    assert {card.use for card in cards} <= set(USES)
    assert [card.id for card in cards if not (card.title and card.publisher and card.says and card.cannot_settle)] == []
    assert [card.id for card in cards if card.quotation and (card.use != "quote" or len(card.quotation.split()) > 25)] == []
    assert {card.item for card in cards} <= {*text.items, OMISSION}
    assert len({(card.id, card.item) for card in cards}) == len(cards)


@pytest.mark.parametrize("name", PACKED)
def test_a_source_is_described_alike_on_each_of_its_cards_and_its_address_is_one(name):
    cards = read_sources(name)
    assert len({(c.id, c.title, c.publisher, c.date, c.address, c.kind, c.use) for c in cards}) == len({c.id for c in cards})
    address = re.compile(r"https?://[\w.-]+\.[a-z0-9-]{2,}(/\S*)?")
    real = read_text(name).about["kind"] == "real"
    assert [c.id for c in cards if not (address.fullmatch(c.address) if real else c.address == "")] == []


def test_the_articles_source_pack_is_wide_enough():
    cards = read_sources("russia-must-act")
    assert len({card.item for card in cards}) >= 14
    assert len({card.id for card in cards}) >= 30
    assert {card.kind for card in cards} == set(KINDS)
    labels = {row.label for row in key_of("russia-must-act", "verdict").rows.values()}
    assert labels == set(read_scheme("verdict").names)


@pytest.mark.parametrize("name", [name for name in TEXTS_OF["graded"] if (SOLUTIONS / "keys" / name / "omission.csv").exists()])
def test_the_omission_names_a_card_and_a_sentence(name):
    with (SOLUTIONS / "keys" / name / "omission.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    cards = {card.id for card in read_sources(name) if card.item == OMISSION}
    text = read_text(name)
    assert {row["label"], *(part.strip() for part in row["accept"].split(";") if part)} <= cards
    sentences = [row["detail"], *(part.strip() for part in row["detail_accept"].split(";") if part)]
    assert set(sentences) <= set(text.items)
    words = " ".join(text[item].text for item in sentences)
    assert [bit for bit in QUOTED.findall(row["reason"]) if bit not in words] == []


@pytest.mark.parametrize("name", [name for name in text_names() if read_text(name).about["kind"] == WRITTEN])
def test_a_text_written_for_the_course_says_so_in_its_first_line(name):
    first = (TEXTS / name / "text.txt").read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# Written for this course.")
    assert "invented" in first
    assert "invented" in read_text(name).about["notice"]


def runs(words: str, length: int) -> set[tuple[str, ...]]:
    parts = re.findall(r"\w+", words.casefold())
    return {tuple(parts[i : i + length]) for i in range(len(parts) - length + 1)}


def whole(text: Text) -> str:
    return " ".join(s.text for s in text.sentences)


@pytest.mark.parametrize("name", [*TEXTS_OF["graded"], *TEXTS_OF["test"]])
@pytest.mark.parametrize("layer", layer_names())
def test_nobody_wins_by_matching_strings_of_the_guide(name, layer):
    """No run of five words of an example or a test of the guide, and no longer quotation of one, stands in a graded text."""
    words = whole(read_text(name))
    for label in read_scheme(layer).labels:
        assert (runs(label.example, 5) | runs(label.test, 5)) & runs(words, 5) == set(), label.name
        quoted = [bit for bit in QUOTED.findall(label.example) if len(bit.split()) > 1]
        assert [bit for bit in quoted if bit.casefold() in words.casefold()] == []


def test_no_two_texts_share_a_sentence_of_their_authors():
    seen: dict[str, str] = {}
    for name in text_names():
        for s in read_text(name).sentences:
            if '"' not in s.text and len(s.text.split()) > 5:
                assert seen.setdefault(s.text, name) == name, (name, s.item)


def test_only_an_inaccuracy_can_be_settled_by_the_text_itself():
    for name in LAYERED:
        itself = [row for row in key_of(name, "verdict").rows.values() if row.detail == ITSELF]
        assert [row.item for row in itself if row.label != "inaccurate"] == []


def test_the_parallel_text_asks_as_many_items_of_each_layer_as_the_article():
    article, parallel = asked_of("russia-must-act"), asked_of("parallel")
    assert {layer: len(items) for layer, items in article.items()} == {layer: len(items) for layer, items in parallel.items()}


def test_a_master_can_take_the_parallel_text_in_place_of_the_article(master):
    """The same cells, filled from the other text's key: as many sentences asked, and numbers of its own speakers."""
    filled = copy.deepcopy(master)
    for part in filled["cells"]:
        part["source"] = part["source"].replace('read("russia-must-act")', 'read("parallel")')
    fill(filled, "1-whose-voice", SOLUTIONS)
    asked = [line for line in cell(filled, "voice-answers")["source"].splitlines()[2:] if not line.startswith("=")]
    assert [line.partition(":")[0] for line in asked] == asked_of("parallel")["voice"]
    names = [line.partition(":")[0] for line in cell(filled, "shares-answers")["source"].splitlines()[2:]]
    assert len(names) == 3
    assert set(names) <= set(RECIPES["shares"].names(read_text("parallel")))
