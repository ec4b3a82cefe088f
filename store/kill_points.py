"""Named points between two effects at which a test may kill this very process, once each.

RELIGHT_KILL_AT arms points in a private installation, each with the number of the visit that
kills where that is not the first: `after_rpc_before_mark@5,between_seal_and_close`. A marker file
keeps the restarted process from dying there again. Unarmed, a point costs one look-up.
"""

import os
import signal
from collections import Counter
from pathlib import Path

POINTS = (
    "after_commit_before_relay",
    "after_rpc_before_mark",
    "between_seal_and_close",
    "between_release_and_assign",
    "before_reports_are_handed_over",
    "between_hand_over_and_absorb",
    "between_absorb_and_merged",
    "between_refusal_and_take_back",
    "between_take_back_and_refused",
    "between_take_out_and_split_off",
)
ARMED = "RELIGHT_KILL_AT"
_visits: Counter[str] = Counter()


def marker(state_dir: Path, point: str) -> Path:
    """Return the file that says the point has been used."""
    return state_dir / f"killed-{point}"


def used(state_dir: Path) -> set[str]:
    """Return the points at which a process of this installation has died."""
    return {point for point in POINTS if marker(state_dir, point).exists()}


def reach(point: str) -> None:
    """Die here when armed, at the wanted visit or after, and not yet used."""
    armed = os.environ.get(ARMED)
    if not armed:
        return
    visits = dict(item.strip().partition("@")[::2] for item in armed.split(","))
    if point not in visits:
        return
    _visits[point] += 1
    if _visits[point] < int(visits[point] or 1):
        return
    try:
        marker(Path(os.environ["RELIGHT_STATE_DIR"]), point).touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
