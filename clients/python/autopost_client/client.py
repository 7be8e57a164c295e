"""The desk, a method for each thing that can be asked of it."""

import hashlib
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from autopost_client.shapes import Account, Event, EventPage, Queued, Subscription, Upload
from autopost_client.transport import Transport
from autopost_client.uploads import FileBody

#: Of 200 characters, as many as leave room for an item's place.
_LONGEST_KEY = 190


class Autopost:
    """``Autopost("https://desk.example.com", "ap_…")``; raises AutopostError or Unreachable, by every method."""

    def __init__(self, url: str, key: str, *, tries: int = 5, timeout: float = 30.0) -> None:
        self._transport = Transport(url, key, tries=tries, timeout=timeout)

    def enqueue(self, *, title: str, link: str, idempotency_key: str | None = None, **fields: Any) -> Queued:
        """Queue one item; the fields are those of the API. Said again with the same key it is the same item.

        Without a key it gets one of its own, good for this call: a program that may be killed in the middle should give
        one that it will remember, such as the number of its own row.
        """
        # In the body, where it may be of any letters; a header has some of them only.
        body = {"title": title, "link": link, **fields, "idempotency_key": str(idempotency_key or uuid.uuid4())}
        return self._post("ingest", json=body, safe=True)

    def enqueue_many(self, items: Sequence[dict[str, Any]], *, idempotency_key: str | None = None) -> list[dict]:
        """Up to 100 at once, each judged alone: its answer is at its place, with a ``status_code``.

        A key that fits into no header, or into none with each item's place behind it, stands there as its SHA-256.
        """
        headers = {"Idempotency-Key": _fit_for_a_header(str(idempotency_key or uuid.uuid4()))}
        answer = self._post("ingest", json=list(items), safe=True, headers=headers)
        return answer["results"]

    def preview(self, *, title: str, link: str, **fields: Any) -> list[dict]:
        """The captions as they would go out; nothing is stored."""
        return self._post("preview", json={"title": title, "link": link, **fields}, safe=True)["posts"]

    def items(self, **filters: Any) -> Iterator[dict]:
        """Every item that the filters let through, page after page."""
        return self._pages("queue", filters)

    def posts(self, **filters: Any) -> Iterator[dict]:
        """Every post that the filters let through, page after page."""
        return self._pages("posts", filters)

    def item(self, pk: int) -> dict:
        """One item with its posts and every attempt."""
        return self._get(f"queue/{int(pk)}")

    def change(self, pk: int, **fields: Any) -> dict:
        """Change what has not gone yet; the fields are those of the API. Repeated it changes nothing more."""
        return self._transport.call("PATCH", f"queue/{int(pk)}", json=fields, safe=True)

    def cancel(self, pk: int) -> dict:
        """Cancel what has not gone yet; cancelled already is fine."""
        return self._post(f"queue/{int(pk)}/cancel", safe=True)

    def retry(self, pk: int) -> dict:
        """Try what failed again, now."""
        return self._post(f"queue/{int(pk)}/retry", safe=False)

    def recall(self, pk: int) -> dict:
        """Take back what can be taken back."""
        return self._post(f"queue/{int(pk)}/recall", safe=False)

    def correct(self, post: int, caption: str, *, part: int = 1) -> dict:
        """Give one post another text, also where it is out already: there it is changed a few seconds later.

        ``{link}`` stands for its link; ``part`` is the number of one of its ``parts``, from 2 on what follows it.
        Repeated it changes nothing; ``correction`` in the answer, or in that part, tells what it waits for.
        """
        # A desk that is older than its client knows no parts here.
        body: dict[str, Any] = {"caption": caption} | ({"part": part} if part != 1 else {})
        return self._transport.call("PATCH", f"posts/{int(post)}", json=body, safe=True)

    def series(self) -> Iterator[dict]:
        """What repeats: rule, zone, and when it goes next."""
        return self._pages("series", {})

    def cancel_series(self, pk: int) -> dict:
        """Have it repeated no more; one that was cancelled already is refused (409)."""
        return self._post(f"series/{int(pk)}/cancel", safe=False)

    def accounts(self) -> list[Account]:
        """The places that can be posted to."""
        return list(self._pages("accounts", {}))

    def slots(self, account: str, n: int = 5) -> list[dict]:
        """The next free slots of an account."""
        return self._get("slots", params={"account": account, "n": n})["results"]

    def click_report(self, *, by: str = "day", **span: str) -> list[dict]:
        """Clicks by day, platform, account, source or variant; ``from_`` and ``to`` are days."""
        params = {"by": by, **{name.rstrip("_"): value for name, value in span.items()}}
        return self._get("reports/clicks", params=params)["rows"]

    def upload(self, path: str | Path) -> Upload:
        """A picture or a video; the same bytes again are the same upload."""
        body = FileBody(Path(path))
        return self._post("media", data=body, headers={"Content-Type": body.content_type}, safe=True)

    def events(self, after: int = 0, *, follow: bool = False, poll: float = 2.0) -> Iterator[Event]:
        """What happened after that sequence, in order, nothing missing; with ``follow`` for ever.

        Keep the ``sequence`` of the last one that you have dealt with, and go on from there after a restart.
        """
        while True:
            page = self.event_page(after)
            yield from page["events"]
            after = page["next_after"]
            if page["events"]:
                continue
            if not follow:
                return
            time.sleep(poll)

    def event_page(self, after: int = 0, *, limit: int = 100) -> EventPage:
        """At once what there is after that sequence, ``limit`` at most; ``next_after`` is where to go on."""
        return self._get("events", params={"after": after, "limit": limit})

    def subscribe(self, url: str, events: Sequence[str] = ()) -> Subscription:
        """Have events sent to an address; ``secret`` is in this answer alone."""
        return self._post("subscriptions", json={"url": url, "events": list(events)}, safe=False)

    def subscriptions(self) -> list[Subscription]:
        """Those that this key made."""
        return list(self._pages("subscriptions", {}))

    def unsubscribe(self, pk: int) -> None:
        """Have nothing sent any more."""
        self._transport.call("DELETE", f"subscriptions/{int(pk)}", safe=False)

    def resume(self, pk: int) -> Subscription:
        """Go on with a paused subscription where it stopped."""
        return self._post(f"subscriptions/{int(pk)}/resume", safe=True)

    def _get(self, path: str, **more: Any) -> Any:
        return self._transport.call("GET", path, safe=True, **more)

    def _post(self, path: str, *, safe: bool, **more: Any) -> Any:
        return self._transport.call("POST", path, safe=safe, **more)

    def _pages(self, path: str, params: dict[str, Any]) -> Iterator[Any]:
        page = self._get(path, params=params)
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            # The desk may know itself by another name than we do: only what stands behind the ? is taken.
            page = self._get(f"{path}?{page['next'].partition('?')[2]}")


def _fit_for_a_header(key: str) -> str:
    fits = key.isascii() and key.isprintable() and " " not in key and len(key) <= _LONGEST_KEY
    return key if fits else f"sha256-{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"
