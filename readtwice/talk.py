"""What to talk about tomorrow: the items that a class missed most, with both sides' best reason and a question to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from readtwice.confusions import Confusion, confusion
from readtwice.results import ItemResult, LayerResult
from readtwice.schemes import SCHEMES, rows_in

ITEMS = 5
MOST_OF_A_LAYER = 3


@dataclass(frozen=True)
class Talk:
    """One item to talk about: what the class said, the key's side and the other side, and a question that opens it."""

    layer: LayerResult
    item: ItemResult
    other: str  # the label that most readers gave besides the key's
    test: str  # what must hold for it, by the label guide
    objection: str  # what one of them wrote, "" where nobody did
    thought: str  # what the others may have been thinking, as their feedback says
    question: str

    @property
    def also_right(self) -> bool:
        """Whether the other label earns full credit too, so that the class may split for good reasons."""
        return self.item.key.earns_all(self.other)


def talk_about(layers: Sequence[LayerResult]) -> list[Talk]:
    """The five items that most readers missed, hardest first, no more than three of a layer where there are several.

    Only items that five readers or more answered with a label; the sheets before and after the course
    are not gone through in class.
    """
    several = len([layer for layer in layers if _has_labels(layer)]) > 1
    hard = [
        (item.share, n, layer, item)
        for layer in layers
        if _has_labels(layer)
        for n, item in enumerate(sorted((i for i in layer.items if i.may_be_shown), key=lambda i: i.share))
        if not several or n < MOST_OF_A_LAYER
    ]
    talks: list[Talk] = []
    for *_, layer, item in sorted(hard, key=lambda found: found[:2])[:ITEMS]:
        talks.append(_talk(layer, item, sum(talk.layer is layer for talk in talks)))
    return talks


def _has_labels(layer: LayerResult) -> bool:
    return bool(layer.labels) and not layer.is_test and layer.may_be_shown


def _talk(layer: LayerResult, item: ItemResult, before: int) -> Talk:
    others = [label for label, _ in item.labels.most_common() if label != item.key.label]
    other = others[0] if others else ""
    objection = max(item.objections, key=len, default="")
    test = next((label.test for label in layer.labels if label.name == other), "")
    found = confusion(_scheme_of(layer), item.key.label, other)
    asked = question(layer.kind.name, other or item.key.label, before)
    return Talk(layer, item, other, test, objection, found.thinking if found else "", asked)


def what_to_do(layer: LayerResult, right: str, said: str) -> Confusion | None:
    """The thought behind a confusion and what helps, where somebody has written it."""
    return confusion(_scheme_of(layer), right, said)


def _scheme_of(layer: LayerResult) -> str:
    return layer.kind.scheme.layer if layer.kind.scheme else layer.kind.name


@lru_cache(maxsize=1)
def _questions() -> dict[str, list[str]]:
    questions: dict[str, list[str]] = {}
    for row in rows_in(SCHEMES / "talk.csv"):
        questions.setdefault(row["layer"], []).append(row["question"])
    return questions


def question(layer: str, said: str, n: int) -> str:
    """A question that opens the talk about the n-th item of a layer, in turn; "" where nobody has written one."""
    held = _questions().get(layer, [""])
    return held[n % len(held)].replace("{said}", said)
