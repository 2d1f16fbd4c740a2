"""What TEACHING says of keys, dates, marks and lessons is what these hold."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from statistics import mean

import pytest
from conftest import ROOT
from test_workshop import CUT, graded, halves

from readtwice.cells import nbgrader_of
from readtwice.cli import app
from readtwice.keys import Key, key_path, read_key
from readtwice.marking import mark
from readtwice.schemes import layer_names, read_scheme
from readtwice.texts import TEXTS, read_text
from readtwice.units import Unit, read_notebook, read_unit, release_path, unit_names

TEACHING = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
LINES = TEACHING.splitlines()
ARTICLE, REPORT = "russia-must-act", "harbour-report"
LONGEST = 140  # signs of a line


def section(heading: str) -> str:
    """What stands under a heading, on one line, quotation signs of Markdown left out."""
    found = re.search(rf"(?ms)^## {re.escape(heading)}.*?(?=^## |\Z)", TEACHING)[0]
    return " ".join(re.sub(r"(?m)^> ?", "", found).split())


PROPAGANDA, ROOM, LETTER = map(
    section, ("“So everything is propaganda?”", "This text in a room with people touched by the war", "A letter to head and parents")
)


def key(text: str, layer: str) -> Key:
    return read_key(key_path(read_text(text), layer, ROOT / "solutions"), read_scheme(layer), read_text(text))


def labels(text: str, layer: str) -> Counter[str]:
    return Counter(row.label for row in key(text, layer).rows.values())


def numbers(pattern: str) -> list[int]:
    """The numbers of a sentence of the page on propaganda."""
    return [int(n) for n in re.search(pattern, PROPAGANDA).groups()]


def test_no_line_is_longer_than_a_screen():
    assert [n for n, line in enumerate(LINES, 1) if len(line) > LONGEST] == []


def test_the_pages_for_teachers_stand_before_the_units():
    headings = [line for line in LINES if line.startswith("## ")]
    assert [h.startswith("## Unit") for h in headings] == sorted(h.startswith("## Unit") for h in headings)
    assert len([h for h in headings if not h.startswith("## Unit")]) >= 3


def test_the_table_of_the_key_counts_rightly():
    rows = re.findall(r"(?m)^\| (\w+) \| (\d+) \| (`.+) \|$", TEACHING)
    assert {layer for layer, _, _ in rows} == {"move", "call", "gloss", "support", "verdict"}
    for layer, total, told in rows:
        counted = labels(ARTICLE, layer)
        assert int(total) == counted.total()
        said = {label: int(n) for label, n in re.findall(r"`(\w+)` (\d+)", told)}
        assert said == {label: counted[label] for label in said}
        assert len(said) == 1 or sum(said.values()) == counted.total()


def test_what_is_made_of_the_table_follows_from_the_keys():
    verdict, support, statement = labels(ARTICLE, "verdict"), key(ARTICLE, "support"), key(ARTICLE, "statement")
    assert "nearly four sentences in five do not push, and half of the glosses" in PROPAGANDA
    assert 0.75 < labels(ARTICLE, "move")["none"] / 61 < 0.8
    assert 2 * labels(ARTICLE, "gloss")["faithful"] == labels(ARTICLE, "gloss").total()
    assert numbers(r"Of (\d+) sentences that were held against sources, (\d+) are right .*?, (\d+) are wrong, and (\d+) are open") == [
        verdict.total(),
        verdict["accurate"] + verdict["context"],
        verdict["inaccurate"],
        verdict["open"] + verdict["later"],
    ]
    first = [item for item, row in support.rows.items() if row.label == "supports"]
    second = [item for item, row in support.rows.items() if row.label != "supports" and "supports" in row.accept]
    assert numbers(r"in (\d+) of (\d+) pairs the evidence carries its claim; in (\d+) more .*?; in the other (\d+) it does not") == [
        len(first),
        len(support.rows),
        len(second),
        len(support.rows) - len(first) - len(second),
    ]
    open_to_check = {item for item, row in statement.rows.items() if row.label in ("checkable", "prediction")}
    held = set(key(ARTICLE, "verdict").rows)
    assert numbers(r"The verdicts cover (\d+) of the (\d+) sentences") == [len(held & open_to_check), len(open_to_check)]
    assert held - open_to_check == {"25.2"}
    with (TEXTS / ARTICLE / "sources.csv").open(encoding="utf-8", newline="") as file:
        assert held == {row["item"] for row in csv.DictReader(file)} & set(statement.rows)


def test_what_is_said_of_the_fair_report_is_what_its_key_has():
    assert numbers(r"in (\d+) sentences, the title among them: by the key (\d+) do not push, and (\d+) ask for nothing") == [
        len(read_text(REPORT).sentences),
        labels(REPORT, "move")["none"],
        labels(REPORT, "call")["0"],
    ]
    assert "pushes twice, and asks once" in PROPAGANDA
    assert labels(REPORT, "move").total() - labels(REPORT, "move")["none"] == 2
    assert labels(REPORT, "call").total() - labels(REPORT, "call")["0"] == 1


def test_no_layer_has_a_label_for_propaganda():
    assert len(layer_names()) == 8
    assert "eight smaller questions" in PROPAGANDA
    assert [name for layer in layer_names() for name in read_scheme(layer).names if "propaganda" in name] == []


@pytest.fixture(scope="module")
def moves() -> Key:
    """The key of the sentences that are asked for moves."""
    with (ROOT / "solutions/keys" / ARTICLE / "asked.csv").open(encoding="utf-8", newline="") as file:
        return key(ARTICLE, "move").only([row["item"] for row in csv.DictReader(file) if row["layer"] == "move"])


def score(moves: Key, changed: dict[str, str]) -> float:
    """The score of a reader who has everything right except these."""
    right = moves.answers()
    rows = {item: replace(row, label=changed[item], detail="") if item in changed else row for item, row in right.rows.items()}
    return mark(replace(right, rows=rows), moves, read_scheme("move")).score


def test_a_false_alarm_costs_about_what_a_miss_costs_and_seeing_pushes_everywhere_half(moves):
    pushes = [name for name in read_scheme("move").names if name != "none"]
    quiet = [item for item, row in moves.rows.items() if row.label == "none"]
    alarms = [score(moves, {i: p}) for i in quiet for p in pushes if p not in {*moves.rows[i].accept, *moves.rows[i].near}]
    missed = [score(moves, {i: "none"}) for i, row in moves.rows.items() if row.label != "none" and "none" not in row.accept]
    assert score(moves, {}) == 1
    assert mean(alarms) == pytest.approx(mean(missed), abs=0.01)
    assert 1 - mean(alarms) == pytest.approx(0.1, abs=0.02)
    assert max(score(moves, dict.fromkeys(quiet, push)) for push in pushes) < 0.5
    assert {score(moves, dict.fromkeys(moves.rows, label)) for label in (*pushes, "none")} == {0}


def lesson(number: int) -> str:
    (path,) = ROOT.glob(f"lessons/{number}-*.ipynb")
    return "\n\n".join(cell["source"] for cell in read_notebook(path)["cells"])


@pytest.mark.parametrize("page", [ROOM, section("A cover teacher's plan")], ids=["room", "cover"])
def test_the_rule_for_stopping_is_quoted_as_lesson_0_has_it(page):
    rule = re.search(r"(I can stop at any time\..*?counts the same\.)", page)[1]
    assert rule in " ".join(re.sub(r"(?m)^> ?", "", lesson(0)).split())


def test_lesson_0_alone_shows_the_article_and_its_part_can_be_cut_out():
    first = lesson(0)
    begins, ends = first.index("## If your class reads the article"), first.index("## If your class reads the parallel text")
    left = first[:begins] + first[ends:]
    assert begins < first.index('read("russia-must-act")') < ends
    assert re.findall(r"(?m)^## .*", first[begins:ends]) == ["## If your class reads the article"]
    table = "\n".join(line for line in left.splitlines() if line.startswith("|"))
    assert "RUSSTRAT" in table
    assert not re.search(r"RUSSTRAT|Ukrain|Russia", "\n".join(line for line in left.splitlines() if not line.startswith("|")))
    told = {path.stem: lesson(int(path.stem[0])) for path in ROOT.glob("lessons/[1-9]-*.ipynb")}
    assert len(told) >= 3
    assert [name for name, said in told.items() if re.search(r"RUSSTRAT|Ukrain|Russia|russia-must-act", said)] == []


def dated_facts() -> dict[str, str]:
    with (TEXTS / ARTICLE / "background.csv").open(encoding="utf-8", newline="") as file:
        return {row["date"]: row["what happened"] for row in csv.DictReader(file) if row["date"] != "2014-03-27"}


MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


def written(day: str) -> str:
    """A date as the pages write it: 2022-02-24 is 24 February 2022."""
    year, month, *rest = day.split("-")
    return " ".join([*(str(int(each)) for each in rest), MONTHS[int(month) - 1], year])


@pytest.mark.parametrize("page", [ROOM, LETTER], ids=["room", "letter"])
def test_every_date_and_every_vote_of_these_pages_is_a_dated_fact(page):
    facts = dated_facts()
    said = set(re.findall(rf"(?:\d+ )?(?:{'|'.join(MONTHS)}) \d{{4}}", page))
    assert written("2022-02-24") in said <= {written(day) for day in facts}
    for_, against, abstaining = re.search(r"141 for, 5 against, 35 abstaining", facts["2022-03-02"])[0].split(", ")
    assert {for_.split()[0], against.split()[0], abstaining.split()[0]} <= set(re.findall(r"\d+", page))


def test_the_letter_names_the_text_as_its_card_does_and_has_blanks_for_whom_to_ask():
    about = read_text(ARTICLE).about
    assert f"“{about['title']}”" in LETTER
    assert written(about["published"]) in LETTER
    for who in ("teacher", "head", "data protection"):
        assert f"______ ({who})" in LETTER
    assert "forget" not in LETTER


ONE_PAGE = "The course on one page"


def page(heading: str) -> str:
    """What stands under a heading, in its lines."""
    return re.search(rf"(?ms)^## {re.escape(heading)}.*?(?=^## |\Z)", TEACHING)[0]


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading: small letters, hyphens for spaces, no other signs."""
    return re.sub(r"[^\w\- ]", "", heading.strip().casefold()).replace(" ", "-")


