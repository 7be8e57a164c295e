"""What a session knows of a log-in in progress: its way, its row's number, which wrong turn it took. Never a token."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from connectors.login import LoginTrouble

_KEY = "connect"


def remember(request: HttpRequest, platform: str, number: int, way: str) -> None:
    """The row of the log-in that this session is in, and which of the platform's ways it goes."""
    _write(request, platform, {"number": number, "way": way})


def set_out(request: HttpRequest, platform: str, way: str) -> None:
    """The way that is about to be gone, so that whoever stumbles at its first step starts the same again."""
    _write(request, platform, {"way": way})


def number(request: HttpRequest, platform: str) -> int:
    """That row's number, or 0."""
    return _read(request, platform).get("number", 0)


def way(request: HttpRequest, platform: str) -> str:
    """The way that this session went last, or "" where it has gone none yet."""
    return _read(request, platform).get("way", "")


def stumbled(request: HttpRequest, platform: str, trouble: LoginTrouble) -> HttpResponse:
    """On to the page that says what went wrong; its address holds nothing of the answer that was read."""
    values = {name: list(value) if isinstance(value, tuple) else str(value) for name, value in trouble.values.items()}
    fields = {"code": trouble.code, "pattern": trouble.pattern, "values": values}
    _write(request, platform, {"trouble": fields, "way": way(request, platform)})
    return redirect("connect-callback", platform)


def trouble_of(request: HttpRequest, platform: str) -> tuple[str, str]:
    """(code, sentence in the reader's language) of the wrong turn, or ("", "")."""
    found = _read(request, platform).get("trouble")
    if not found:
        return "", ""
    values = {
        name: ", ".join(map(_, value)) if isinstance(value, list) else value for name, value in found["values"].items()
    }
    return found["code"], _(found["pattern"]) % values if values else _(found["pattern"])


def _read(request: HttpRequest, platform: str) -> dict:
    return request.session.get(_KEY, {}).get(platform, {})


def _write(request: HttpRequest, platform: str, facts: dict) -> None:
    request.session[_KEY] = request.session.get(_KEY, {}) | {platform: facts}
