"""Recorded answers of the platforms, kept as files: status, headers and body of one answer each."""

import json
from pathlib import Path

from tests.connectors.rawserver import answer

FOLDER = Path(__file__).parents[1] / "payloads"


def names(platform: str, beginning: str = "") -> list[str]:
    """The cases kept for a platform, those whose name begins so."""
    return sorted(path.stem for path in (FOLDER / platform).glob(f"{beginning}*.json"))


def told(platform: str, case: str) -> dict:
    """One case: ``status``, ``body`` and perhaps ``headers``."""
    return json.loads((FOLDER / platform / f"{case}.json").read_text())


def recorded(platform: str, case: str) -> bytes:
    """One case as the bytes that came over the wire."""
    kept = told(platform, case)
    body = kept["body"].encode() if isinstance(kept["body"], str) else json.dumps(kept["body"]).encode()
    return answer(kept["status"], body=body, **kept.get("headers", {}))
