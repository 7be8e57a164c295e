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
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
