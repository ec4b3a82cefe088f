"""A small town of square blocks with a road into a valley: enough for a network."""

from math import cos, radians

from territory.land import Bounds, Land, Names, Settlement, Spot, Street, Surface

LON, LAT, DEGREE = 106.5, 29.5, 111_320.0
BLOCK_M, STREETS = 120.0, 13
VALLEY_M = 9_000.0


def spot(east: float, north: float) -> Spot:
    """Return the place so many metres from the town's south-western corner."""
    return LON + east / (DEGREE * cos(radians(LAT))), LAT + north / DEGREE


def a_land() -> Land:
    """Return the town and its valley."""
    streets = [_street(n, across=across) for n in range(STREETS) for across in (True, False)]
    side = BLOCK_M * (STREETS - 1)
    valley = [spot(side + VALLEY_M * n / 30, side) for n in range(31)]
    corner = (STREETS - 1) * STREETS + STREETS - 1
    streets.append(Street(999, "secondary", tuple(valley), (corner, *range(1000, 1030)),
                          Names("谷路", "Valley Road", "谷路")))  # fmt: skip
    houses = [
        (BLOCK_M * (column + 0.2 + 0.3 * part), BLOCK_M * (row + 0.3 + 0.4 * half))
        for column in range(STREETS - 1) for row in range(STREETS - 1)
        for part in range(3) for half in range(2)
    ]  # fmt: skip
    houses += [(side + VALLEY_M * n / 40, side + 20.0) for n in range(4, 41)]
    west, south = spot(-200, -200)
    east, north = spot(side + VALLEY_M + 200, side + 200)
    return Land(
        name="town", source="invented", attribution="", digest="0" * 64,
        bounds=Bounds(west, south, east, north), streets=tuple(streets),
        surfaces=tuple(_house(n, *each) for n, each in enumerate(houses)), courses=(),
        settlements=(Settlement(1, "town", spot(side / 2, side / 2), Names("谷镇", "Dale", "谷镇")),
                     Settlement(2, "hamlet", spot(side + VALLEY_M, side), Names("谷尾"))),
    )  # fmt: skip


def _street(n: int, *, across: bool) -> Street:
    kind = "secondary" if n % 4 == 0 else "residential"
    places = [(BLOCK_M * m, BLOCK_M * n) if across else (BLOCK_M * n, BLOCK_M * m)
              for m in range(STREETS)]  # fmt: skip
    nodes = [n * STREETS + m if across else m * STREETS + n for m in range(STREETS)]
    names = Names(f"{n}横街", f"{n} Cross", None) if across else Names(f"{n}直街")
    path = tuple(spot(*place) for place in places)
    return Street(2 * n + across, kind, path, tuple(nodes), names if n else Names())


def _house(number: int, east: float, north: float) -> Surface:
    wide, deep = (22.0, 18.0) if number % 5 else (44.0, 30.0)
    ring = [(0, 0), (wide, 0), (wide, deep), (0, deep), (0, 0)]
    outline = tuple(spot(east + dx, north + dy) for dx, dy in ring)
    return Surface(number, "building", ((outline,),))