def test_every_link_of_teaching_leads_to_a_file_or_to_a_heading():
    documents = {"": TEACHING} | {path: (ROOT / path).read_text(encoding="utf-8") for path in ("README.md", "lessons/WORKSHOP.md")}
    anchors = {path: {slug(line.lstrip("#")) for line in text.splitlines() if line.startswith("#")} for path, text in documents.items()}
    links = re.findall(r"\]\(([^)#]*)(?:#([^)]+))?\)", TEACHING)
    assert len(links) > 20
    assert [path for path, _ in links if path and not (ROOT / path).exists()] == []
    assert [(path, anchor) for path, anchor in links if anchor and anchor not in anchors[path]] == []


def test_the_contents_name_every_part_before_any_of_them():
    opening = TEACHING[: TEACHING.index("\n## ")]
    parts = [slug(line.removeprefix("## ")) for line in LINES if line.startswith("## ")]
    assert [part for part in parts if f"](#{part})" not in opening] == []


def test_what_is_to_be_printed_fits_one_page():
    assert len(page(ONE_PAGE).splitlines()) <= 55
    assert len(page("A cover teacher's plan").splitlines()) <= 55


def units() -> dict[str, Unit]:
    return {name[0]: read_unit(ROOT, name) for name in unit_names(ROOT)}


