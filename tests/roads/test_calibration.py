"""Calibration: medians by class and hour, and a file that says what is wrong with it."""

from pathlib import Path

import pytest

from domain.errors import Refused
from domain.kinds import AreaClass
from roads.calibration import (
    LEAST_DRIVES,
    Calibration,
    Observed,
    as_toml,
    calibrate,
    read_calibration,
)

URBAN, RURAL = AreaClass.URBAN, AreaClass.RURAL


def drives(area: AreaClass, hour: int, ratio: float, count: int) -> list[Observed]:
    return [
        Observed(area, hour, 600, 600 * (ratio + (number - count // 2) * 0.001))
        for number in range(count)
    ]


def test_the_median_of_an_hour_is_its_factor() -> None:
    seen = drives(URBAN, 8, 1.6, LEAST_DRIVES + 1) + drives(URBAN, 3, 0.9, 3 * LEAST_DRIVES + 1)
    made = calibrate(seen)

    assert made.pace(8) == {URBAN: 1.6}
    assert made.pace(3) == {URBAN: 0.9}


def test_an_hour_with_too_few_drives_has_the_median_of_its_class() -> None:
    made = calibrate(drives(URBAN, 8, 1.6, LEAST_DRIVES + 1) + drives(URBAN, 9, 5.0, 3))

    assert made.pace(9)[URBAN] == made.pace(15)[URBAN] == pytest.approx(1.6, abs=0.01)


def test_a_class_with_too_few_drives_has_no_factor() -> None:
    assert calibrate(drives(RURAL, 8, 1.6, LEAST_DRIVES - 1)) == Calibration()


def test_factors_stay_within_reason_and_nonsense_is_left_out() -> None:
    broken = [Observed(URBAN, 8, 0, 50), Observed(URBAN, 8, 50, 0)]
    made = calibrate(drives(URBAN, 8, 90, LEAST_DRIVES) + broken)

    assert made.pace(8) == {URBAN: 5.0}


def test_a_file_says_what_was_written(tmp_path: Path) -> None:
    made = calibrate(drives(URBAN, 8, 1.6, 30) + drives(RURAL, 23, 1.1, 30))
    (tmp_path / "calibration.toml").write_text(as_toml(made))

    assert read_calibration(tmp_path / "calibration.toml") == made


def test_without_a_file_nothing_is_calibrated(tmp_path: Path) -> None:
    assert read_calibration(tmp_path / "none.toml") == Calibration()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("urban = [1.0, 2.0]", "urban"),
        ("seaside = [1.0]", "seaside"),
        ("urban = [" + "9.0," * 24 + "]", "urban.0"),
        ("urban = ", "Invalid value"),
    ],
)
def test_a_wrong_file_is_refused_by_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "calibration.toml").write_text(text)

    with pytest.raises(Refused, match="calibration_invalid") as refusal:
        read_calibration(tmp_path / "calibration.toml")

    assert told in refusal.value.params["problem"]
