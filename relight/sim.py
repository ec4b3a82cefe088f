"""`relight sim`: rehearse a year or a storm day without servers, beside two simpler ways."""

import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from time import perf_counter
from typing import Annotated, Literal

import typer
from typer import Option

from domain.policy import Policy, PolicyError
from domain.words import LANGUAGES, say
from relight.finish import finish
from relight.packs import read_policy
from relight.settings import Settings, SettingsRefused, load_settings
from relight.sim_ground import Territory, lay
from relight.sim_report import Ran, as_json, show
from sim.chance import rates
from sim.chance.faults import Days, storm_day, year_of
from sim.house.strategies import STRATEGIES
from sim.world import Rehearsal, World

STORM_DAY = (7, 17)

tools = typer.Typer(
    name="sim", help="Rehearse without servers: a year, or one day.", no_args_is_help=True
)
Repairs = Annotated[int, Option(min=1, max=200_000, help="faults a year")]
Seed = Annotated[int, Option(help="seed of everything left to chance")]
PolicyName = Annotated[str, Option(help="an installed policy")]
Which = Annotated[
    Literal["all", "planner", "first_come", "priority"], Option(help="who decides who goes")
]
Where = Annotated[Territory, Option(help="the invented territory: small, or a whole district")]
Crews = Annotated[int | None, Option(min=1, max=1000, help="crews; by the repairs if none")]
Year = Annotated[int, Option(min=1970, max=2100, help="whose calendar")]
JsonFile = Annotated[Path | None, Option("--json", help="everything as JSON")]
Lang = Annotated[str | None, Option(help="en or zh")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.add_typer(tools)


@tools.command("year")
def year_command(
    repairs: Repairs = rates.REPAIRS_A_YEAR,
    seed: Seed = 1,
    policy: PolicyName = "state_grid_ceiling",
    strategy: Which = "all",
    territory: Where = "generated",
    crews: Crews = None,
    year: Year = 2007,
    json_file: JsonFile = None,
    lang: Lang = None,
) -> None:
    """Rehearse a year of repairs and print how the promises were kept."""
    days = year_of(year, repairs, seed)
    _rehearse(days, repairs, seed, policy, strategy, territory, crews, json_file, lang)


@tools.command("day")
def day_command(
    storm: Annotated[
        Literal["light", "heavy", "extreme"] | None, Option(help="a usual day if none")
    ] = None,
    repairs: Repairs = rates.REPAIRS_A_YEAR,
    seed: Seed = 1,
    policy: PolicyName = "state_grid_ceiling",
    strategy: Which = "all",
    territory: Where = "generated",
    crews: Crews = None,
    year: Year = 2007,
    json_file: JsonFile = None,
    lang: Lang = None,
) -> None:
    """Rehearse one summer day, usual or in a storm."""
    days = storm_day(date(year, *STORM_DAY), repairs, storm)
    _rehearse(days, repairs, seed, policy, strategy, territory, crews, json_file, lang)


def _rehearse(
    days: Days, repairs: int, seed: int, policy: str, strategy: str, territory: Territory,
    crews: int | None, json_file: Path | None, lang: str | None,
) -> None:  # fmt: skip
    settings = load_settings(running=False)
    shown = lang if lang in LANGUAGES else settings.language
    chosen = _policy(policy, settings, shown)
    typer.echo(say("sim.laying", shown, territory=territory))
    ground = lay(territory, repairs, crews, days.first.year, settings.state_dir / "sim")
    typer.echo(
        say("sim.playing", shown, faults=sum(days.faults), days=len(days.faults),
            crews=len(ground.teams), homes=len(ground.homes), seed=seed)
    )  # fmt: skip
    names = list(STRATEGIES) if strategy == "all" else [strategy]
    ran = play(Rehearsal(ground, chosen, days, seed), names, shown)
    show(ran, chosen, shown)
    if json_file is not None:
        text = json.dumps(as_json(ran, chosen), indent=1, ensure_ascii=False)
        json_file.write_text(f"{text}\n", encoding="utf-8")
    finish(0)


def play(rehearsal: Rehearsal, names: list[str], lang: str) -> dict[str, Ran]:
    """Play the same world under each strategy, each in a process of its own where there are two.

    A strategy's year is one piece from the first fault to the last callback: nothing is cut.
    """
    if len(names) == 1 or (cpu_count() or 1) == 1:
        return {name: play_one(rehearsal, name, lang) for name in names}
    processes = min(len(names), cpu_count() or 1)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        futures = {name: pool.submit(play_one, rehearsal, name, lang) for name in names}
        return {name: future.result() for name, future in futures.items()}


def play_one(
    rehearsal: Rehearsal, name: str, lang: str, clock: Callable[[], float] = perf_counter
) -> Ran:
    """Play a rehearsal under one strategy, a line for every month; time it in real seconds."""
    began = clock()

    def month_over(month: date, world: World) -> None:
        typer.echo(
            say("sim.month", lang, strategy=say(f"sim.strategy_{name}", lang),
                month=f"{month:%Y-%m}", orders=world.office.orders, plans=world.board.plans,
                seconds=round(clock() - began))
        )  # fmt: skip

    told = World(rehearsal, name).run(month_over=month_over)
    return Ran.of(told, rehearsal.policy, clock() - began)


def _policy(name: str, settings: Settings, lang: str) -> Policy:
    file = settings.policy_dir / f"{name}.toml"
    if not file.is_file():
        known = ", ".join(sorted(each.stem for each in settings.policy_dir.glob("*.toml")))
        raise SettingsRefused(say("sim.policy_unknown", lang, name=name, known=known))
    try:
        return read_policy(file)
    except PolicyError as error:
        raise SettingsRefused(str(error)) from error
