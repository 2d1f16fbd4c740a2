"""Batches: hand-ins on their way to whoever marks them, and back in their order."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context

from readtwice.collect import Refused, Unreadable
from readtwice.mark_batch import HandIn, Marked, mark_batch
from readtwice.outcome import Outcome
from readtwice.plan import Planned, content_of
from readtwice.tally import take_all

BATCH = 40  # hand-ins that go to a worker together
LARGEST_BATCH = 8 * 1024 * 1024  # bytes of them
AHEAD = 8  # batches on their way at the same time
FEWEST_FOR_WORKERS = 100  # hand-ins; starting workers takes as long as marking so many

Batch = list[tuple[Planned, HandIn]]


@contextlib.contextmanager
def workers(executor: Executor | None, hand_ins: int) -> Iterator[Executor | None]:
    """Who does the work: the executor that is given, else worker processes where it pays to start them, else nobody but us."""
    if executor is None and hand_ins >= FEWEST_FOR_WORKERS and (os.cpu_count() or 1) > 1:
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as executor:
            yield executor
    else:
        yield executor


def batches(planned: Iterable[Planned], newest: Mapping[tuple[str, str], Planned], outcome: Outcome) -> Iterator[Batch]:
    """Hand-ins with what stands in them, some at a time; one that cannot be read is named in `outcome`."""
    batch: Batch = []
    size = 0
    for one in planned:
        try:
            content = content_of(one.found)
        except Unreadable as error:
            outcome.attention.append((one.found.where, str(error)))
            continue
        batch.append((one, HandIn(one.found.where, one.student, one.unit, content, one is newest[one.who], one.again)))
        size += len(content)
        if len(batch) >= BATCH or size >= LARGEST_BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def results(
    batches: Iterable[Batch], units: bytes, executor: Executor | None, outcome: Outcome
) -> Iterator[list[tuple[Planned, Marked | Refused]]]:
    """What marking brought, batch after batch in their order; a few batches are on their way at a time."""
    waiting: deque[tuple[Batch, Future | None]] = deque()

    def result() -> list[tuple[Planned, Marked | Refused]]:
        batch, future = waiting.popleft()
        hand_ins = [hand_in for _, hand_in in batch]
        try:
            marked, tallies = future.result() if future else mark_batch(units, hand_ins)
        except BrokenExecutor:  # a worker was killed, perhaps for want of memory: do it here
            marked, tallies = mark_batch(units, hand_ins)
        take_all(outcome.tallies, tallies)
        pairs = [(planned, one) for (planned, _), one in zip(batch, marked, strict=True)]
        counts = zip(pairs, hand_ins, strict=True)
        outcome.counted |= {planned.who for (planned, one), hand_in in counts if hand_in.counts and isinstance(one, Marked)}
        return pairs

    for batch in batches:
        try:
            future = executor.submit(mark_batch, units, [hand_in for _, hand_in in batch]) if executor else None
        except BrokenExecutor:
            future = None
        waiting.append((batch, future))
        if future is None or len(waiting) >= AHEAD:
            yield result()
    while waiting:
        yield result()
