"""Roads by URL: against the real osrm-routed, and against Valhalla's published answers."""

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from domain.errors import Refused
from relight.servers.ports import free_port
from roads import osrm_programs
from roads.choosing import Choice, Roads, RoadsNow, Why
from roads.conditions import USUAL, Conditions
from roads.data import RoadData
from roads.server import SQUARE, OsrmServer, ValhallaServer, find_server, polyline
from roads.ways import Ways
from tests.roads.conftest import Engines
from tests.roads.streets import VILLAGE, spot


@pytest.fixture(scope="module")
def osrm_url(data: RoadData, ways: Ways) -> Iterator[str]:
    if (missing := osrm_programs.why_not()) is not None:
        pytest.skip(f"OSRM cannot run here: {missing}")
    port = free_port()
    base = data.osrm(ways, USUAL)
    routed = osrm_programs.program("osrm-routed")
    command = [str(routed), "--algorithm", "mld", "-i", "127.0.0.1", "-p", str(port), str(base)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        url = f"http://127.0.0.1:{port}"
        _await(url)
        yield url
        server.terminate()


def _await(url: str) -> None:
    for _ in range(200):
        try:
            httpx.get(url)
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("osrm-routed did not start")


def test_an_osrm_server_answers_as_osrm_in_the_process(osrm_url: str, engines: Engines) -> None:
    server = find_server(osrm_url)
    places = [spot(0.3, 0), spot(4, 2.6), spot(1, 5), VILLAGE]
    told, here = server.table(places, places), engines.build("osrm").table(places, places)

    assert isinstance(server, OsrmServer)
    assert (told.ms == here.ms).all()
    assert told.off_targets == pytest.approx(here.off_targets, abs=0.1)
    drive, inside = (
        server.drive(places[0], VILLAGE),
        engines.build("osrm").drive(places[0], VILLAGE),
    )
    assert drive is not None
    assert inside is not None
    assert abs(drive.ms - inside.ms) <= 100
    assert len(drive.path) == len(inside.path)
    server.close()


def test_a_large_table_is_asked_in_squares(osrm_url: str, engines: Engines) -> None:
    places = [spot(number % 50 / 10, 3) for number in range(SQUARE + 13)]
    server = find_server(osrm_url)

    assert (server.table(places, places).ms == engines.build("osrm").table(places, places).ms).all()
    server.close()


def test_closures_are_not_left_to_a_server(osrm_url: str, data: RoadData, roads_dir: Any) -> None:
    roads = Roads(roads_dir, url=osrm_url)
    closed = RoadsNow(land=data.digest, conditions=Conditions(closed=(100,)))

    assert roads.choose(RoadsNow(land=data.digest)) == Choice("osrm-server")
    assert roads.choose(closed) == Choice("osrm", Why.SERVER_KNOWS_NO_CLOSURES)


SHAPE = "_p~iF~ps|U_ulLnnqC_mqNvxq`@"  # the worked example of the format, read with six digits


class Valhalla(BaseHTTPRequestHandler):
    """Answers as https://valhalla.github.io/valhalla/api says, and keeps what it was asked."""

    asked: list[tuple[str, dict[str, Any]]]

    def do_GET(self) -> None:
        self._answer(200, {"version": "3.9.1", "tileset_last_modified": 1700000000})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, body))
        if self.path == "/sources_to_targets":
            rows = [
                [
                    {"from_index": row, "to_index": column, "time": 60 * column, "distance": 1.5}
                    if column < 2 else
                    {"from_index": row, "to_index": column, "time": None, "distance": None}
                    for column, _ in enumerate(body["targets"])
                ]
                for row, _ in enumerate(body["sources"])
            ]  # fmt: skip
            self._answer(200, {"sources_to_targets": rows, "units": "kilometers"})
        elif body["locations"][0]["lat"] == 0:
            self._answer(400, {"error_code": 442, "error": "No path could be found for input"})
        elif body["locations"][0]["lat"] == 1:
            self._answer(400, {"error_code": 154, "error": "Path distance exceeds the max limit"})
        else:
            summary = {"time": 77.25, "length": 1.234}
            legs = [{"shape": SHAPE}]
            self._answer(200, {"trip": {"summary": summary, "legs": legs}})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def valhalla() -> Iterator[ValhallaServer]:
    Valhalla.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Valhalla) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        found = find_server(f"http://127.0.0.1:{server.server_address[1]}")
        assert isinstance(found, ValhallaServer)
        yield found
        found.close()
        server.shutdown()
        thread.join()


def test_valhalla_is_recognised_by_its_status(valhalla: ValhallaServer) -> None:
    assert valhalla.version == "valhalla-server/3.9.1/1700000000"


def test_valhalla_is_asked_for_a_matrix_in_its_words(valhalla: ValhallaServer) -> None:
    told = valhalla.table([spot(0, 0)], [spot(1, 0), spot(2, 0), VILLAGE])

    path, body = Valhalla.asked[0]
    assert path == "/sources_to_targets"
    assert (body["costing"], body["units"]) == ("auto", "kilometers")
    assert body["sources"] == [{"lat": spot(0, 0).lat, "lon": spot(0, 0).lon}]
    assert told.ms.tolist() == [[0, 60_000, -1]]
    assert told.dm.tolist() == [[15_000, 15_000, -1]]


def test_valhalla_draws_a_route(valhalla: ValhallaServer) -> None:
    drive = valhalla.drive(spot(0, 0), spot(1, 1))

    assert drive is not None
    assert (drive.ms, drive.dm) == (77_250, 12_340)
    assert drive.path[0] == pytest.approx((-12.02, 3.85), abs=1e-6)


def test_no_way_is_an_answer_and_a_fault_is_refused(valhalla: ValhallaServer) -> None:
    assert valhalla.drive(spot(0, 0)._replace(lat=0.0), spot(1, 1)) is None
    with pytest.raises(Refused, match="roads_server"):
        valhalla.drive(spot(0, 0)._replace(lat=1.0), spot(1, 1))


def test_an_encoded_line_is_read() -> None:
    assert polyline(SHAPE) == [(-12.02, 3.85), (-12.095, 4.07), (-12.6453, 4.3252)]


def test_something_else_at_the_address_is_refused() -> None:
    class Other(Valhalla):
        def do_GET(self) -> None:
            self._answer(404, {"detail": "nothing here"})

    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with pytest.raises(Refused, match="roads_server"):
                find_server(f"http://127.0.0.1:{server.server_address[1]}")
        finally:
            server.shutdown()
        thread.join()
