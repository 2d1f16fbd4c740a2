"""Texts: a title, paragraphs and sentences, read from a folder that a teacher can edit."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

TEXTS = Path(__file__).parent / "texts"
TITLE = "T"


class TextNotFound(ValueError):
    """No text of that name is installed."""


@dataclass(frozen=True)
class Sentence:
    """One sentence; `item` is its id, such as ``4.2``, and the title's is ``T``."""

    item: str
    paragraph: int
    text: str

    @property
    def words(self) -> int:
        """Number of words: the pieces between spaces that hold a letter or a digit."""
        return sum(any(c.isalnum() for c in piece) for piece in self.text.split())


@dataclass(frozen=True)
class Pair:
    """Two passages that belong together: `from_` is the quotation or the evidence, `to` the gloss or the claim."""

    item: str
    layer: str
    from_: tuple[str, ...]
    to: tuple[str, ...]
    note: str


@dataclass(frozen=True, repr=False)
class Text:
    """A text under study; `speakers` maps each speaker's short name to the other forms of it."""

    name: str
    title: str
    sentences: tuple[Sentence, ...]
    about: Mapping[str, str]
    speakers: Mapping[str, tuple[str, ...]]
    pairs: tuple[Pair, ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(s.item for s in self.sentences)

    @property
    def foot(self) -> str:
        """Title and notice, for below a picture or a table."""
        return f"{self.title}. {self.about['notice']}"

    @property
    def for_practice(self) -> bool:
        """Whether answers on this text are explained at once, because nobody is graded on it."""
        return self.about.get("use") == "practice"

    def items_of(self, layer: str, items: str) -> tuple[str, ...]:
        """Ids of what a layer labels in this text: its sentences, or the pairs of that layer."""
        return self.items if items == "sentences" else tuple(pair.item for pair in self.pairs if pair.layer == layer)

    def words_at(self, item: str) -> str:
        """The sentence, or all sentences of the pair, with that id; raises KeyError."""
        for pair in self.pairs:
            if pair.item == item:
                return self.passage(dict.fromkeys((*pair.from_, *pair.to)))
        return self[item].text

    def passage(self, items: Iterable[str]) -> str:
        """These sentences in a row."""
        return " ".join(self[item].text for item in items)

    def __getitem__(self, item: str) -> Sentence:
        for sentence in self.sentences:
            if sentence.item == item:
                return sentence
        raise KeyError(item)

    def __repr__(self) -> str:
        return f"{self}\n\n{self.about['notice']}"

    def __str__(self) -> str:
        return "\n".join(f"{s.item:>5}  {s.text}" for s in self.sentences)


def text_names() -> list[str]:
    """Names of the installed texts, in alphabetical order."""
    return sorted(folder.name for folder in TEXTS.iterdir() if (folder / "text.txt").is_file())


@lru_cache(maxsize=16)
def read_text(name: str) -> Text:
    """Read the installed text of that name; raises TextNotFound with the names that there are."""
    if name not in text_names():
        raise TextNotFound(f"There is no text called “{name}” here. The texts are: {', '.join(text_names())}.")
    return read_text_folder(TEXTS / name)


def read_text_folder(folder: Path) -> Text:
    """Read a text from its folder.

    `text.txt` has the title first, then one sentence a line and a blank line between paragraphs;
    a line that starts with ``#`` is a comment. Ids follow from the position.
    """
    source = (folder / "text.txt").read_text(encoding="utf-8")
    lines = [line for line in source.splitlines() if not line.startswith("#")]
    title, *paragraphs = re.split(r"\n\s*\n", "\n".join(lines).strip())
    sentences = [Sentence(TITLE, 0, title.strip())]
    for number, paragraph in enumerate(paragraphs, start=1):
        for position, line in enumerate(paragraph.splitlines(), start=1):
            sentences.append(Sentence(f"{number}.{position}", number, line.strip()))
    about = tomllib.loads((folder / "about.toml").read_text(encoding="utf-8"))
    speakers = {row["speaker"]: split_list(row["forms"]) for row in rows_of(folder / "speakers.csv")}
    pairs = tuple(
        Pair(row["id"], row["layer"], tuple(row["from"].split()), tuple(row["to"].split()), row["note"])
        for row in rows_of(folder / "pairs.csv")
    )
    return Text(folder.name, title.strip(), tuple(sentences), about, speakers, pairs)


Row = TypeVar("Row")


def rows_of(path: Path) -> list[dict[str, str]]:
    """Rows of a table of a text's folder; none where the text has no such table."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def records_of(path: Path, row: type[Row]) -> tuple[Row, ...]:
    """Rows of a table of a text's folder as records of this dataclass; raises ValueError where its columns are others."""
    columns = [field.name for field in fields(row)]
    rows = rows_of(path)
    if any(list(one) != columns for one in rows):
        raise ValueError(f"{path.parent.name}/{path.name}: the columns must be {', '.join(columns)}")
    return tuple(row(**one) for one in rows)


def split_list(field: str) -> tuple[str, ...]:
    """Split a cell of a table that lists alternatives with semicolons."""
    return tuple(part.strip() for part in field.split(";") if part.strip())
