"""Whose tokens are believed here: our own issuer's, and perhaps one elsewhere."""

from dataclasses import dataclass

from api.sign_in.external import External
from api.sign_in.tokens import ISSUER

AT = "/oidc"


@dataclass(frozen=True)
class Issuers:
    """The issuers of an installation; `public_url` is the origin that people open."""

    public_url: str = "http://127.0.0.1:8420"
    external: External | None = None

    @property
    def local(self) -> str:
        """Return the name of our own issuer, which is where it is found."""
        return self.public_url + AT

    @property
    def ours(self) -> tuple[str, ...]:
        """Return every name under which we sign: the issuer's, and that of `relight token`."""
        return (ISSUER, self.local)
