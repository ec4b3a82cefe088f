"""The signing keys of the local issuer: the first of a file signs, all of them are believed."""

import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relight.servers.files import replace_text

KEPT = 3
"""How many keys a file holds at most: a key is believed until it was replaced twice more."""
_END = b"-----END PRIVATE KEY-----\n"


def signing_key(file: Path) -> Ed25519PrivateKey:
    """Return the key that signs, made now when there is none."""
    return all_keys(file)[0]


def all_keys(file: Path) -> list[Ed25519PrivateKey]:
    """Return every key that is believed; two makers of the first one at once agree on one."""
    if not file.exists():
        _make(file)
    keys = [
        serialization.load_pem_private_key(part + _END, password=None)
        for part in file.read_bytes().split(_END)
        if part.strip()
    ]
    for key in keys:
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(f"{file} holds a key that is not Ed25519")
    return [key for key in keys if isinstance(key, Ed25519PrivateKey)]


def rotate(file: Path) -> int:
    """Put a new key before those there are, and return how many are believed from now on."""
    kept = [_text(key) for key in all_keys(file)[: KEPT - 1]]
    replace_text(file, (_new() + b"".join(kept)).decode(), mode=0o600)
    return len(kept) + 1


def _text(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _new() -> bytes:
    return _text(Ed25519PrivateKey.generate())


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    text = _new()
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        # A link appears whole or not at all, and never replaces the key of another maker.
        file.hardlink_to(name)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
