"""`python -m tests.support.fork_server FD WHAT`: forks a program for each request on that socket, with much imported.

WHAT is "autopost": all that nearly every child needs; the child reads its settings again. Or it is "libraries": nothing
of Autopost, and no setting was read, so that the child imports and reads all of it itself, whatever it is told.

To start Python and import Django with all apps costs a core more than a second; the fork of a process that has done it
costs some milliseconds. The standard library's own fork server runs functions, with the environment that it was first
given and below the main module of whoever asks; here a child is a program, as if started by hand: a module, a script or
a text, with words, environment, output and exit status of its own.

A request is JSON, the words behind ``python`` and the whole environment, with three descriptors: standard output,
standard error, and a pipe on which the server says the child's number, and later how it ended.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import selectors
import socket
import sys
import threading
import types

#: Of other people's, what takes longest to import, and asks for no setting of Django's while it is imported.
_LIBRARIES = (
    "asyncio", "http.server", "concurrent.futures.thread",
    "django.core.management", "django.core.management.commands.check", "django.core.handlers.wsgi", "django.core.mail",
    "django.db.models", "django.db.backends.sqlite3.base", "django.forms", "django.template.backends.django",
    "django.template.loader", "django.views.generic", "django.contrib.messages.api", "django.contrib.postgres.forms",
    "rest_framework.serializers", "requests_oauthlib", "cryptography.fernet", "cryptography.x509", "PIL.Image",
    "PIL.ImageDraw", "PIL.ImageFont", "redis", "feedparser", "yaml", "regex", "dateutil.rrule", "decouple",
    "dj_database_url", "whitenoise",
)  # fmt: skip
#: More than a socket takes in one piece.
LONGEST = 1 << 20


class _Asked:
    """The socket, and the children that run, by the descriptor that says when one has ended."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._ready = selectors.DefaultSelector()
        self._ready.register(self._socket, selectors.EVENT_READ)
        self._running: dict[int, tuple[int, int]] = {}

    def next_program(self) -> dict | None:
        """In a child: what it is to be. In the server, when whoever asked has hung up: None."""
        while True:
            for key, _ in self._ready.select():
                if key.fileobj is not self._socket:
                    self._say_how_it_ended(key.fd)
                    continue
                message, passed, *_ = socket.recv_fds(self._socket, LONGEST, 3)
                if not message:
                    return None
                if self._fork(*passed) == 0:
                    return json.loads(message)

    def _fork(self, out: int, err: int, told: int) -> int:
        number = os.fork()
        if number == 0:
            os.dup2(out, 1)
            os.dup2(err, 2)
            self._ready.close()
            self._socket.close()
            for kept in (out, err, told, *self._running, *(status for _, status in self._running.values())):
                os.close(kept)
            return 0
        os.close(out)
        os.close(err)
        os.write(told, f"{number}\n".encode())
        watched = os.pidfd_open(number)
        self._running[watched] = number, told
        self._ready.register(watched, selectors.EVENT_READ)
        return number

    def _say_how_it_ended(self, watched: int) -> None:
        self._ready.unregister(watched)
        number, told = self._running.pop(watched)
        ended = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
        # Whoever asked may not have waited for it.
        with contextlib.suppress(BrokenPipeError), open(told, "wb", buffering=0) as pipe:
            pipe.write(f"{ended}\n".encode())
        os.close(watched)


def main(descriptor: str, what: str) -> None:
    """Serve until whoever asks hangs up; a child comes back with its program run."""
    knows_autopost = what == "autopost"
    _warm_up() if knows_autopost else _import_libraries()
    # Else the first collection of garbage in a child would touch, and so copy, every page.
    gc.collect()
    gc.freeze()
    program = _Asked(int(descriptor)).next_program()
    if program is not None:
        os.environ.clear()
        os.environ.update(program["environment"])
        if knows_autopost:
            _read_settings_again()
        _run(program["words"])


def _import_libraries() -> None:
    """Import what asks for no setting: whatever a child is told, it has not been read before."""
    from django.conf import settings

    for name in _LIBRARIES:
        importlib.import_module(name)
    if settings.configured or "autopost_site" in sys.modules or threading.active_count() > 1:
        sys.exit("Importing a library read the settings or started a thread: it can't be forked for others.")


def _warm_up() -> None:
    """Import what nearly every child needs. Connections and threads do not survive a fork: there may be none."""
    import django
    from django.conf import settings
    from django.core.management import get_commands
    from django.db import connections
    from django.db.utils import load_backend

    django.setup()
    get_commands()
    load_backend(settings.DATABASES["default"]["ENGINE"])
    for name in ("django.test.signals", "autopost_site.urls", "social_queue.management.commands.dispatch"):
        importlib.import_module(name)
    if any(each.connection for each in connections.all()) or threading.active_count() > 1:
        sys.exit("Importing Autopost made a connection or started a thread: it can't be forked.")


def _read_settings_again() -> None:
    """Make the child's own environment the one in force, and forget what was derived from the server's."""
    from django.conf import settings
    from django.core.signals import setting_changed
    from django.db import connections

    module = sys.modules[settings.SETTINGS_MODULE]
    before = dict(vars(module))
    importlib.reload(module)
    changed = {name: value for name, value in vars(module).items() if name.isupper() and value != before.get(name)}
    for name, value in changed.items():
        # The module's alone: apps have laid settings of their own beside them.
        setattr(settings, name, value)
        # As tests do that change one: Django's caches listen, and those of its libraries.
        setting_changed.send(sender=None, setting=name, value=value, enter=False)
    vars(connections).pop("settings", None)
    connections.__init__()


def _run(words: list[str]) -> None:
    """What ``python`` does with these words."""
    if words[0] == "-m":
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    elif words[0] == "-c":
        sys.argv = ["-c", *words[2:]]
        main = sys.modules["__main__"] = types.ModuleType("__main__")
        exec(compile(words[1], "<string>", "exec"), vars(main))
    else:
        sys.argv = words
        runpy.run_path(words[0], run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
