"""The search in arrays: which column holds what, and how functions over arrays are compiled."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])
Whole = NDArray[np.int64]
Short = NDArray[np.int32]
State = NDArray[np.uint64]
Reals = NDArray[np.float64]
Bools = NDArray[np.bool_]


def compiled(function: F) -> F:
    """Compile a function for arrays; kept on disk where that can be written."""
    try:
        made = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # nowhere to keep it: it is compiled anew in each process
        made = njit(nogil=True)(function)
    return cast("F", made)


def inlined(function: F) -> F:
    """Compile a function into those that call it: for what is called thousands of times."""
    return cast("F", njit(forceinline=True, nogil=True)(function))


class Ground(NamedTuple):
    """What there is to do: seconds of drives, latest starts, and who lies near whom.

    `drive` is from task to task; a row of `into` leads to one task, from every task and then from
    every crew's start, and rows of `latest` and `toll` are of one task too, so that all tries of a
    task lie together. A latest start is below zero where a crew may not go. Rows of `near` and
    `outset` are the tasks around a task and the crews that begin nearest to it.
    """

    drive: Short
    into: Short
    latest: Short
    toll: Whole
    near: Short
    outset: Short


class Room(NamedTuple):
    """Room to work in: routes before a step, tasks out of them, and the best routes so far."""

    kept: Short
    out: Whole
    key: Reals
    best: Short
    lengths: Whole
