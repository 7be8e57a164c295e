"""Fixtures of the publishing desk's tests."""

import io

import pytest
from django.core.management import CommandError, call_command


@pytest.fixture
def enqueue(tmp_path):
    """``enqueue(content, name)`` → (standard output, standard error, did it fail)."""

    def run(content: str | bytes, name: str = "items.json", *options: str):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command("enqueue", str(path), *options, stdout=out, stderr=err)
        except CommandError as fault:
            return out.getvalue(), f"{err.getvalue()}{fault}", True
        return out.getvalue(), err.getvalue(), False

    return run
