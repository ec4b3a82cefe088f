"""`relight explain` on files, without any server."""

import json
from pathlib import Path

import typer
from typer.testing import CliRunner, Result

from relight.explain import register
from routing.planner import plan
from routing.receipt import Plan
from routing.snapshot import Snapshot
from tests.routing.builders import a_crew, a_snapshot, a_task

SNAPSHOT = a_snapshot(
    *(a_task(f"t{number}", number) for number in range(3)),
    a_task("hard", skills=("cable",)),
    a_crew("c1"),
    a_crew("c2", 5),
)


def run(*arguments: object) -> Result:
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, [str(each) for each in arguments])


def write(folder: Path, snapshot: Snapshot = SNAPSHOT, made: Plan | None = None) -> list[Path]:
    files = [folder / "snapshot.json", folder / "plan.json"]
    files[0].write_text(snapshot.model_dump_json(), encoding="utf-8")
    files[1].write_text((made or plan(snapshot)).model_dump_json(), encoding="utf-8")
    return files


def test_every_task_says_who_goes_who_else_could_and_who_cannot(tmp_path: Path) -> None:
    answer = run(*write(tmp_path))

    assert answer.exit_code == 0, answer.output
    assert "t0 goes to c1 as stop" in answer.output
    assert "Instead c2" in answer.output
    assert "hard has no crew. Lacks the skill cable." in answer.output
    assert "Not c1: Lacks the skill cable." in answer.output
    assert "As of 2026-03-02 01:00:00 UTC" in answer.output


def test_one_task_alone_as_json_and_in_chinese(tmp_path: Path) -> None:
    files = write(tmp_path)
    told = json.loads(run(*files, "--task", "t1", "--json").output)
    chinese = run(*files, "--task", "t1", "--lang", "zh").output

    assert [each["task"] for each in told] == ["t1"]
    assert told[0]["chosen"]["terms"]["total"] > 0
    assert "t1 派给" in chinese


def test_files_that_do_not_belong_together_and_unknown_tasks_are_said(tmp_path: Path) -> None:
    files = write(tmp_path)
    unknown = run(*files, "--task", "t9")
    other = tmp_path / "other.json"
    other.write_text(a_snapshot(a_crew("c1")).model_dump_json(), encoding="utf-8")
    apart = run(other, files[1])
    missing = run(files[0], tmp_path / "none.json")

    assert (unknown.exit_code, apart.exit_code, missing.exit_code) == (2, 2, 2)
    assert "no such task" in unknown.output
    assert "another snapshot" in apart.output
    assert "Traceback" not in unknown.output + apart.output + missing.output


def test_a_plan_that_is_not_sound_is_not_explained(tmp_path: Path) -> None:
    made = plan(SNAPSHOT)
    route = made.routes[0]
    twice = made.model_copy(update={"routes": (*made.routes, route)})
    answer = run(*write(tmp_path, made=twice))

    assert answer.exit_code == 2
    assert "relight check" in answer.output
