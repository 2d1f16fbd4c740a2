"""Source packs: cards that say what a source says about a sentence, and what it cannot settle."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from readtwice.texts import TEXTS, records_of

KINDS = {
    "party": "a party to the quarrel",
    "press": "an agency, the press, an institute or an encyclopaedia",
    "record": "a record: a document, a register, minutes",
}
USES = ("quote", "paraphrase")
OMISSION = "O"  # the item of cards that bear on what the whole text leaves out


@dataclass(frozen=True)
class Card:
    """What one source says about one item; the same source may have several cards."""

    id: str
    item: str
    title: str
    publisher: str
    date: str
    address: str
    kind: str
    use: str
    says: str
    quotation: str
    cannot_settle: str


@lru_cache(maxsize=16)
def read_sources(name: str) -> tuple[Card, ...]:
    """The source pack of an installed text, empty where it has none; raises ValueError where a column is missing."""
    return records_of(TEXTS / name / "sources.csv", Card)
