"""A newcomer's first program, as it stands in the README: an item on the wall, its event received and verified."""

import os
import re
import subprocess
import sys
import time

import pytest
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.events import sending
from tests.factories import make_account
from tests.support.clock import Clock
from tests.support.environment import ROOT
from tests.support.servers import free_port

pytestmark = pytest.mark.django_db(transaction=True)
_CLIENT = ROOT / "clients" / "python"


def test_the_readmes_program_queues_and_hears_what_became_of_it(desk, sandbox, media_root, settings, tmp_path):
    make_account("facebook", slug="page")
    port = free_port()
    settings.MEDIA_ALLOWED_HOSTS += [f"127.0.0.1:{port}"]
    text = (ROOT / "README.md").read_text()
    assert "MEDIA_ALLOWED_HOSTS=127.0.0.1:9100" in text
    [script] = re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
    env = os.environ | {
        "AUTOPOST_URL": desk[0],
        "AUTOPOST_KEY": desk[1],
        "PYTHONPATH": str(ROOT / "clients" / "python"),
    }
    words = [sys.executable, "-c", re.sub(r"\b9100\b", str(port), script)]
    program = subprocess.Popen(words, env=env, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    ends = time.monotonic() + 240
    while program.poll() is None and time.monotonic() < ends:
        # What a worker does by itself.
        dispatch.drain(clock=Clock())
        sending.deliver_due(clock=timezone.now)
        time.sleep(0.2)
    program.kill()
    told, trouble = program.communicate()
    assert re.fullmatch(r"post\.published https?://\S+\n", told), told + trouble
    [shown] = sandbox.wall
    assert "Rain until Thursday" in str(shown)
