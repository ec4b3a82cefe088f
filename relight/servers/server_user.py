"""Whom a PostgreSQL server runs as, and where its files may lie for that user.

PostgreSQL refuses to run as root. Root therefore lends the server to the account its package made,
and that account must be able to walk to the data.
"""

import hashlib
import os
import pwd
import subprocess
from pathlib import Path

LENT_HOMES = Path("/var/lib/relight")
ACCOUNTS = ("postgres", "nobody")


def server_owner() -> tuple[int, int] | None:
    """Return user and group to run the server as, or None when it may be ourselves."""
    if os.geteuid() != 0:
        return None
    for account in ACCOUNTS:
        try:
            entry = pwd.getpwnam(account)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise LookupError(
        "PostgreSQL will not run as root and there is no account named "
        f"{' or '.join(ACCOUNTS)} to run it as: make one, or run this as another user."
    )


def settle(home: Path, owner: tuple[int, int] | None) -> Path:
    """Return the directory for the server's files: `home`, or one that its owner can reach.

    Where a directory above `home` is closed to the owner, the files lie under /var/lib/relight and
    `home/cluster` is a link to them.
    """
    cluster = home / "cluster"
    home.mkdir(parents=True, exist_ok=True)
    if owner is None:
        cluster.mkdir(mode=0o700, exist_ok=True)
        return cluster
    if not cluster.exists():
        if _can_walk_to(home, owner):
            cluster.mkdir(exist_ok=True)
        else:
            mark = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]
            lent = LENT_HOMES / mark
            lent.mkdir(parents=True, exist_ok=True)
            cluster.unlink(missing_ok=True)
            cluster.symlink_to(lent)
    os.chown(cluster, *owner)
    return cluster.resolve()


def _can_walk_to(home: Path, owner: tuple[int, int]) -> bool:
    tried = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(home.resolve())],
        cwd="/",
        user=owner[0],
        group=owner[1],
        extra_groups=[],
        capture_output=True,
        check=False,
    )
    return tried.returncode == 0
