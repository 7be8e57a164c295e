"""Other processes on the database of the running test: workers that may be killed."""

import os
import subprocess
import sys

from django.conf import settings
from django.db import connection

from tests.support.environment import ROOT

_FORWARDED = (
    *(f"{name}_API_URL" for name in ("FACEBOOK", "INSTAGRAM", "TELEGRAM", "X", "BITLY")),
    "PUBLIC_BASE_URL",
)


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


def start(*arguments: str, **more: str) -> subprocess.Popen:
    """A Python process at the project's root with this test's settings; its output is captured as text."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str, seconds: float = 60, **more: str) -> subprocess.CompletedProcess:
    """The same, waited for."""
    with start(*arguments, **more) as child:
        out, err = child.communicate(timeout=seconds)
    return subprocess.CompletedProcess(arguments, child.returncode, out, err)
