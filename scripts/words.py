"""Bring the catalogues of locale/ up to date with what the sources say, then compile them: ``make words``."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_ELSEWHERE = [".venv", ".venv-*", "dist", "tests", "benchmarks", "scripts"]
sys.path.insert(0, str(ROOT))


def main() -> int:
    """Collect what gettext and ``said`` mark; what is new or changed is left empty or fuzzy for a translator."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autopost_site.settings")
    os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
    import django
    from django.core.management import call_command
    from django.core.management.commands import compilemessages, makemessages

    django.setup()
    os.chdir(ROOT)
    collect = makemessages.Command()
    collect.xgettext_options = [*collect.xgettext_options, "--keyword=said"]
    call_command(collect, locale=["id"], ignore_patterns=_ELSEWHERE, no_obsolete=True, verbosity=0)
    call_command(compilemessages.Command(), locale=["id"], verbosity=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
