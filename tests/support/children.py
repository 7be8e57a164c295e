"""Other processes on the database of the running test: workers that may be killed."""

import os
import socket
import subprocess
import sys
from collections.abc import Sequence

from django.conf import settings
from django.db import connection

from tests.support import forked
from tests.support.environment import ROOT, documented

_FORWARDED = (
    *(f"{name}_API_URL" for name in ("FACEBOOK", "INSTAGRAM", "TELEGRAM", "X", "BITLY")),
    "PUBLIC_BASE_URL",
)
#: What differs from test to test, and is read nowhere while Autopost is imported but in the settings.
_TOLD = {*_FORWARDED, "DATABASE_URL", "MEDIA_ROOT", "MEDIA_ALLOWED_HOSTS"}
#: Every child's but for those: this module is imported before the first test can change its own.
_server = forked.Server(dict(os.environ))
#: For those that read all settings themselves: of ours no library reads one, whatever is imported.
_libraries = forked.Server(dict(os.environ), "libraries")
_SETTINGS = _TOLD | documented().keys() | {"PYTEST_CURRENT_TEST"}


def database_url() -> str:
    """The address of the database this test is using, for a process that starts from nothing."""
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{held['NAME']}"
    log_in = f"{held['USER']}:{held['PASSWORD']}".rstrip(":")
    scheme = "postgres" if connection.vendor == "postgresql" else "mysql"
    return f"{scheme}://{log_in}@{held['HOST']}:{held['PORT']}/{held['NAME']}"


def environment(**more: str) -> dict[str, str]:
    """This test's settings as a child process must be told them."""
    told = {name: str(getattr(settings, name)) for name in _FORWARDED}
    told |= {"DATABASE_URL": database_url(), "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
    told["MEDIA_ALLOWED_HOSTS"] = ",".join(settings.MEDIA_ALLOWED_HOSTS)
    return os.environ | told | more


def start(*arguments: str, **more: str) -> subprocess.Popen | forked.Program:
    """A Python process at the project's root with this test's settings; its output is captured as text."""
    told = environment(**more)
    if forked.POSSIBLE and _like_the_servers(told):
        return _server.start([*arguments], told)
    return _started(arguments, told)


def _started(arguments: Sequence[str], told: dict[str, str]) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def start_anew(*arguments: str, told: dict[str, str]) -> subprocess.Popen | forked.Program:
    """A process that imports Autopost and reads its settings itself, with exactly that environment.

    For what is about settings, or about another database than the test's. It may be forked from one that has imported
    other people's libraries, which is half of the work.
    """
    own = _libraries.environment
    differ = {name for name in own.keys() | told.keys() if own.get(name) != told.get(name)}
    if forked.POSSIBLE and differ <= _SETTINGS:
        return _libraries.start([*arguments], told)
    return _started(arguments, told)


def run_anew(*arguments: str, told: dict[str, str], seconds: float = 200) -> subprocess.CompletedProcess:
    """The same, waited for."""
    return _ended(start_anew(*arguments, told=told), arguments, seconds)


def _like_the_servers(told: dict[str, str]) -> bool:
    """Whether a process that was forked can't be told from one that started with this environment.

    Of another one, or another kind of database, something else may have been imported.
    """
    own = _server.environment
    differ = {name for name in own.keys() | told.keys() if own.get(name) != told.get(name)}
    kinds = {address["DATABASE_URL"].partition(":")[0].replace("mariadb", "mysql") for address in (own, told)}
    return differ <= _TOLD | {"PYTEST_CURRENT_TEST"} and len(kinds) == 1


def run(*arguments: str, seconds: float = 200, **more: str) -> subprocess.CompletedProcess:
    """The same, waited for."""
    return _ended(start(*arguments, **more), arguments, seconds)


def _ended(child: subprocess.Popen | forked.Program, arguments: Sequence[str], seconds: float):
    with child:
        out, err = child.communicate(timeout=seconds)
    return subprocess.CompletedProcess(arguments, child.returncode, out, err)


def ended_process() -> str:
    """The name of a worker of this host that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    return f"{socket.gethostname()}:{child.pid}"
