"""A host of pictures with the habits of real ones: it leads on, turns robots away, and serves our own files."""

from pathlib import Path

from tests.support.local_host import Answering, LocalHost

#: What we call ourselves when we download.
OURS = "Autopost"


class PictureHost(LocalHost):
    """``pictures``: path → bytes. A path below /moved/ redirects, one below /guarded/ is for us alone.

    ``/media/`` serves ``media_root``, as a web server in front of the site does; ``asked`` notes (path, is it us).
    """

    def __init__(self, pictures: dict[str, bytes], media_root: Path) -> None:
        super().__init__(_Answering)
        self.pictures, self.media_root = dict(pictures), Path(media_root)


class _Answering(Answering):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        is_us = OURS in self.headers.get("User-Agent", "")
        self.server.asked.append((path, is_us))
        if path.startswith("/moved/"):
            return self.say(302, Location=path.removeprefix("/moved"))
        if path.startswith("/guarded/"):
            if not is_us:
                return self.say(403)
            path = path.removeprefix("/guarded")
        content = self.server.pictures.get(path)
        if path.startswith("/media/"):
            content = (self.server.media_root / path.removeprefix("/media/")).read_bytes()
        return self.say(404) if content is None else self.say(200, content)
