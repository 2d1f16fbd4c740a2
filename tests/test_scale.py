"""The scale: what a teacher's spreadsheet makes of it is read, and what cannot be used is said with its line."""

from __future__ import annotations

import random
from statistics import mean

import pytest
from conftest import ROOT

from readtwice.answers import Answer, Answers
from readtwice.course import CannotDo
from readtwice.marking import mark
from readtwice.scale import DEFAULT, FILE, Scale, read_scale
from readtwice.units import read_unit


def scale(tmp_path, content: str | bytes) -> Scale | None:
    (tmp_path / FILE).write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_scale(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "from,mark\n85.5,1\n50,2\n0,3\n",
        "from,mark\n0,3\n85.5,1\n\n50,2\n",
        "\ufefffrom;mark\r\n85,5;1\r\n50;2\r\n0;3\r\n",
        "From\tMark\tnote\n85.5 %\t1\t\n50%\t2\t\n0%\t3\t\n",
        "from,mark\n85.5,1\n50,2\n0,3\n".encode("utf-16"),
        ' from , mark \n"85,5", 1\n50,2 \n0,3,\n',
    ],
)
def test_a_scale_is_read_however_a_spreadsheet_wrote_it(content, tmp_path):
    assert scale(tmp_path, content) == Scale(((85.5, "1"), (50.0, "2"), (0.0, "3")))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "first line"),
        ("85,A\n0,E\n", "first line"),
        ("from,mark\n", "no row begins at 0"),
        ("from,mark\n85,A\n40,D\n", "no row begins at 0"),
        ("from,mark\n85,A\n85,B\n0,E\n", "line 3.*A and B"),
        ("from,mark\n85,\n0,E\n", "line 2.*no mark"),
        ("from,mark\n85\n0,E\n", "line 2.*no mark"),
        ("from,mark\n85,5,A\n0,E\n", "line 2.*3 cells"),
        ("from,mark\nmost,A\n0,E\n", "line 2.*most"),
        ("from,mark\n101,A\n0,E\n", "line 2.*101"),
        ("from,mark\n-5,A\n0,E\n", "line 2.*-5"),
        ("from,mark\n0.85,A\n0.4,D\n0,E\n", "percent"),
        (b"\xff\xfe\x00", "first line"),
        ("from,mark\n0,gen\u00fcgend\n".encode("cp1252"), "not in UTF-8"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_line(content, why, tmp_path):
    with pytest.raises(CannotDo, match=why):
        scale(tmp_path, content)


def test_without_a_file_there_is_no_scale(tmp_path):
    assert read_scale(tmp_path) is None


@pytest.mark.parametrize(("percent", "mark"), [(100, "A"), (85, "A"), (84.96, "A"), (84.94, "B"), (40, "D"), (39.9, "E"), (0, "E")])
def test_a_mark_goes_by_the_percent_that_is_shown(percent, mark, tmp_path):
    assert scale(tmp_path, DEFAULT).mark(percent) == mark


@pytest.mark.parametrize(("right", "step"), [(20, "A"), (18, "A"), (17, "B"), (16, "B"), (15, "C"), (14, "C"), (11, "D"), (10, "E")])
@pytest.mark.parametrize("name", ["1-whose-voice", "2-what-kind-of-statement"])
def test_the_scale_that_start_writes_means_what_readme_says(name, right, step, tmp_path):
    """Right on so many of 20 items, wrong on the rest at random: the mean score of 100 such readers stands in that step."""
    unit = read_unit(ROOT, name)
    task = unit.tasks[0]
    key, scheme, rng = unit.key(task), task.kind(task.parts[0]).scheme, random.Random(right)
    assert len(key.rows) == 20

    def reader() -> Answers:
        wrong = rng.sample(list(key.rows), 20 - right)
        labels = {
            item: rng.choice([label for label in scheme.names if not row.earns_all(label)]) if item in wrong else row.label
            for item, row in key.rows.items()
        }
        return Answers(task.layer, {item: Answer(item, label, key.rows[item].detail) for item, label in labels.items()})

    score = mean(mark(reader(), key, scheme).score for _ in range(100))
    assert scale(tmp_path, DEFAULT).mark(100 * score) == step