def rows() -> dict[str, list[str]]:
    """The cells of the table of units: what students have, minutes, points by the program, points by hand, needs."""
    found = re.findall(r"(?m)^\| (\d) [^|]+\|(.+)\|$", page(ONE_PAGE))
    return {unit: [cell.strip() for cell in rest.split("|")] for unit, rest in found}


def test_the_page_of_the_course_counts_the_points_of_the_masters():
    assert list(rows()) == list(units())
    for name, unit in units().items():
        assert rows()[name][2:4] == [f"{sum(task.points for task in unit.tasks):g}", f"{sum(unit.written.values()):g}"], name
    program = sum(task.points for unit in units().values() for task in unit.tasks)
    by_hand = sum(points for unit in units().values() for points in unit.written.values())
    told = re.search(r"are points: (\d+) by the program and (\d+) by you, (\d+) in all", section(ONE_PAGE)).groups()
    assert [int(n) for n in told] == [program, by_hand, program + by_hand]
    assert [int(n) for n in re.search(r"Those are (\d+) of the (\d+) points", section("The keys are public")).groups()] == [
        by_hand,
        program + by_hand,
    ]


def test_the_page_of_the_course_counts_the_written_answers():
    written = {name: list(unit.written.values()) for name, unit in units().items() if unit.written}
    told = re.search(r"(\d+) written answers of (\d+) points in the whole course, in units ([\d, and]+);", section(ONE_PAGE))
    assert int(told[1]) == sum(map(len, written.values()))
    assert {int(told[2])} == {points for each in written.values() for points in each}
    assert re.findall(r"\d", told[3]) == list(written)
    assert {len(each) for each in written.values()} == {1}  # so that a class of 30 brings 30


