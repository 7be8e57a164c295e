"""Writes docs/licences.md: name, version and licence of every package that runs with Autopost, as the packages say."""

import re
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
_HEAD = """# What comes along, and under which licence

Made by `make licences` from the metadata of what `requirements.lock`, `requirements-mysql.lock`,
`requirements-postgres.lock` and `requirements-s3.lock` install.
Autopost itself is under the MIT licence ([LICENSE](../LICENSE)), the fonts under those in `social_queue/media/fonts/`.

| package | version | licence |
|---|---|---|
"""
#: What may run with Autopost: itself, a driver for whoever wants that database, and what speaks to a bucket.
LOCKS = ("requirements.lock", "requirements-mysql.lock", "requirements-postgres.lock", "requirements-s3.lock")
#: What some packages call a licence in prose, by its SPDX name.
_SPDX = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "gnu general public license v2 (gplv2)": "GPL-2.0-only",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}


def locked(*files: str) -> dict[str, str]:
    """Name -> version of everything the lock files pin, whatever platform it is for."""
    lines = [line for file in files for line in (ROOT / file).read_text().splitlines()]
    return dict(match.groups() for line in lines if (match := re.match(r"([\w.-]+)==(\S+)", line)))


def licence_of(name: str) -> str:
    """The licence an installed package declares: its SPDX expression, else its short text, else its classifiers."""
    about = metadata.metadata(name)
    short = (about.get("License") or "").strip()
    classified = [line.split(" :: ")[-1] for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    expression = about.get("License-Expression")
    told = [expression] if expression else classified or [short.splitlines()[0]]
    return " OR ".join(_SPDX.get(one.lower(), one) for one in told)


def installed() -> set[str]:
    """The names of all that lies beside this Python, as package indexes compare them; not what those bring inside."""
    beside = metadata.distributions(path=[sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    return {re.sub(r"[-_.]+", "-", found.name).lower() for found in beside}


def page() -> str:
    """The whole page. What only another Python or platform needs keeps the row that was written there."""
    wanted, here = locked(*LOCKS), installed()
    kept = {name: row[1:] for row in written() if (name := row[0]) not in here and wanted.get(name) == row[1]}
    found = {name: (wanted[name], licence_of(name)) for name in set(wanted) & here} | kept
    return _HEAD + "\n".join(f"| {name} | {' | '.join(found[name])} |" for name in sorted(found)) + "\n"


def written() -> list[tuple[str, str, str]]:
    """The rows of the page as it stands: name, version, licence."""
    rows = re.findall(r"^\| ([\w.-]+) \| ([\w.]+) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    return [row for row in rows if row[0] != "package"]


if __name__ == "__main__":
    PAGE.write_text(page())
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}: {page().count('| ') // 3 - 1} packages\n")
