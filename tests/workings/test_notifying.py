"""A service manager that does not listen holds up nobody who tells it something."""

import socket
import threading

import pytest

from social_queue.workings.cluster import pulse


@pytest.fixture
def deaf(settings, tmp_path):
    """One whose ear takes what finds room there, and no more."""
    settings.NOTIFY_SOCKET = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(settings.NOTIFY_SOCKET)
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        yield ear


def test_whoever_guards_workers_does_not_stand_still_because_of_it(deaf, monkeypatch, caplog):
    monkeypatch.setattr(pulse, "_TOLD_WITHIN_S", 0.01, raising=False)

    def tell():
        while "could not be told" not in caplog.text:
            pulse.notify("WATCHDOG=1")

    telling = threading.Thread(target=tell, daemon=True)
    telling.start()
    telling.join(timeout=20)
    assert not telling.is_alive()
    deaf.recv(200)
    caplog.clear()
    pulse.notify("WATCHDOG=1")
    assert caplog.text == ""
