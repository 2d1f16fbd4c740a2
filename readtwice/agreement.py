"""Agreement: how far readers agree with each other, and a class with the key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import correlation

from readtwice.answers import Answers
from readtwice.keys import KeyRow
from readtwice.schemes import Scheme

FEWEST = 5  # what fewer readers than this said is never shown apart
FEWEST_TO_CORRELATE = 10  # readers
FEWEST_ITEMS = 10
WIDEST = 0.4  # an interval wider than this says little
ORDINAL = {"call"}  # layers whose labels are numbers that say how strong something is
RESAMPLES = 1000
SEED = 20220125


@dataclass(frozen=True)
class ItemSplit:
    """How the readers of one item split: how many gave each label, the labels in alphabetical order."""

    item: str
    labels: Counter[str]

    @property
    def answered(self) -> int:
        return self.labels.total()

    @property
    def commonest(self) -> str:
        """The label that most readers gave, "" where nobody answered; of two as common, the first in the alphabet."""
        return max(self.labels, key=self.labels.__getitem__, default="")

    @property
    def share(self) -> float:
        """Share of the readers who gave the commonest label, from 0 to 1; 0 where nobody answered."""
        return self.labels[self.commonest] / self.answered if self.answered else 0.0

    @property
    def pairs(self) -> float | None:
        """Share of the pairs of readers that gave the same label, from 0 to 1; None for fewer than two readers."""
        if self.answered < 2:
            return None
        return sum(n * (n - 1) for n in self.labels.values()) / (self.answered * (self.answered - 1))


@dataclass(frozen=True)
class Agreement:
    """Agreement of readers on a layer: `alpha` is 1 where all agree, about 0 where labels fall at random, None where it has no value.

    `readers` are those who labelled any of the items, `items` counts those that at least two of them
    labelled, and `interval` is the 95 % interval of alpha.
    """

    alpha: float | None
    interval: tuple[float, float] | None
    readers: int
    items: int
    splits: tuple[ItemSplit, ...]

    @property
    def to_show(self) -> tuple[ItemSplit, ...]:
        """The splits that may be shown: those of at least five readers."""
        return tuple(split for split in self.splits if split.answered >= FEWEST)

    @property
    def warning(self) -> str:
        """What keeps a teacher from relying on the figure, in plain words; "" where nothing does."""
        return " ".join(filter(None, (self._few(), self._no_alpha() if self.alpha is None else self._rough())))

    def _few(self) -> str:
        if not self.readers:
            return "Nobody has labelled any of these items."
        if self.readers >= FEWEST:
            return ""
        return f"{number_of_readers(self.readers)}: too few to say anything. How fewer than {FEWEST} readers split must not be shown apart."

    def _no_alpha(self) -> str:
        if self.readers < 2:
            return ""
        if not self.items:
            return "No item has labels from two readers, so there is nothing to compare."
        return "Wherever readers can be compared, all gave one and the same label: without variation nobody can tell agreement from habit."

    def _rough(self) -> str:
        reasons = []
        if self.items < FEWEST_ITEMS:
            reasons.append(f"it rests on {self.items} item{'' if self.items == 1 else 's'}")
        if self.interval and self.interval[1] - self.interval[0] > WIDEST:
            reasons.append("the interval goes from {:.2f} to {:.2f}".format(*self.interval))
        return f"A rough figure only: {' and '.join(reasons)}." if reasons else ""


def agreement(readers: Mapping[str, Answers], scheme: Scheme, items: Sequence[str]) -> Agreement:
    """Krippendorff's alpha of the readers' labels on these items, and how each item split.

    Alpha is 1 less the observed disagreement over that expected by chance; a blank is a missing
    value (Krippendorff 2019, "Content Analysis", chapter 12; Hayes and Krippendorff 2007, "Answering
    the call for a standard reliability measure for coding data"). Labels are nominal; those of
    `call` are ordinal. Alpha is None where no item has two labels, and where all labels are the
    same. The interval holds the middle 95 % of the alphas of 1000 samples of the items, drawn with
    replacement from a fixed seed, less those without variation; None for fewer than two items.
    Zapf et al. 2016 ("Measuring inter-rater reliability for nominal data") find that such an
    interval holds what it says, and that the one of Hayes and Krippendorff, who draw pairs of
    labels, is too narrow. It tells how far another choice of items would move the figure, not
    another class.
    """
    labelled = [{item: label for item in items if (label := said.label(item)) in scheme.names} for said in readers.values()]
    splits = [_split(item, (labels[item] for labels in labelled if item in labels)) for item in items]
    return agreement_of(splits, sum(map(bool, labelled)), scheme)


def agreement_of(splits: Sequence[ItemSplit], readers: int, scheme: Scheme) -> Agreement:
    """The same as `agreement` from how each item split among so many readers."""
    # in this order the labels of an ordinal layer stand by their strength, and the order of the items changes nothing
    counts = sorted([split.labels[label] for label in sorted(scheme.names)] for split in splits if split.answered >= 2)
    level = "ordinal" if scheme.layer in ORDINAL else "nominal"
    alpha = _alpha(counts, level)
    interval = _interval(tuple(map(tuple, counts)), level) if alpha is not None and len(counts) > 1 else None
    return Agreement(alpha, interval, readers, len(counts), tuple(splits))


def _split(item: str, labels: Iterable[str]) -> ItemSplit:
    return ItemSplit(item, Counter(sorted(labels)))


def _alpha(counts: Sequence[Sequence[int]], level: str) -> float | None:
    """Alpha of a table with a row an item and a column a label; None where fewer than two labels occur."""
    if sum(any(column) for column in zip(*counts, strict=True)) < 2:
        return None
    import krippendorff

    return float(krippendorff.alpha(value_counts=counts, level_of_measurement=level))


@lru_cache(maxsize=64)  # the class report and its version to project ask for the same
def _interval(counts: tuple[tuple[int, ...], ...], level: str) -> tuple[float, float]:
    import numpy as np

    draws = np.random.default_rng(SEED).integers(len(counts), size=(RESAMPLES, len(counts)))
    alphas = [_alpha([counts[i] for i in draw], level) for draw in draws]
    low, high = np.quantile([alpha for alpha in alphas if alpha is not None], (0.025, 0.975))
    return float(low), float(high)


@dataclass(frozen=True)
class KeyCheck:
    """One item of a class against the key.

    `discrimination` is the correlation of the item's credit with the mean credit on the other items
    that the reader answered (corrected as Henrysson 1963 asks), over the `compared` readers who
    answered others; None where there is no variation.
    """

    split: ItemSplit
    key: KeyRow
    discrimination: float | None
    compared: int

    @property
    def share(self) -> float:
        """Share of the readers whose label earns full credit, from 0 to 1; 0 where nobody answered."""
        right = sum(n for label, n in self.split.labels.items() if self.key.earns_all(label))
        return right / self.split.answered if right else 0.0

    @property
    def differs(self) -> bool:
        """Whether some label that does not earn full credit is commoner than each that does."""
        most = max(self.split.labels.values(), default=0)
        return most > max((n for label, n in self.split.labels.items() if self.key.earns_all(label)), default=0)

    @property
    def suspect(self) -> str:
        """A sign that the key may be wrong, in plain words, or "".

        At least five readers answered and more than half of them chose one label that does not earn
        full credit, or the discrimination is clearly negative. A common misreading looks the same.
        """
        split, label = self.split, self.split.commonest
        if split.answered >= FEWEST and split.share > 0.5 and not self.key.earns_all(label):
            return (
                f"{split.item}: {split.labels[label]} of {number_of_readers(split.answered)} chose “{label}”, "
                f"the key says “{self.key.label}”. "
                "Either many misread it alike, or the key is wrong."
            )
        if clearly_negative(self.discrimination, self.compared):
            return f"{turned_round(split.item, self.discrimination)} Look whether the key, “{self.key.label}”, is right."
        return ""


def correlated(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Pearson's correlation, or None where there is none: fewer than two pairs, or a side without variation."""
    return correlation(one, other) if len(set(one)) > 1 and len(set(other)) > 1 else None


def clearly_negative(r: float | None, n: int) -> bool:
    """Whether a correlation over n readers is further below 0 than chance easily brings.

    Below -.2, and below -1.64 standard errors, the error being ``1 / sqrt(n - 1)`` where nothing is
    correlated: chance goes as far with one item in twenty that tells readers apart not at all, and
    more rarely with one that does. Never for fewer than ten readers.
    """
    return r is not None and n >= FEWEST_TO_CORRELATE and r < -max(0.2, 1.64 / (n - 1) ** 0.5)


def turned_round(item: str, discrimination: float) -> str:
    """What a clearly negative discrimination says, in plain words."""
    return f"{item}: those who do better elsewhere do worse here (correlation {discrimination:.2f})."


def number_of_readers(n: int) -> str:
    """How many readers, in words: “No readers”, “1 reader”, “2 readers”."""
    return f"{n or 'No'} reader{'' if n == 1 else 's'}"
