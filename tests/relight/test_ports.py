"""Ports: chosen once, kept, and given up only to a stranger."""

import socket
from pathlib import Path

from relight.servers.ports import LOOPBACK, KeptPorts, answers, free_port, is_free


def hold(port: int) -> socket.socket:
    holder = socket.socket()
    holder.bind((LOOPBACK, port))
    holder.listen()
    return holder


def test_a_port_is_the_same_every_time(tmp_path: Path) -> None:
    first = KeptPorts(tmp_path / "ports.json").port("api")

    assert KeptPorts(tmp_path / "ports.json").port("api") == first


def test_a_port_taken_meanwhile_is_changed_and_kept(tmp_path: Path) -> None:
    ports = KeptPorts(tmp_path / "ports.json")
    first = ports.port("api")
    with hold(first):
        second = ports.port("api")

    assert second != first
    assert ports.port("api") == second


def test_two_parts_never_share_a_port(tmp_path: Path) -> None:
    ports = KeptPorts(tmp_path / "ports.json")
    wish = free_port()

    assert ports.port("one", wish) == wish
    assert ports.port("two", wish) != wish


def test_ports_lie_below_those_the_system_gives_to_clients(tmp_path: Path) -> None:
    assert all(free_port() < 32_768 for _ in range(20))


def test_a_broken_file_of_ports_is_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    file.write_text('{"api": ')
    port = KeptPorts(file).port("api")

    assert KeptPorts(file).port("api") == port


def test_a_listener_is_seen() -> None:
    port = free_port()
    with hold(port):
        assert not is_free(port)
        assert answers(LOOPBACK, port)
    assert not answers(LOOPBACK, port)
