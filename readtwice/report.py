"""The class report: what a class got and missed, for the teacher, as one offline page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from readtwice.agreement import FEWEST, Agreement
from readtwice.detection import Detection
from readtwice.feedback import templates
from readtwice.keys import KeyRow
from readtwice.kinds import Kind
from readtwice.mark_class import Outcome
from readtwice.schemes import Label
from readtwice.tally import Tally
from readtwice.units import Task, Unit

TALK_ABOUT = 5


@dataclass(frozen=True)
class ItemResult:
    """One item across a class: how many answered it, how many rightly, and what each label got."""

    key: KeyRow
    labels: Counter[str]
    right: int

    @property
    def answered(self) -> int:
        return self.labels.total()

    @property
    def share(self) -> float:
        return self.right / self.answered if self.answered else 0.0


@dataclass(frozen=True)
class LayerResult:
    """One layer of one unit across a class."""

    unit: str
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
        return self.kind.scheme.labels if self.kind.scheme else ()

    @property
    def talk_about(self) -> list[ItemResult]:
        """The items that most students missed, hardest first."""
        return sorted((item for item in self.items if item.answered), key=lambda item: item.share)[:TALK_ABOUT]


def layer_results(outcome: Outcome, units: dict[str, Unit]) -> list[LayerResult]:
    """The class's results by unit and layer, of all hand-ins in which anything of the layer is answered."""
    results = []
    for name, unit in units.items():
        for task in unit.tasks:
            if (name, task.test) in outcome.tallies:
                results.append(_layer(name, unit, task, outcome.tallies[name, task.test]))
    return results


def _layer(name: str, unit: Unit, task: Task, tally: Tally) -> LayerResult:
    key = unit.key(task)
    items = tuple(ItemResult(key.rows[item], tally.labels.get(item, Counter()), tally.right[item]) for item in key.rows)
    most = tuple((said, got, n) for (said, got), n in tally.confusions.most_common(5) if n > 1)
    kind = task.kind(task.parts[0])
    if not kind.is_layer or tally.readers < FEWEST:
        return LayerResult(name, kind, tally.readers, tally.mean, items, most, None, (), None)
    suspects = tuple(check.suspect for check in tally.against_key(key) if check.suspect)
    agreed = tally.agreement(kind.scheme, task.asked)
    return LayerResult(name, kind, tally.readers, tally.mean, items, most, agreed, suspects, tally.detection)


def report(outcome: Outcome, units: dict[str, Unit], attention: Sequence[tuple[str, str]]) -> str:
    """The class report as one HTML page: no script, no request, no student's name beside an answer.

    `attention` lists the files that need a human eye, each with the reason.
    """
    return (
        templates()
        .get_template("report.html")
        .render(
            layers=layer_results(outcome, units),
            few=FEWEST,
            handed_in=Counter(unit for _, unit in outcome.points),
            by_hand=Counter(unit for (_, unit), n in outcome.by_hand.items() if n),
            points={name: sorted(p for (_, u), p in outcome.points.items() if u == name) for name in units},
            full={name: unit.points for name, unit in units.items()},
            attention=attention,
        )
    )
