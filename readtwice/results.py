"""Results: what a class did with each item of each layer, from its tallies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from readtwice.agreement import FEWEST, Agreement
from readtwice.arrows import MAP
from readtwice.detection import Detection
from readtwice.keys import KeyRow
from readtwice.kinds import Kind, questions_of
from readtwice.learning import Change, ItemStatistics, change, item_statistics
from readtwice.numbers import RECIPES
from readtwice.outcome import Outcome
from readtwice.schemes import Label
from readtwice.tally import Tally
from readtwice.units import Task, Unit

MOST_CONFUSIONS = 5


@dataclass(frozen=True)
class ItemResult:
    """One item across a class: how many answered it, how many rightly, what each label got, and what was objected."""

    key: KeyRow
    labels: Counter[str]
    right: int
    objected: int = 0
    objections: tuple[str, ...] = ()

    @property
    def answered(self) -> int:
        return self.labels.total()

    @property
    def share(self) -> float:
        return self.right / self.answered if self.answered else 0.0

    @property
    def may_be_shown(self) -> bool:
        """Whether enough readers answered that nobody can be picked out."""
        return self.answered >= FEWEST


@dataclass(frozen=True)
class LayerResult:
    """One layer of one unit across a class."""

    unit: str
    task: Task
    kind: Kind
    readers: int
    mean: float
    items: tuple[ItemResult, ...]
    confusions: tuple[tuple[str, str, int], ...]  # key says, students say, how often
    agreement: Agreement | None  # of the class with itself, for a layer's labels
    suspects: tuple[str, ...]  # signs of a wrong key
    detection: Detection | None

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels that readers could choose from; none where they copied words."""
        return self.kind.scheme.labels if self.kind.scheme and self.kind.name != MAP else ()

    def in_words(self, label: str) -> str:
        """A label as a report says it: a bare number is followed by the first word of its test, “3 (demanded)”."""
        tests = {one.name: one.test for one in self.labels}
        first = re.match(r"\w+", tests.get(label, "")) if label.isdecimal() else None
        return f"{label} ({first[0].casefold()})" if first else label

    @property
    def is_test(self) -> bool:
        """Whether it is the sheet before or after the course."""
        return bool(questions_of(self.kind.name))

    @property
    def may_be_shown(self) -> bool:
        return self.readers >= FEWEST


@dataclass(frozen=True)
class SheetResult:
    """One of the two sheets: who took it, how far it went right, and how its questions worked."""

    unit: str
    name: str
    readers: int
    mean: float | None
    questions: tuple[ItemStatistics, ...]
    right: Mapping[str, int]  # by student, how many of the questions


def layer_results(outcome: Outcome, units: Mapping[str, Unit]) -> list[LayerResult]:
    """The class's results by unit and layer, of all hand-ins in which anything of the layer is answered."""
    return [
        _layer(name, unit, task, outcome.tallies[name, task.test])
        for name, unit in units.items()
        for task in unit.tasks
        if (name, task.test) in outcome.tallies
    ]


def _layer(name: str, unit: Unit, task: Task, tally: Tally) -> LayerResult:
    key = unit.key(task)
    items = tuple(
        ItemResult(row, tally.labels.get(item, Counter()), tally.right[item], tally.objected[item], tuple(tally.objections.get(item, ())))
        for item, row in key.rows.items()
    )
    most = tuple((said, got, n) for (said, got), n in tally.confusions.most_common(MOST_CONFUSIONS) if n > 1)
    kind = task.kind(task.parts[0])
    result = LayerResult(name, task, kind, tally.readers, tally.mean, items, most, None, (), None)
    if not kind.is_layer or tally.readers < FEWEST:
        return result
    suspects = tuple(check.suspect for check in tally.against_key(key) if check.suspect)
    agreed = tally.agreement(kind.scheme, task.asked)
    return replace(result, agreement=agreed, suspects=suspects, detection=tally.detection)


def sheets(outcome: Outcome, units: Mapping[str, Unit]) -> tuple[list[SheetResult], Change | None]:
    """The sheets before and after the course, and what changed between them for those who took both; None where there are not two."""
    found, scores = [], []
    for name, unit in units.items():
        for task in unit.tasks:
            taken = outcome.tallies.get((name, task.test), Tally()).chosen
            if questions_of(task.layer):
                key = unit.key(task)
                right = {who: sum(key.rows[q].earns_all(said[q]) for q in said) for who, said in taken.items()}
                shares = {who: n / len(key.rows) for who, n in right.items()}
                options = task.kind(task.parts[0]).scheme.names
                mean = sum(shares.values()) / len(shares) if len(shares) >= FEWEST else None
                found.append(SheetResult(name, task.layer, len(right), mean, item_statistics(taken, key, options), right))
                scores.append(shares)
    both = change(scores[0], scores[-1]) if len(scores) > 1 and scores[0] and scores[-1] else None
    return found, both


def labelled(unit: Unit) -> list[Task]:
    """The tasks of a unit that ask for more than numbers."""
    return [task for task in unit.tasks if task.layer not in RECIPES]


def latest(outcome: Outcome, units: Mapping[str, Unit]) -> str:
    """The unit to talk about: the last that at least five handed in, else the last that anybody did, "" where nobody did."""
    handed_in = Counter(unit for _, unit in outcome.points)
    enough = [name for name in units if handed_in[name] >= FEWEST]
    return (enough or [name for name in units if handed_in[name]] or [""])[-1]
