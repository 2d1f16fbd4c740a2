"""Schemes: a layer's labels, each with its test, example, colour and two-letter tag."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

SCHEMES = Path(__file__).parent / "schemes"


class SchemeNotFound(ValueError):
    """No layer of that name is installed."""


@dataclass(frozen=True)
class Label:
    """One label; `asks_detail` says whether an answer with it has a second half."""

    name: str
    tag: str
    colour: str
    asks_detail: bool
    test: str
    example: str


@dataclass(frozen=True)
class Scheme:
    """A layer's labels in the order in which their tests are tried."""

    layer: str
    question: str
    items: str  # what is labelled: sentences or pairs
    keyed: str  # which of them a key holds: all or chosen
    detail: str
    options: tuple[tuple[str, str], ...]  # what the detail may be, each with its meaning, where that is a fixed list
    labels: tuple[Label, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(label.name for label in self.labels)

    def __getitem__(self, name: str) -> Label:
        for label in self.labels:
            if label.name == name:
                return label
        raise KeyError(name)


def rows_in(path: Path) -> list[dict[str, str]]:
    """Rows of one of the package's tables."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def layer_names() -> list[str]:
    """Names of the installed layers, in the order in which the course takes them."""
    return [row["layer"] for row in rows_in(SCHEMES / "layers.csv")]


@lru_cache(maxsize=16)
def read_scheme(layer: str) -> Scheme:
    """Read the scheme of a layer; raises SchemeNotFound with the names that there are."""
    for row in rows_in(SCHEMES / "layers.csv"):
        if row["layer"] == layer:
            labels = tuple(
                Label(r["label"], r["tag"], r["colour"], r["detail"] == "yes", r["test"], r["example"])
                for r in rows_in(SCHEMES / f"{layer}.csv")
            )
            options = tuple((r["option"], r["meaning"]) for r in rows_in(SCHEMES / "details.csv") if r["detail"] == row["detail"])
            return Scheme(layer, row["question"], row["items"], row["keyed"], row["detail"], options, labels)
    raise SchemeNotFound(f"There is no layer called “{layer}”. The layers are: {', '.join(layer_names())}.")
