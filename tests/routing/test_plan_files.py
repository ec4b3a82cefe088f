"""`relight plan` and `relight check` on files, without any server."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from domain.words import catalogue
from relight.plan import register
from routing.receipt import Code, Fault, Plan, StopCause
from routing.snapshot import Snapshot
from tests.routing.builders import a_crew, a_lock, a_snapshot, a_task

SNAPSHOT = a_snapshot(
    *(a_task(f"t{number}", number) for number in range(4)),
    a_task("hard", skills=("cable",)),
    a_crew("c1"),
    a_crew("c2", 5),
)


def run(*arguments: object) -> Result:
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, [str(each) for each in arguments])


def write(folder: Path, snapshot: Snapshot = SNAPSHOT) -> Path:
    file = folder / "snapshot.json"
    file.write_text(snapshot.model_dump_json(), encoding="utf-8")
    return file


def test_a_file_is_planned_and_its_plan_is_found_right(tmp_path: Path) -> None:
    file, out = write(tmp_path), tmp_path / "plan.json"
    planned = run("plan", file, "--out", out)
    checked = run("check", file, out)

    assert planned.exit_code == 0
    assert "Lacks the skill cable" in planned.output
    assert checked.exit_code == 0
    assert Plan.model_validate_json(out.read_text(encoding="utf-8")).routes


def test_json_is_the_plan_itself(tmp_path: Path) -> None:
    answer = run("plan", write(tmp_path), "--json", "--solutions", 50)

    assert Plan.model_validate_json(answer.output).snapshot == SNAPSHOT.digest()


def test_the_plan_before_is_taken_from_its_file(tmp_path: Path) -> None:
    file, out = write(tmp_path), tmp_path / "plan.json"
    run("plan", file, "--out", out)
    again = Plan.model_validate_json(run("plan", file, "--previous", out, "--json").output)

    assert again.previous == Plan.model_validate_json(out.read_text(encoding="utf-8")).digest()


def test_a_spoilt_plan_ends_with_one_and_says_what_is_wrong(tmp_path: Path) -> None:
    file, out = write(tmp_path), tmp_path / "plan.json"
    run("plan", file, "--out", out)
    spoilt = json.loads(out.read_text(encoding="utf-8"))
    spoilt["unassigned"] = []
    out.write_text(json.dumps(spoilt), encoding="utf-8")
    table, plain = run("check", file, out), run("check", file, out, "--json")

    assert table.exit_code == 1
    assert "neither planned" in table.output
    assert {each["fault"] for each in json.loads(plain.output)} >= {"lost_task"}


def test_a_choice_of_a_human_is_told_but_is_no_failure(tmp_path: Path) -> None:
    file = write(tmp_path, a_snapshot(a_task("t1", skills=("x",), lock=a_lock("c")), a_crew("c")))
    out = tmp_path / "plan.json"
    run("plan", file, "--out", out)
    answer = run("check", file, out)

    assert answer.exit_code == 0
    assert "lacks a skill" in answer.output


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_both_languages_are_spoken(tmp_path: Path, lang: str) -> None:
    answer = run("plan", write(tmp_path), "--lang", lang)

    assert ("抢修队" in answer.output) == (lang == "zh")


def test_a_wrong_snapshot_is_refused_with_the_field(tmp_path: Path) -> None:
    file = tmp_path / "snapshot.json"
    data = json.loads(SNAPSHOT.model_dump_json())
    data["tasks"][2]["work_s"] = -1
    file.write_text(json.dumps(data), encoding="utf-8")
    answer = run("plan", file)

    assert answer.exit_code == 2
    assert "/tasks/2/work_s" in answer.output


def test_a_missing_file_or_a_file_that_is_no_plan_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path)

    assert run("plan", tmp_path / "none.json").exit_code == 2
    assert run("check", file, file).exit_code == 2


def test_every_code_has_a_sentence_in_both_languages() -> None:
    keys = {
        *(f"plan.reason.{code.value}" for code in Code),
        *(f"plan.fault.{fault.value}" for fault in Fault),
        *(f"plan.stop.{cause.value}" for cause in StopCause),
    }

    assert keys <= set(catalogue("en"))
    assert keys <= set(catalogue("zh"))


def an_instance() -> dict[str, object]:
    """One job, and two crews of which the second is nearer."""
    job = {"id": "j", "deadline_s": 60, "service_s": 600, "weight": 1, "skill": "low"}
    crews = [{"id": f"c{n}", "ready_s": 0, "end_s": 7200, "skills": ["low"]} for n in range(2)]
    return {"jobs": [job], "crews": crews, "travel_s": [[0, 1, 1], [900, 0, 1], [300, 1, 0]]}


def test_a_neutral_instance_is_planned_by_its_own_matrix(tmp_path: Path) -> None:
    file = tmp_path / "instance.json"
    file.write_text(json.dumps(an_instance()), encoding="utf-8")
    answer = json.loads(run("plan", "--bench", file, "--seconds", 0.2).output)

    assert answer["routes"] == {"c0": [], "c1": ["j"]}


def test_what_is_no_instance_is_refused_with_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "instance.json"
    file.write_text(json.dumps({**an_instance(), "travel_s": [[0, -1]]}), encoding="utf-8")
    answer = run("plan", "--bench", file)

    assert answer.exit_code == 2
    assert "3 x 3" in answer.output
