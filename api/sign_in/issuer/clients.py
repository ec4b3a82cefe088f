"""Programs as the OAuth library asks about them: consoles without a secret, machines with one."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import ClientMixin
from sqlalchemy.orm import Session

from store import machines
from store.machines import Machine

SIGN_IN_SCOPES = ("openid", "profile", "offline_access")
CONSOLE = "console"
CONSOLE_PATHS = ("/signed-in", "/console/signed-in", "/docs/oauth2-redirect")
_CONSOLE = Machine(
    id=CONSOLE,
    name="Relight",
    grants=[],
    scopes=[],
    may_act_as=False,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    revoked_at=None,
    redirect_uris=CONSOLE_PATHS,
    public=True,
)
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Program(ClientMixin):
    """One program, at one installation."""

    def __init__(
        self, session: Session, machine: Machine, public_url: str, words: list[str]
    ) -> None:
        self.machine = machine
        self._session = session
        self._origins = origins(public_url)
        every = machines_words(machine, words)
        self._allowed = [*SIGN_IN_SCOPES, *words] if machine.public else every

    def get_client_id(self) -> str:
        """Return its name."""
        return self.machine.id

    def get_default_redirect_uri(self) -> None:
        """Return none: where to is always said."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Return what of the wish it may have; a machine that wishes nothing gets its own."""
        wishes = (scope or "").split()
        if not wishes:
            return "" if self.machine.public else " ".join(self._allowed)
        return " ".join(wishes) if set(wishes) <= set(self._allowed) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Tell whether codes may be sent there: the exact address, on our origin or as named."""
        return redirect_uri in self.addresses()

    def addresses(self) -> set[str]:
        """Return every address that codes may be sent to."""
        found = set()
        for named in self.machine.redirect_uris:
            found.update({o + named for o in self._origins} if named[0] == "/" else {named})
        return found

    def check_client_secret(self, client_secret: str) -> bool:
        """Tell whether this is its secret."""
        return machines.client_fits(self._session, self.machine.id, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Let a console come without a secret, and a machine only with one."""
        return (method == "none") == self.machine.public

    def check_response_type(self, response_type: str) -> bool:
        """Let consoles ask for codes."""
        return self.machine.public and response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Let consoles use codes and refresh tokens, machines their secret."""
        if self.machine.public:
            return grant_type in ("authorization_code", "refresh_token")
        return grant_type == "client_credentials"


def machines_words(machine: Machine, words: list[str]) -> list[str]:
    """Return the scopes of a machine, every one for `*`."""
    return list(words) if "*" in machine.scopes else sorted(machine.scopes)


def origins(public_url: str) -> tuple[str, ...]:
    """Return the origins that are ours; this machine has several names for itself."""
    parts = urlsplit(public_url)
    host = public_url.partition("://")[2].rpartition(":")[0] or parts.netloc
    if host not in _LOOPBACK:
        return (public_url,)
    return tuple(f"{parts.scheme}://{name}:{parts.port or 80}" for name in _LOOPBACK)


def find(session: Session, client_id: str, public_url: str, words: list[str]) -> Program | None:
    """Return a program by its name, the console's being known without registration."""
    machine = machines.client(session, client_id)
    if machine is None and client_id == CONSOLE:
        machine = _CONSOLE
    return None if machine is None else Program(session, machine, public_url, words)
