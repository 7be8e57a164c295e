"""`manage.py demo`: try everything on this machine, no token needed."""

import io
import os
import secrets
import signal
import sys
import time
from pathlib import Path

import requests
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from social_queue.demo import samples, stage, verdict, week

HOME = Path(settings.BASE_DIR) / ".demo"
LOG_IN = ("admin", "demo")
#: Everything is out within seconds; a slow machine gets this long.
PATIENCE = 150.0


class Command(BaseCommand):
    """Starts web, worker and sandbox on a database of its own, publishes ten samples and shows where to look."""

    help = "Try Autopost on this machine with pretended platforms."
    requires_system_checks: list = []

    def add_arguments(self, parser: CommandParser) -> None:
        """--once stops after the samples are out."""
        parser.add_argument("--once", action="store_true", help="stop when the samples are out; exit 0 if all is well")

    def handle(self, *args, once: bool, **options) -> None:
        """Re-executes itself in the demonstration's environment first, so that this process sees its database."""
        try:
            if stage.MARK not in os.environ:
                self._change_surroundings(once=once)
            self._show(once=once)
        except stage.StageFault as fault:
            raise CommandError(str(fault)) from fault

    def _change_surroundings(self, *, once: bool) -> None:
        stage.refuse_taken_ports({"PORT": settings.PORT, "SANDBOX_PORT": settings.SANDBOX_PORT})
        # Before the settings of the demonstration are read: they refuse a log file whose folder is not there.
        stage.clear(HOME)
        found = stage.environment(HOME, port=settings.PORT, sandbox_port=settings.SANDBOX_PORT)
        os.execve(sys.executable, [*stage.manage("demo"), *(["--once"] if once else [])], found)  # noqa: S606

    def _show(self, *, once: bool) -> None:
        # Asked to stop politely, it stops its processes too, as it does on Ctrl-C (which a background shell may block).
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.default_int_handler)
        call_command("migrate", verbosity=0)
        self._admin_user()
        commands = {
            "sandbox": stage.manage("sandbox"),
            "web": [sys.executable, "-m", "gunicorn", "-c", "python:autopost_site.server", "autopost_site.wsgi"],
            "worker": stage.manage("qcluster"),
        }
        with stage.processes(HOME, commands) as running:
            stage.wait_for(settings.SANDBOX_URL, running["sandbox"], "sandbox")
            stage.wait_for(f"{settings.PUBLIC_BASE_URL}/admin/login/", running["web"], "web")
            key = self._accounts_and_key()
            self._push(key)
            problems = self._watch()
            if not once:
                week.lay(timezone.now())
            self._say_where()
            if not once:
                self._stay(running)
        if problems:
            raise CommandError("\n".join(problems))

    def _admin_user(self) -> None:
        os.environ["DJANGO_SUPERUSER_PASSWORD"] = LOG_IN[1]
        call_command("createsuperuser", username=LOG_IN[0], email="demo@example.com", interactive=False, verbosity=0)

    def _accounts_and_key(self) -> str:
        for platform, address, slug, name, credentials in samples.ACCOUNTS:
            words = [f"{key}={value}" for key, value in credentials.items()]
            call_command("add_account", platform, address, slug=slug, name=name, credential=words, stdout=self._quiet())
        heard = self._quiet()
        call_command("create_api_key", f"demo-{secrets.token_hex(3)}", stdout=heard)
        return heard.getvalue().split()[-1]

    def _quiet(self) -> io.StringIO:
        return io.StringIO()

    def _push(self, key: str) -> None:
        """As a generator would: over HTTP."""
        bodies = samples.items(f"{settings.SANDBOX_URL}/_media/sample", timezone.now())
        for body in bodies:
            answer = requests.post(
                f"{settings.PUBLIC_BASE_URL}/api/autopost/ingest",
                json=body,
                headers={"Authorization": f"Bearer {key}"},
                timeout=30,
            )
            if answer.status_code != 201:
                raise stage.StageFault(f"“{body['title']}” was answered {answer.status_code}: {answer.text}")
            self.stdout.write(f"pushed  {body['title']}")

    def _watch(self) -> list[str]:
        ends = time.monotonic() + PATIENCE
        while not verdict.settled() and time.monotonic() < ends:
            time.sleep(0.3)
        wall = requests.get(f"{settings.SANDBOX_URL}/wall.json", timeout=10).json()["posts"]
        problems = verdict.faults(wall)
        self.problem_free_line = "" if problems else verdict.summary(wall)
        return problems

    def _say_where(self) -> None:
        self.stdout.write("")
        self.stdout.write(f"The wall:   {settings.SANDBOX_URL}/")
        self.stdout.write(f"The admin:  {settings.PUBLIC_BASE_URL}/admin/   log in as {LOG_IN[0]} / {LOG_IN[1]}")
        self.stdout.write(f"Calendar:   {settings.PUBLIC_BASE_URL}/admin/queue/calendar/   a week to be moved about")
        self.stdout.write(f"Connecting: {settings.PUBLIC_BASE_URL}/admin/connect/   try the log-ins of all four")
        self.stdout.write(f"The API:    {settings.PUBLIC_BASE_URL}/api/docs/")
        self.stdout.write(self.problem_free_line)
        self.stdout.flush()

    def _stay(self, running: dict) -> None:
        self.stdout.write("Ctrl-C stops everything.")
        self.stdout.flush()
        try:
            while all(child.poll() is None for child in running.values()):
                time.sleep(0.5)
        except KeyboardInterrupt:
            return
        ended = ", ".join(name for name, child in running.items() if child.poll() is not None)
        raise stage.StageFault(f"{ended} ended by itself: see .demo/{ended}.out.")
