"""What travels over the socket: a request taken apart, and an answer ready to be written."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit


@dataclass(frozen=True)
class Upload:
    """One file of a multipart body."""

    filename: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass
class Answer:
    """Status, body and headers of what the platform says."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The platform says no; carries the vendor's own answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class HangUp(Exception):
    """Close the connection without an answer."""


class Silence(Exception):
    """Say nothing until the caller gives up."""


def json_answer(
    status: int, content: object, *, media_type: str = "application/json; charset=utf-8", **headers: str
) -> Answer:
    """An answer with a JSON body; keyword names become headers with underscores as hyphens."""
    named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
    body = json.dumps(content, ensure_ascii=False).encode()
    return Answer(status, body, {"Content-Type": media_type} | named)


#: name="quoted", name=token and, for names that ASCII cannot hold, filename*=UTF-8''percent%20encoded (RFC 5987).
_DISPOSITION = re.compile(r';\s*(filename\*?|name)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))', re.IGNORECASE)
#: A part of another type is a file, whether it has a name or not (RFC 7578: without a type it is text).
_TEXT = ("text/", "application/json")
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)


def disposition(header: str) -> dict[str, str]:
    """``name`` and ``filename`` of a Content-Disposition, however they are written; ``filename*`` wins."""
    named = {}
    for name, quoted, token in _DISPOSITION.findall(header):
        named[name.lower()] = re.sub(r"\\(.)", r"\1", quoted) or token
    if "filename*" in named:
        charset, _, written = named.pop("filename*").partition("'")
        content = unquote_to_bytes(written.partition("'")[2])
        known = charset.lower() if charset.lower() in ("utf-8", "iso-8859-1") else "utf-8"
        named["filename"] = content.decode(known, "replace")
    return named


def parse_multipart(body: bytes, boundary: str) -> tuple[list[tuple[str, str]], dict[str, Upload]]:
    """Fields and files of a multipart/form-data body; parts without a name are dropped."""
    fields: list[tuple[str, str]] = []
    files: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:]:
        head, gap, content = part.partition(b"\r\n\r\n")
        if not gap:
            continue
        lines = dict(line.split(":", 1) for line in head.decode("utf-8", "replace").splitlines() if ":" in line)
        headers = {name.strip().lower(): value.strip() for name, value in lines.items()}
        named = disposition(headers.get("content-disposition", ""))
        media_type = headers.get("content-type", "")
        if "filename" in named or (media_type and not media_type.lower().startswith(_TEXT)):
            files[named.get("name", "")] = Upload(named.get("filename", ""), media_type, content)
        elif "name" in named:
            fields.append((named["name"], content.decode("utf-8", "replace")))
    return fields, files


@dataclass
class Request:
    """One request as it came in. ``target`` is path and query; header names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @cached_property
    def path(self) -> str:
        return urlsplit(self.target).path

    @cached_property
    def raw_query(self) -> str:
        return urlsplit(self.target).query

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @cached_property
    def _parts(self) -> tuple[list[tuple[str, str]], dict[str, Upload]]:
        boundary = _BOUNDARY.search(self.headers.get("content-type", ""))
        return parse_multipart(self.body, boundary[1]) if boundary else ([], {})

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))

    @cached_property
    def form(self) -> dict[str, str]:
        if self.media_type == "multipart/form-data":
            return dict(self._parts[0])
        if self.media_type == "application/x-www-form-urlencoded":
            return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
        return {}

    @property
    def files(self) -> dict[str, Upload]:
        return self._parts[1]

    @cached_property
    def json(self) -> object:
        """The JSON body; None when there is none, or it is not JSON that can be written down again."""
        if self.media_type != "application/json":
            return None
        try:
            body = json.loads(self.body)
            # Unpaired surrogates come in as escapes and could never go out again.
            json.dumps(body, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            return None
        return body

    @property
    def bearer(self) -> str:
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""
