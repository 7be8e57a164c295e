#!/usr/bin/env python
"""The operator's door: `python manage.py help` lists the commands."""

import os
import sys


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autopost_site.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as fault:
        raise SystemExit("Django is not installed here. Run `make setup`, then use .venv/bin/python.") from fault
    from autopost_site.serving import room

    try:
        room.call(execute_from_command_line, sys.argv)
        if sys.stdout:
            sys.stdout.flush()
    except BrokenPipeError:
        from social_queue.management import output

        if not output.is_read():
            output.give_up()
            raise SystemExit(1) from None
        raise
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as fault:
        from social_queue.management import stops

        words = "" if "--traceback" in sys.argv else stops.told(fault)
        if not words:
            raise
        raise SystemExit(words) from None


if __name__ == "__main__":
    main()
