"""From a setting's text to a file or folder, the same wherever one stands; a ValueError's sentence stops the start."""

import os
from collections.abc import Callable
from pathlib import Path

#: The folder of manage.py, which every relative path begins at.
BASE_DIR = Path(__file__).resolve().parents[2]


def folder(value: str) -> Path:
    """A folder, which need not be there yet."""
    path = BASE_DIR / value.strip()
    if _is(Path.exists, path) and not path.is_dir():
        raise ValueError(f"{path} is not a folder.")
    return path


def file(value: str) -> str:
    """A file, which need not be there yet, nor its folder; empty for none."""
    path = BASE_DIR / value.strip()
    if value.strip() and _is(Path.is_dir, path):
        raise ValueError(f"{path} is a folder: name a file in it.")
    return str(path) if value.strip() else ""


def log_file(value: str) -> str:
    """A file whose folder is there; empty for none."""
    path = file(value)
    if path and not _is(Path.is_dir, Path(path).parent):
        raise ValueError(f"the folder {Path(path).parent} is not there.")
    if path and not os.access(path if Path(path).exists() else Path(path).parent, os.W_OK):
        raise ValueError(f"{path} can't be written by this user.")
    return path


def database(value: str) -> str:
    """A file in a folder that is there, as far as this user can see."""
    path = BASE_DIR / value
    if _is(Path.is_dir, path):
        raise ValueError(f"{path} is a folder: name a file in it.")
    if not _is(Path.is_dir, path.parent, unseen=True):
        raise ValueError(f"the folder {path.parent} is not there.")
    return str(path)


def published(root: Path, kept: dict[str, str]) -> str:
    """A sentence when ``root``, which anybody may read, holds the code or one of ``kept``: paths by their setting."""
    real = root.resolve()
    if BASE_DIR.is_relative_to(real):
        return f"manage.py is in {root}, where anybody may read. Name a folder for pictures only."
    for name, path in kept.items():
        if path and Path(path).resolve().is_relative_to(real):
            return f"what {name} names is in {root}, where anybody may read. Name a folder for pictures only."
    return ""


def _is(what: Callable[[Path], bool], path: Path, *, unseen: bool = False) -> bool:
    """``unseen`` is answered where this user may not look."""
    try:
        return what(path)
    except PermissionError:
        return unseen
