"""Hits and false alarms: discernment and bias, for moves and calls."""

from __future__ import annotations

import math

import pytest
from conftest import ROOT

from readtwice.answers import Answer, Answers
from readtwice.detection import NOTHING, Detection, detection
from readtwice.keys import key_path, read_key
from readtwice.marking import mark
from readtwice.schemes import read_scheme
from readtwice.texts import read_text


def read(name: str, layer: str):
    text, scheme = read_text(name), read_scheme(layer)
    return read_key(key_path(text, layer, ROOT / "solutions"), scheme, text), scheme


def clear(key, layer: str) -> tuple[int, int]:
    """Items with something, and items with nothing, that the key does not leave to the reader."""
    rights = [{row.label, *row.accept} for row in key.rows.values()]
    return sum(NOTHING[layer] not in right for right in rights), sum(right == {NOTHING[layer]} for right in rights)


def z(p: float) -> float:
    """The normal quantile, by halving: slow, and independent of the package's."""
    low, high = -9.0, 9.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 + math.erf(middle / math.sqrt(2))) / 2 < p else (low, middle)
    return low


@pytest.mark.parametrize("layer", list(NOTHING))
@pytest.mark.parametrize("name", ["russia-must-act", "harbour-report", "parallel", "harbour"])
def test_readers_who_agree_flag_all_or_flag_nothing_are_told_apart(name, layer):
    key, scheme = read(name, layer)
    something, nothing = clear(key, layer)
    flag = next(label for label in scheme.names if label != NOTHING[layer])
    counts = {
        "agrees": key.answers(),
        "flags all": Answers(layer, {item: Answer(item, flag) for item in key.rows}),
        "flags nothing": Answers(layer, {item: Answer(item, NOTHING[layer]) for item in key.rows}),
    }
    found = {reader: detection(mark(answers, key, scheme), key) for reader, answers in counts.items()}
    assert found["agrees"] == Detection(something, 0, 0, nothing)
    assert found["flags all"] == Detection(something, 0, nothing, 0)
    assert found["flags nothing"] == Detection(0, something, 0, nothing)
    assert found["agrees"].d_prime > 2 > abs(found["flags all"].d_prime)
    assert found["flags all"].bias < 0 < found["flags nothing"].bias


@pytest.mark.parametrize("counts", [(8, 2, 1, 9), (10, 0, 0, 10), (0, 5, 3, 2), (3, 3, 3, 3)])
def test_d_prime_and_bias_are_the_textbooks(counts):
    hits, misses, alarms, rejections = counts
    hit, alarm = z((hits + 0.5) / (hits + misses + 1)), z((alarms + 0.5) / (alarms + rejections + 1))
    found = Detection(*counts)
    assert found.d_prime == pytest.approx(hit - alarm, abs=1e-6)
    assert found.bias == pytest.approx(-(hit + alarm) / 2, abs=1e-6)


def test_open_items_and_items_that_the_key_leaves_to_the_reader_count_nowhere():
    key, scheme = read("russia-must-act", "move")
    free = [i for i, row in key.rows.items() if "none" in {row.label, *row.accept} and {row.label, *row.accept} != {"none"}]
    assert free
    answers = Answers("move", {item: Answer(item, "attack") for item in free})
    assert detection(mark(answers, key, scheme), key) == Detection(0, 0, 0, 0)
