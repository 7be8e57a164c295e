"""A host of pictures with the habits of real ones: it leads on, turns robots away, and serves our own files."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

#: What we call ourselves when we download.
OURS = "Autopost"


class PictureHost(ThreadingHTTPServer):
    """``pictures``: path → bytes. A path below /moved/ redirects, one below /guarded/ is for us alone.

    ``/media/`` serves ``media_root``, as a web server in front of the site does; ``asked`` notes (path, is it us).
    """

    def __init__(self, pictures: dict[str, bytes], media_root: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.pictures, self.media_root, self.asked = dict(pictures), Path(media_root), []

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}"

    def __enter__(self) -> "PictureHost":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.shutdown()
        self.server_close()


class _Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        is_us = OURS in self.headers.get("User-Agent", "")
        self.server.asked.append((path, is_us))
        if path.startswith("/moved/"):
            return self._say(302, Location=path.removeprefix("/moved"))
        if path.startswith("/guarded/"):
            if not is_us:
                return self._say(403)
            path = path.removeprefix("/guarded")
        content = self.server.pictures.get(path)
        if path.startswith("/media/"):
            content = (self.server.media_root / path.removeprefix("/media/")).read_bytes()
        return self._say(404) if content is None else self._say(200, content)

    def _say(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        """Tests look at ``asked``."""
