"""The class report: what a class got and missed, for the teacher, as one offline page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from readtwice.agreement import FEWEST, Agreement, against_key, agreement, class_detection
from readtwice.answers import Answer, Answers
from readtwice.detection import Detection
from readtwice.feedback import templates
from readtwice.keys import KeyRow
from readtwice.kinds import Kind
from readtwice.mark_class import Outcome
from readtwice.numbers import RECIPES
from readtwice.schemes import Label
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
    handed_in = {name for _, name in outcome.marks}
    for name, unit in units.items():
        for task in unit.tasks:
            if task.layer not in RECIPES and name in handed_in:
                results.append(_layer(name, unit, task, outcome))
    return results


def _layer(name: str, unit: Unit, task: Task, outcome: Outcome) -> LayerResult:
    readers = [marks[task.test] for (_, u), marks in outcome.marks.items() if u == name and marks[task.test].answered]
    key = unit.key(task)
    labels: dict[str, Counter[str]] = {item: Counter() for item in key.rows}
    confusions: Counter[tuple[str, str]] = Counter()
    right: Counter[str] = Counter()
    for marks in readers:
        for row in marks.rows:
            if row.credit is None:
                continue
            labels[row.item][row.answer] += 1
            right[row.item] += row.credit == 1
            if row.credit < 1 and key.rows[row.item].label not in ("", row.answer):
                confusions[key.rows[row.item].label, row.answer] += 1
    items = tuple(ItemResult(key.rows[item], labels[item], right[item]) for item in key.rows)
    mean = sum(marks.score for marks in readers) / len(readers) if readers else 0.0
    most = tuple((said, got, n) for (said, got), n in confusions.most_common(5) if n > 1)
    kind = task.kind(task.parts[0])
    if not kind.is_layer or len(readers) < FEWEST:
        return LayerResult(name, kind, len(readers), mean, items, most, None, (), None)
    said = {str(n): Answers(task.layer, {row.item: Answer(row.item, row.answer) for row in m.rows}) for n, m in enumerate(readers)}
    suspects = tuple(check.suspect for check in against_key(readers, key) if check.suspect)
    agreed = agreement(said, kind.scheme, task.asked)
    return LayerResult(name, kind, len(readers), mean, items, most, agreed, suspects, class_detection(readers, key))


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
