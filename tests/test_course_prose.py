"""How the notebooks are written: plain words, short sentences, terms taught before they are used."""

from __future__ import annotations

import re
import sys

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))
from prose import cells_of, measures, notebooks

from readtwice.schemes import layer_names, read_scheme

NOTEBOOKS = [path.relative_to(ROOT).as_posix() for path in notebooks()]
every = pytest.mark.parametrize("name", NOTEBOOKS)
PUT_OFF = re.compile(r"\b(just(?! as)|simply|obviously|(?<!not )easy|easily|trivial|of course)\b", re.IGNORECASE)
LONGEST = 40  # words of a sentence


def prose_of(name: str) -> list[str]:
    return [cell.source for cell in cells_of(ROOT / name) if cell.kind == "markdown"]


def running(source: str) -> str:
    """Prose without tables, code and quotations, in which another writer's words may stand."""
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("|", "#", ">"))]
    return re.sub(r"`[^`]*`|\"[^\"]*\"|“[^”]*”", "x", " ".join(lines))


@every
def test_no_word_makes_light_of_what_a_reader_finds_hard(name):
    assert [found[0] for source in prose_of(name) for found in PUT_OFF.finditer(running(source))] == []


@every
def test_sentences_are_short(name):
    sentences = [s for source in prose_of(name) for s in re.split(r"(?<=[.!?:;])\s+|\n\n", running(source))]
    assert [s for s in sentences if len(s.split()) > LONGEST] == []


@every
def test_prose_cells_are_about_as_long_as_in_good_notebooks(name):
    assert 15 <= measures(ROOT / name)["words"] <= 60


GLOSSARY = ROOT / "lessons" / "glossary.md"


def terms() -> list[tuple[str, int]]:
    """Each term of the glossary with the number of the unit that teaches it."""
    rows = re.findall(r"^\| \*\*([^*]+)\*\* \| [^|]+ \| (\d) \|$", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)
    return [(term, int(unit)) for term, unit in rows]


ORDINARY = {
    "call", "careful reader", "chart", "check", "claim", "column", "declared", "filter", "form", "group", "hit", "item", "label", "merge",
    "miss", "move", "named", "open", "pair", "party", "push", "rating", "reason", "report", "row", "saying", "share", "slip", "source",
    "speaker", "split", "statement", "step", "strength", "strip", "table", "test", "total", "value", "verdict", "voice",
}  # fmt: skip
LABELS = {label for layer in layer_names() for label in read_scheme(layer).names}


@every
def test_no_term_is_used_in_a_unit_before_the_one_that_teaches_it(name):
    """Labels count where they are named as labels; everyday words that the course also uses as terms do not count."""
    unit = int(re.search(r"/(\d)-", name)[1])
    prose = " ".join(running(source) for source in prose_of(name)).casefold()
    named = set(re.findall(r"`(\w+)`", "\n".join(prose_of(name))))
    later = [term for term, taught in terms() if taught > unit]
    assert [term for term in later if term in LABELS and term in named] == []
    words = [term for term in later if term not in LABELS and term not in ORDINARY]
    assert [term for term in words if re.search(rf"\b{re.escape(term.casefold())}\b", prose)] == []


def test_the_glossary_is_in_alphabetical_order_and_names_each_term_once():
    names = [term.casefold() for term, _ in terms()]
    assert len(names) >= 30
    assert names == sorted(set(names))
