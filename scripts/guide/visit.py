"""A browser and a program with a key: visit.py KEY prints as JSON what the site shows them over its web server."""

import gzip
import json
import re
import sys
import time
from urllib.parse import urlencode

from scripts.guide.door import HOST, Door


class Visitor:
    """Keeps its cookies."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}
        self.set: list[str] = []

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and the body as it came over the line."""
        connection = Door()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.set.append(line)
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()


def log_in(visitor: Visitor) -> dict[str, object]:
    """By the form, to the first page; and how its style sheet comes."""
    status, headers, body = visitor.ask("GET", "/admin/login/")
    form = {"username": "walker", "password": "Correct-Horse-4", "next": "/admin/"}
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', body)
    form["csrfmiddlewaretoken"] = token[1].decode() if token else ""
    posted, _, _ = visitor.ask(
        "POST",
        "/admin/login/",
        urlencode(form),
        Content_Type="application/x-www-form-urlencoded",
        Referer=f"https://{HOST}/admin/login/",
    )
    home, _, _ = visitor.ask("GET", "/admin/")
    sheet = re.search(rb'href="(/static/autopost/admin[^"]+)"', body)
    path = sheet[1].decode() if sheet else ""
    _, of_sheet, packed = visitor.ask("GET", path, Accept_Encoding="gzip")
    return {
        "login page": status,
        "log-in": posted,
        "first page": home,
        "hsts": headers.get("strict-transport-security", ""),
        "cookies": all("Secure" in line for line in visitor.set),
        "sheet": path,
        "sheet kept": of_sheet.get("cache-control", ""),
        "sheet packed": of_sheet.get("content-encoding") == "gzip" and len(gzip.decompress(packed)) > len(packed),
    }


def publish(visitor: Visitor, key: str) -> dict[str, object]:
    """A post, from a program to the wall."""
    bearer = {"Authorization": f"Bearer {key}", "Content_Type": "application/json"}
    body = json.dumps({"title": "Walked", "link": "https://example.com/walked", "channels": ["page"]})
    status, _, taken = visitor.ask("POST", "/api/autopost/ingest", body, **bearer)
    item, began = json.loads(taken), time.monotonic()
    shown: dict = {"posts": []}
    while time.monotonic() - began < 90 and shown.get("status") not in ("posted", "failed"):
        time.sleep(0.5)
        shown = json.loads(visitor.ask("GET", f"/api/autopost/queue/{item['id']}", **bearer)[2])
    return {"ingest": status, "item": shown.get("status"), "code": shown["posts"][0].get("code", "")}


def main(key: str) -> None:
    """All of it."""
    visitor = Visitor()
    facts = {"health": visitor.ask("GET", "/health")[0], "media": visitor.ask("GET", "/media/walked.txt")[0]}
    print(json.dumps(facts | log_in(visitor) | publish(visitor, key)))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
