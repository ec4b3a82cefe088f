"""What the person at the terminal reads: one line at a time, with the part it comes from."""

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_black")
LOOK_EVERY_S = 0.3
LONGEST_LINE = 400


class Screen:
    """The terminal; lines of several threads do not mix."""

    def __init__(self, parts: Iterable[str], console: Console | None = None) -> None:
        self.console = console or Console(soft_wrap=True, highlight=False)
        self.colours = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(parts)}
        self._width = max((len(name) for name in self.colours), default=0)
        self._lock = threading.Lock()

    def say(self, sentence: str, part: str = "relight") -> None:
        """Print one sentence under the name of a part."""
        name = Text(f"{part:<{self._width}} │ ", style=self.colours.get(part, "bold"))
        with self._lock:
            self.console.print(name + Text(sentence[:LONGEST_LINE]))

    def show(self, sentence: str) -> None:
        """Print one sentence without a name before it."""
        with self._lock:
            self.console.print(Text(sentence))


class Tail(threading.Thread):
    """Repeats on the screen what the parts write to their logs from now on."""

    def __init__(self, screen: Screen, logs: Mapping[str, Path]) -> None:
        super().__init__(name="tail", daemon=True)
        self.screen = screen
        self._ended = threading.Event()
        self._seen = {name: (log, self._size(log)) for name, log in logs.items()}

    def run(self) -> None:
        """Look at every log a few times a second."""
        while not self._ended.wait(LOOK_EVERY_S):
            self.look()
        self.look()

    def end(self) -> None:
        """Repeat what is left and stop."""
        self._ended.set()
        self.join()

    def look(self) -> None:
        """Print the whole lines that are new."""
        for name, (log, seen) in self._seen.items():
            size = self._size(log)
            start = seen if size >= seen else 0
            if size == start:
                continue
            with log.open("rb") as stream:
                stream.seek(start)
                new = stream.read(size - start)
            whole = new[: new.rfind(b"\n") + 1]
            self._seen[name] = (log, start + len(whole))
            for line in whole.decode(errors="replace").splitlines():
                self.screen.say(line, name)

    @staticmethod
    def _size(log: Path) -> int:
        try:
            return log.stat().st_size
        except FileNotFoundError:
            return 0
