"""Deliveries of one source, and a desk that has it."""

import base64
import hashlib
import hmac
import json
import subprocess
import sys
import time

from benchmarks.ground import ROOT, child

SLUG = "bench"
PATH = f"/api/autopost/webhook/{SLUG}"


def prepare(env: dict[str, str]) -> str:
    """A migrated database with one account and one source, whose secret it returns."""
    child("manage.py", "migrate", "--verbosity", "0", env=env).wait()
    said(
        "from social_queue.models import PlatformAccount\n"
        "PlatformAccount.objects.create(platform='telegram', slug='bench', address='bench')\n",
        env,
    )
    words = [sys.executable, "manage.py", "webhook_source", SLUG]
    return subprocess.run(words, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout.split("\n")[-2]


def said(script: str, env: dict[str, str]) -> str:
    """What a script that has Django prints."""
    words = [sys.executable, "-c", f"import django; django.setup()\n{script}"]
    return subprocess.run(words, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout


def delivery(secret: str, number: int) -> tuple[dict[str, str], bytes]:
    """The headers and the body of one, after Standard Webhooks, signed now; its id follows from the number."""
    body = json.dumps(
        {
            "title": title(number),
            "summary": "Gates opens at seven, and the hour after is the best of the evening.",
            "link": f"https://example.com/d/{number}",
            # At an hour that does not come: nothing of it is to be posted.
            "publish_at": "2100-01-01T00:00:00Z",
        }
    ).encode()
    moment, name = str(int(time.time())), f"msg_{number}"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(key, f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()).decode()
    return {"webhook-id": name, "webhook-timestamp": moment, "webhook-signature": f"v1,{digest}"}, body


def title(number: int) -> str:
    """By which its item is known."""
    return f"Delivery {number}"
