"""How gunicorn serves the site; named in the Procfile as ``python:autopost_site.server``."""

from typing import Any

from autopost_site.starting import told

with told.in_a_sentence():
    from autopost_site.settings import PORT, WEB_PROCESSES, WEB_THREADS

bind = f"127.0.0.1:{PORT}"
worker_class = "autopost_site.serving.worker.Worker"
workers = WEB_PROCESSES
threads = WEB_THREADS
# A worker that says nothing for so long is replaced; the slowest page waits for a platform's answer (5 + 30 seconds).
timeout = 60
keepalive = 75
# Told to stop, it answers what it has in hand: no more than that page, and less than systemd's TimeoutStopSec.
graceful_timeout = 45
# The heartbeat file of a worker must never wait for a disk.
worker_tmp_dir = "/dev/shm"  # noqa: S108
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Every web process watches the workers (the alert's row makes sure that it is sent once), and looks seldom for
    garbage, which saved about a twentieth of a delivery.
    """
    from social_queue.delivery import threads
    from social_queue.upkeep import watchdog

    threads.look_seldom_for_garbage()
    watchdog.start()
