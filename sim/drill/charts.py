"""The charts of a drill's report, each drawn from the account of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.measures import share
from sim.drill import ink
from sim.drill.account import Account
from sim.drill.ink import Bar, number
from sim.drill.tongues import both_in_chart, title_of

AREAS = ("urban", "rural", "remote")
LABELS = 10


def arrivals(account: Account) -> str:
    """Draw arrivals on time and not, by area class."""
    rows = []
    for name in AREAS:
        area = account.verdict.areas.get(name)
        if area is not None:
            late = area.outages - area.on_time
            key = f"areas.{name}"
            told = f"{number(area.on_time, f'{key}.on_time')} / " + number(
                area.outages, f"{key}.outages"
            )
            percent = share(area.on_time, area.outages).partition(" (")[0]
            rows.append(
                Bar(
                    both_in_chart(f"drill.area_{name}"),
                    (("good", area.on_time, "on_time"), ("bad", late, "late")),
                    f"{told} · {percent}",
                )
            )
    return ink.bars(rows, title_of("arrivals"))


def restorations(account: Account) -> str:
    """Draw how many faults took how long until the light was back."""
    values = []
    for at, each in enumerate(account.restorations.bins):
        low, high = each["from"] or 0, each["to"]
        label = f"&lt; {_span(high)}" if high is not None else f"≥ {_span(low)}"
        values.append((label, each["faults"] or 0, f"restoration_times.bins.{at}.faults"))
    return ink.columns(values, title_of("restorations"), both_in_chart("drill.report.faults"))


def _span(minutes: int) -> str:
    return f"{minutes // 60} h" if minutes and minutes % 60 == 0 else f"{minutes} min"


def customer_minutes(account: Account) -> str:
    """Draw the minutes that homes were dark, hour by hour."""
    hours = account.customer_minutes.by_hour
    zone = _zone(account)
    values = [
        (_clock(each["at"], zone), each["minutes"], f"customer_minutes.by_hour.{at}.minutes")
        for at, each in enumerate(hours)
    ]
    if not hours:
        return ink.columns([], title_of("customer_minutes"), "")
    first = datetime.fromisoformat(hours[0]["at"])
    last = datetime.fromisoformat(hours[-1]["at"]) + timedelta(hours=1)
    marks = _marks(account, first, last)
    unit = both_in_chart("drill.report.home_minutes")
    return ink.columns(values, title_of("customer_minutes"), unit, marks)


def over_time(account: Account) -> str:
    """Draw open outages and reports that wait for their callback."""
    steps, zone = account.over_time, _zone(account)
    every = max(1, len(steps) // LABELS)
    labels = [_clock(each["at"], zone) if at % every == 0 else "" for at, each in enumerate(steps)]
    series = [
        ("b", [each["reports"] for each in steps]),
        ("a", [each["outages"] for each in steps]),
    ]
    first, last = (datetime.fromisoformat(steps[at]["at"]) for at in (0, -1))
    return ink.lines(series, labels, title_of("over_time"), _marks(account, first, last))


def callbacks(account: Account) -> str:
    """Draw how the calls back ended."""
    verdict = account.verdict
    kinds = ("satisfied", "unsatisfied", "still_off", "unanswered", "unreached")
    tones = ("good", "warn", "bad", "plain", "warn")
    return _counted(
        [(f"drill.report.{kind}", getattr(verdict, kind), kind) for kind in kinds],
        tones, "callbacks",
    )  # fmt: skip


def promises(account: Account) -> str:
    """Draw promised arrivals and told times of restoration, kept, changed and broken."""
    told = account.promises
    kinds = (("kept", "good"), ("broken", "bad"), ("estimates", "plain"), ("changed", "warn"),
             ("estimates_broken", "bad"))  # fmt: skip
    rows = [(f"drill.report.{kind}", getattr(told, kind), f"promises.{kind}") for kind, _ in kinds]
    return _counted(rows, tuple(tone for _, tone in kinds), "promises")


def escalations(account: Account) -> str:
    """Draw how often each rung was climbed."""
    rows = []
    for rung, times in account.verdict.rungs.items():
        ladder, _, percent = rung.partition(" ")
        label = f"{both_in_chart(f'drill.ladder_{ladder}')} {percent}"
        rows.append(Bar(label, (("warn", times, rung),), number(times, f"rungs.{rung}")))
    return ink.bars(rows, title_of("escalations"))


def crews(account: Account) -> str:
    """Draw which share of the drill each crew drove and worked."""
    span = max(1.0, (account.ends - account.begins).total_seconds() / 60)
    rows = []
    for at, each in enumerate(account.crews):
        parts = (("b", each["driving_min"], "driving"), ("a", each["on_site_min"], "on_site"))
        told = number(each["busy_percent"], f"crews.{at}.busy_percent") + " %"
        rows.append(Bar(each["crew"], parts, told))
    most = max((each["driving_min"] + each["on_site_min"] for each in account.crews), default=1)
    return ink.bars(rows, title_of("crews"), whole=min(span, max(most, 1)))


def _counted(rows: list[tuple[str, int, str]], tones: tuple[str, ...], title: str) -> str:
    return ink.bars(
        [
            Bar(both_in_chart(word), ((tone, count, key),), number(count, key))
            for (word, count, key), tone in zip(rows, tones, strict=True)
        ],
        title_of(title),
    )


def _marks(account: Account, first: datetime, last: datetime) -> str:
    span = (last - first) / timedelta(seconds=1) or 1.0
    places = []
    for each in account.kills:
        share_of = (datetime.fromisoformat(each["at"]) - first) / timedelta(seconds=1) / span
        if 0 <= share_of <= 1:
            places.append((share_of, f"✕ {each['part']}"))
    return ink.marks(places)


def _zone(account: Account) -> ZoneInfo:
    return ZoneInfo(account.setting.get("zone", "UTC"))


def _clock(at: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(at).astimezone(zone):%d. %H:%M}"
