"""Learning: what a class learned between two tests, and how well the questions of a test work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean, median, variance

from readtwice.agreement import FEWEST, FEWEST_TO_CORRELATE, clearly_negative, correlated, number_of_readers, turned_round
from readtwice.keys import Key, KeyRow

FEWEST_TO_RELY_ON = 20  # readers
DEAD = 0.05  # a wrong option that a smaller share of the readers chose does no work


@dataclass(frozen=True)
class Change:
    """What changed between two tests, over the `n` readers who took both; scores and their means from 0 to 1.

    `d` is the mean change in standard deviations, `interval` its 95 % interval, `gain` what the class
    gained of what it could have gained. None stands for what has no value.
    """

    n: int
    only_before: int
    only_after: int
    before: float | None
    after: float | None
    d: float | None
    interval: tuple[float, float] | None

    @property
    def change(self) -> float | None:
        """Mean change, from -1 to 1."""
        return self.after - self.before if self.n else None

    @property
    def gain(self) -> float | None:
        """Gain of the class average, ``(after - before) / (1 - before)`` (Hake 1998); None where `before` is 1."""
        return self.change / (1 - self.before) if self.n and self.before < 1 else None

    @property
    def warning(self) -> str:
        """What keeps a teacher from relying on the figures, in plain words; "" where nothing does."""
        few = _few(self.n, "took both tests", "the interval is wide, and the change is only a hint.")
        return " ".join(filter(None, (few, self._only_one())))

    def _only_one(self) -> str:
        if not self.only_before and not self.only_after:
            return ""
        return f"Left out: {self.only_before} who took only the first test, {self.only_after} who took only the second."


def _few(n: int, did: str, rough: str) -> str:
    """What to say of figures that rest on few readers, "" where they are enough."""
    if n >= FEWEST_TO_RELY_ON:
        return ""
    return f"{number_of_readers(n)} {did}: {'too few to say anything, so nothing must be shown.' if n < FEWEST else rough}"


def change(before: Mapping[str, float], after: Mapping[str, float]) -> Change:
    """Compare two tests of a class: reader's random id to score, 0 to 1.

    d is the mean change over S, ``S = sqrt((s1² + s2²) / 2)`` of the standard deviations of the two
    tests, with variance ``(1/n + d²/2n) × 2(1 - r)``, r being the correlation of the tests; the
    interval is ``d ± 1.96 × sqrt(variance)`` (Borenstein et al. 2009, "Introduction to
    Meta-Analysis", eq. 4.28; their S is the same where s1 and s2 are). d is None for fewer than two
    readers or where S is 0, the interval also for fewer than five, whose r means nothing. No class without the course stands
    beside this one: the figures say that something changed, not why.
    """
    both = sorted(before.keys() & after.keys())
    first, second = [before[reader] for reader in both], [after[reader] for reader in both]
    means = (fmean(first), fmean(second)) if both else (None, None)
    d, interval = _effect(first, second)
    return Change(len(both), len(before.keys() - after.keys()), len(after.keys() - before.keys()), *means, d, interval)


def _effect(first: list[float], second: list[float]) -> tuple[float | None, tuple[float, float] | None]:
    n = len(first)
    within = sqrt((variance(first) + variance(second)) / 2) if n > 1 else 0.0
    if not within:
        return None, None
    d = (fmean(second) - fmean(first)) / within
    if n < FEWEST:
        return d, None
    r = correlated(first, second) or 0.0  # a test that all took alike varies with nothing
    margin = NormalDist().inv_cdf(0.975) * sqrt(max(0.0, (1 / n + d**2 / (2 * n)) * 2 * (1 - r)))
    return d, (d - margin, d + margin)


@dataclass(frozen=True)
class ItemStatistics:
    """How one question worked with the `n` readers who answered it.

    `difficulty` is the share of right answers (high is easy), `discrimination` the correlation of
    being right here with the number right on the other questions, `shares` what part of the readers
    chose each option, `dead` the wrong options that hardly anybody chose, `suspect` a sign that the
    key may be wrong, or "".
    """

    question: str
    n: int
    difficulty: float | None
    discrimination: float | None
    shares: dict[str, float]
    dead: tuple[str, ...]
    suspect: str

    @property
    def warning(self) -> str:
        """What keeps a teacher from relying on the figures, in plain words; "" where nothing does."""
        return _few(self.n, "answered", "a rough picture, which a few more could change.")


def item_statistics(answers: Mapping[str, Mapping[str, str]], key: Key, options: Sequence[str]) -> tuple[ItemStatistics, ...]:
    """Item statistics of a test: reader's random id to question to option, in the key's order.

    An accepted option is right, a near one wrong; an open question is left out at that question and
    not right in the score of the others. Discrimination is the point-biserial correlation with the
    rest of the test (corrected as Henrysson 1963 asks). An option that fewer than 5 % chose is dead
    (Haladyna and Downing 1993), said only for at least 20 readers. Signs of a wrong key are looked
    for from ten readers on: in the better half, those above the median of the rest, one wrong option
    leads the right one; a wrong option leads over all, and its readers have the higher rest; or the
    discrimination is clearly negative. To lead is to have more readers by over one standard error of
    the difference of two counts: in simulated classes of 20 that names five wrong keys in six, and
    one sound question in thirty.
    """
    chosen = [{q: option for q, option in said.items() if q in key.rows and option in options} for said in answers.values()]
    return tuple(
        _statistics(row, [(said[row.item], _rest(said, key, row)) for said in chosen if row.item in said], options)
        for row in key.rows.values()
    )


def _rest(said: Mapping[str, str], key: Key, row: KeyRow) -> int:
    """Right answers to the other questions."""
    return sum(key.rows[question].earns_all(option) for question, option in said.items() if question != row.item)


def _statistics(row: KeyRow, took: list[tuple[str, int]], options: Sequence[str]) -> ItemStatistics:
    """Statistics of one question from option and rest score of each reader who answered it."""
    n = len(took)
    right = [row.earns_all(option) for option, _ in took]
    shares = {option: sum(said == option for said, _ in took) / n if n else 0.0 for option in options}
    wrong = [option for option in options if not row.earns_all(option)]
    dead = tuple(option for option in wrong if shares[option] < DEAD) if n >= FEWEST_TO_RELY_ON else ()
    discrimination = correlated(right, [rest for _, rest in took])
    suspect = (_tempting(row, took, wrong) or _reversed(row, discrimination, n)) if n >= FEWEST_TO_CORRELATE else ""
    return ItemStatistics(row.item, n, fmean(right) if n else None, discrimination, shares, dead, suspect)


def _tempting(row: KeyRow, took: list[tuple[str, int]], wrong: list[str]) -> str:
    """The wrong option that good readers prefer to the right one, in a sentence, or ""."""
    middle = median(rest for _, rest in took)
    better = [option for option, rest in took if rest > middle]
    rightly = [rest for option, rest in took if row.earns_all(option)]
    right = sum(row.earns_all(option) for option in better)
    for option in sorted(wrong, key=better.count, reverse=True):
        theirs = [rest for said, rest in took if said == option]
        chose = better.count(option)
        if len(better) >= FEWEST and _leads(chose, right):
            return _look(row, f"of the {len(better)} readers who did best elsewhere, {chose} chose “{option}” and {right}")
        if _leads(len(theirs), len(rightly)) and (not rightly or fmean(theirs) > fmean(rightly)):
            return _look(row, f"{len(theirs)} readers chose “{option}” and did better elsewhere than the {len(rightly)} who chose")
    return ""


def _leads(n: int, m: int) -> bool:
    return n - m > sqrt(n + m)


def _look(row: KeyRow, found: str) -> str:
    return f"{row.item}: {found} the key's “{row.label}”. Look whether the key is right."


def _reversed(row: KeyRow, discrimination: float | None, n: int) -> str:
    if not clearly_negative(discrimination, n):
        return ""
    return f"{turned_round(row.item, discrimination)} Look whether the key is right."
