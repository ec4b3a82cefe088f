"""What stands after `Authorization: Bearer`: a token of ours, of an issuer's, or a key."""

from typing import TYPE_CHECKING

from fastapi import Request

from api.sign_in import tokens
from api.sign_in.caller import Person
from api.sign_in.machine_keys import KeyRing

if TYPE_CHECKING:
    from api.office import Office


async def identify(request: Request) -> Person:
    """Return who sent a request, or refuse it."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    token = rest.strip()
    if scheme.lower() != "bearer" or not token:
        raise tokens.refused("token_missing")
    office: Office = request.app.state.office
    if KeyRing.is_key(token):
        return await office.key_ring.holder(office, token)
    external = office.issuers.external
    if external is not None and external.issued(token):
        return await external.read(token)
    return tokens.read(token, office.token_keys, office.issuers.ours)