def test_the_minutes_at_home_are_those_of_each_units_page():
    headings = [line.removeprefix("## ") for line in LINES if line.startswith("## Unit")]
    for name, heading in enumerate(headings):
        home = re.search(r"(?s)\*?At home:\*?(.*?)(?:With a|\*\*|\n\n)", page(heading))
        said = sum(map(int, re.findall(r"\((\d+)(?: minutes[^)]*)?\)", home[1]))) if home else 0
        assert rows()[str(name)][1] == ("45 and 15" if name in (0, 7) else "45") + f", {said}", heading


def test_what_a_unit_needs_is_what_the_students_table_says():
    table = re.findall(r"(?m)^\| (\d) \| .* \| ([^|]+) \|$", (ROOT / "lessons/README.md").read_text(encoding="utf-8"))
    needs = {unit: {int(n) for n in re.findall(r"\d", cell)} - {int(unit)} for unit, cell in table}
    assert {unit: {int(n) for n in re.findall(r"\d", cells[4])} for unit, cells in rows().items()} == needs
    assert any(needs.values())


def test_where_the_cuts_fall_is_where_they_fall_in_the_exercises():
    def before(path) -> float:
        return sum(float(nbgrader_of(cell)["points"]) for cell in graded(halves(path)[0]))

    exercises = {name: release_path(ROOT, unit.name) for name, unit in units().items()}
    cut = {name: before(path) for name, path in exercises.items() if f"**{CUT}" in path.read_text(encoding="utf-8")}
    assert [name for name, points in cut.items() if points == units()[name].points] == ["2", "4", "6", "7"]
    assert (cut["5"], units()["5"].points) == (7, 10)
    assert "In units 2, 4, 6 and 7 all points lie before it, in unit 5 seven of the ten" in section(ONE_PAGE)
    firsts = [
        name for name, path in exercises.items() if "cut is Task 1 alone" in " ".join(read_notebook(path)["cells"][0]["source"].split())
    ]
    assert firsts == ["1", "3"]


def test_the_last_task_of_three_units_is_compared_and_not_marked():
    for name, unit in units().items():
        tasks = [cell["source"] for cell in unit.release["cells"] if re.match(r"## Task \d", cell["source"])]
        assert (bool(tasks) and "This answer is not marked" in " ".join(tasks[-1].split())) == (name in "246"), name


def test_the_sheets_have_twelve_questions_and_bring_no_points():
    sheets = {name: task for name, unit in units().items() for task in unit.tasks if task.layer.startswith("form-")}
    assert list(sheets) == ["0", "7"]
    assert {(len(task.asked), task.points) for task in sheets.values()} == {(12, 0)}
    assert "The 15 minutes of units 0 and 7 are a sheet of twelve questions" in section(ONE_PAGE)


def test_every_command_that_teaching_names_is_one_and_every_one_of_a_teachers_is_named():
    there = {command.name or command.callback.__name__ for command in app.registered_commands}
    named = set(re.findall(r"`readtwice ([\w-]+)", TEACHING))
    assert named <= there
    assert there - named <= {"demo"}


def test_every_command_of_nbgrader_that_teaching_names_is_one():
    (folder,) = find_spec("nbgrader").submodule_search_locations
    named = set(re.findall(r"`nbgrader ([\w-]+)", TEACHING))
    assert named >= {"release_assignment", "collect", "release_feedback"}
    assert [name for name in named if not Path(folder, "apps", f"{name.replace('_', '')}app.py").is_file()] == []


def test_every_unit_that_a_command_names_is_one():
    named = set(re.findall(r"\b(\d-[a-z]+(?:-[a-z]+)+)\b", "\n".join(re.findall(r"`([^`]+)`", TEACHING))))
    assert named != set()
    assert {name.removesuffix("-typed") for name in named} <= set(unit_names(ROOT))


def test_the_first_week_is_ten_to_fourteen_ticks_and_cards_suffice_for_every_layer():
    assert 10 <= len(re.findall(r"(?m)^- \[ \] \*\*", page("The first week"))) <= 14
    schools = section("Handing out and collecting in five kinds of school")
    assert "No layer has more than seven labels" in schools
    assert "seven blank cards" in schools
    assert max(len(read_scheme(layer).names) for layer in layer_names()) == 7


def test_the_keys_lie_in_the_package_that_everybody_installs():
    assert "every computer on which readtwice is installed has them" in section("The keys are public")
    assert '"solutions" = "readtwice/course/solutions"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


PUT_OFF = re.compile(r"\b(just(?! as)|simply|obviously|trivial|(?<!not )easily)\b", re.IGNORECASE)


def test_no_word_makes_light_of_what_a_teacher_finds_hard():
    assert PUT_OFF.findall(re.sub(r"“[^”]*”|\"[^\"]*\"", "", TEACHING)) == []
