"""The guide's commands in its order, from a bare machine to an upgrade under load, and what is looked at between."""

import json
import re
import sys
import time
from collections.abc import Callable
from subprocess import Popen

from scripts.guide import page, releases, units
from scripts.guide.machine import Machine
from scripts.guide.shell import Failed

#: What is done otherwise than the guide says, or beside it.
OTHERWISE = (
    "SANDBOX=true stands in .env beside the guide's lines: no platform is called.",
    "The certificate is the machine's own (nginx: made by openssl and put where certbot puts it; Caddy: local_certs).",
    "The next version is this one with a column more and another style sheet.",
    "What systemd limits by control groups (MemoryMax, IPAddressDeny) stands in the units, but is not tried here.",
)
_SOME_SECONDS = 90


class Walk:
    """One installation."""

    def __init__(self, machine: Machine, chosen: set[str], *, say: Callable[[str], None]) -> None:
        self._machine, self._chosen, self._say = machine, chosen, say
        self._shell = machine.shell()
        self._settings: list[str] = []
        self._key = self._code = self._printed = ""
        self._callers: Popen | None = None
        #: What is looked at before or after the block in which a line begins so.
        self._before = {
            "autopost doctor": self._wait_for_the_worker,
            "sudo git clone --branch v0.3": self._let_callers_in,
        }
        self._after = {
            "sudo systemctl enable --now autopost": self._look_at_the_units,
            "sudo nginx -t": self._vouch_for_nginx,
            "sudo caddy validate": self._vouch_for_caddy,
            "drill_url=": self._read_the_drill,
            "# back:": self._go_on_as_before,
            "sudo ln -sfn autopost-0.3": self._count_the_callers,
        }

    def all_of_it(self) -> None:
        """Raises Failed at the first thing that is not as the guide has it."""
        releases.lay_out(self._machine.root, page.blocks())
        try:
            for block in page.blocks():
                if block.is_for(self._chosen | {"backup", "drill", "upgrade", "back"}):
                    self._take(block)
        finally:
            if self._callers:
                self._callers.terminate()
            self._shell.close()

    def _take(self, block: page.Block) -> None:
        if block.language == "ini":
            self._settings.append(block.text)
            if block.words == ("all",):
                self._write_settings()
            return
        self._look(self._before, block)
        began = time.monotonic()
        self._printed = self._shell.type(block.text, name=str(block))
        self._say(f"   {block}: {len(block.text.splitlines())} lines, {time.monotonic() - began:.0f} s")
        self._look(self._after, block)

    def _look(self, looks: dict[str, Callable[[], None]], block: page.Block) -> None:
        for beginning, look in looks.items():
            if re.search(rf"^{re.escape(beginning)}", block.text, re.MULTILINE):
                look()

    def _write_settings(self) -> None:
        """As an editor would; where the guide has “…” and a command above it, with what the command prints."""
        lines: list[str] = []
        for line in "".join(self._settings).splitlines():
            if line.endswith("=…"):
                printed = self._shell.type(lines[-1].lstrip("# "), name=line).strip().splitlines()
                line = line.replace("…", printed[-1])
            lines.append(line)
        (self._machine.root / "srv/autopost/.env").write_text("\n".join([*lines, "SANDBOX=true", ""]))
        sandbox = ("/srv/autopost/.venv/bin/python", "manage.py", "sandbox")
        as_user = ("--uid=autopost", "--working-directory=/srv/autopost", "--unit=sandbox")
        self._machine.run("systemd-run", *as_user, *sandbox)

    def _wait_for_the_worker(self) -> None:
        """Until /health is well and a worker was once round; one that never was is no reason for it to complain."""
        ask = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000/health').read().decode())"
        until, said = time.monotonic() + _SOME_SECONDS, "{}"
        while not json.loads(said or "{}").get("worker", {}).get("last_tick_at"):
            if time.monotonic() > until:
                raise Failed(f"/health says {said}:\n{self._machine.run('journalctl', '--no-pager', '-n', '60')}")
            time.sleep(1)
            said = self._machine.run("/srv/autopost/.venv/bin/python", "-c", ask, check=False)

    def _look_at_the_units(self) -> None:
        units.verify(self._machine, self._say)
        self._wait_for_the_worker()
        units.watch(self._machine)
        self._wait_for_the_worker()
        units.frozen(self._machine, self._say)

    def _vouch_for_nginx(self) -> None:
        """What certbot would do."""
        pem = ("-out", "/etc/ssl/walk.pem", "-keyout", "/etc/ssl/walk.key", "-subj", "/CN=post.example.com")
        self._machine.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", *pem)
        site = self._machine.root / "etc/nginx/sites-available/autopost"
        lines = "listen 443 ssl;\n    ssl_certificate /etc/ssl/walk.pem;\n    ssl_certificate_key /etc/ssl/walk.key;"
        site.write_text(site.read_text().replace("listen 80;", f"listen 80;\n    {lines}", 1))
        self._machine.run("systemctl", "restart", "nginx")
        self._visit()

    def _vouch_for_caddy(self) -> None:
        site = self._machine.root / "etc/caddy/Caddyfile"
        site.write_text(site.read_text().replace("{\n", "{\n\tlocal_certs\n", 1))
        self._machine.run("systemctl", "restart", "caddy")
        time.sleep(3)
        self._visit()

    def _visit(self) -> None:
        """The site over its web server, by a browser's and a program's eyes."""
        picture = "install -m 640 -o autopost -g autopost /etc/hostname /var/lib/autopost/media/walked.txt"
        self._machine.run("sh", "-c", picture)
        if not self._key:
            self._key = self._shell.type("autopost create_api_key walk", name="a key").strip().splitlines()[-1]
        wanted = {"health": 200, "media": 200, "login page": 200, "log-in": 302, "first page": 200}
        wanted |= {"hsts": "max-age=2592000", "cookies": True, "sheet packed": True, "ingest": 201, "item": "posted"}
        facts = json.loads(self._in_its_network("visit", self._key))
        self._expect("what the site shows", {name: facts[name] for name in wanted}, wanted)
        self._expect(f"a hash in {facts['sheet']}", bool(re.search(r"\.[0-9a-f]{12}\.css", facts["sheet"])), True)
        self._expect(f"{facts['sheet kept']!r} is for ever", "immutable" in facts["sheet kept"], True)
        self._code = facts["code"]
        self._say("     log-in, HSTS, hashed and packed files, pictures, /health and a post: well")

    def _in_its_network(self, program: str, *words: str) -> str:
        done = self._machine.start_in_its_network(sys.executable, "-m", f"scripts.guide.{program}", *words)
        out, _ = done.communicate(timeout=300)
        if done.returncode:
            raise Failed(f"{program}:\n{out}\n{self._machine.run('journalctl', '--no-pager', '-n', '40')}")
        return out

    def _read_the_drill(self) -> None:
        """The copy knows what the site knows: its tokens open, the one post is there, the picture too."""
        for words in ("1 had the first key already, 0 unreadable", "1 posts, the last 1", "media/walked.txt"):
            self._expect(f"{words!r} in what the drill says", words in self._printed, True)

    def _let_callers_in(self) -> None:
        words = (sys.executable, "-m", "scripts.guide.load", self._key, self._code)
        self._callers = self._machine.start_in_its_network(*words)

    def _count_the_callers(self) -> None:
        """None was turned away, and what they brought is out."""
        time.sleep(5)
        self._callers.terminate()
        out, _ = self._callers.communicate(timeout=120)
        heard = json.loads(out.splitlines()[-1])
        self._say(f"     callers during the upgrade: {heard['told']}, none waited longer than {heard['longest']} s")
        self._expect("answers of another kind", [name for name in heard["told"] if "wrong" in name], [])
        brought = sum(count for name, count in heard["told"].items() if name.startswith("ingest"))
        rows = "Post.objects.filter(item__title__startswith='ingest')"
        ask = f"from social_queue.models import *; r = {rows}; print('@', len(r), len(r.exclude(status='published')))"
        until, said = time.monotonic() + 300, ""
        while f"@ {brought} 0" not in said:
            said = self._shell.type(f'autopost shell -c "{ask}"', name="what came of them")
            if time.monotonic() > until:
                raise Failed(f"{brought} items were taken in; of them and still not out: {said}")
            time.sleep(2)
        self._expect("the folder in use", (self._machine.root / "srv/autopost").readlink().name, "autopost-0.3.0")

    def _go_on_as_before(self) -> None:
        """The version before serves and publishes on the tables of the one after."""
        self._wait_for_the_worker()
        self._visit()

    def _expect(self, what: str, seen: object, wanted: object) -> None:
        if seen != wanted:
            raise Failed(f"{what}: {seen!r} instead of {wanted!r}")
