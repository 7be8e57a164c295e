"""The two versions that the guide names, where its address leads on a machine without the world."""

import re
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from scripts.guide.machine import PROJECT
from scripts.guide.page import Block

_CLONE = re.compile(r"git clone --branch v(\S+) (\S+) ")
_COLUMN = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("queue", "{last}")]
    operations = [migrations.AddField("queueitem", "walked", models.CharField(max_length=9, default="", db_default=""))]
"""
_SOMEBODY = ("-c", "user.name=Walker", "-c", "user.email=walker@example.com", "-c", "advice.detachedHead=false")


def lay_out(root: Path, blocks: Iterable[Block]) -> None:
    """The last commit of this checkout as the version to install, and another made of it as the version after."""
    (this, address), (following, _) = [found for block in blocks for found in _CLONE.findall(block.text)]
    store = root / "srv/autopost.git"
    _git("clone", "--quiet", "--bare", "--no-hardlinks", str(PROJECT), str(store))
    _git("tag", "--force", f"v{this}", "HEAD", at=store)
    with tempfile.TemporaryDirectory(prefix="autopost-next-") as folder:
        _git("clone", "--quiet", "--branch", f"v{this}", str(store), folder)
        _change(Path(folder), this, following)
        _git("add", "--all", at=Path(folder))
        _git("commit", "--quiet", "--message", f"Release: {following}", at=Path(folder))
        _git("push", "--quiet", "origin", f"HEAD:refs/tags/v{following}", at=Path(folder))
    lines = ('[url "/srv/autopost.git"]', f"insteadOf = {address}", "[safe]", "directory = *", "")
    (root / "etc/gitconfig").write_text("\n".join(lines))


def _change(folder: Path, this: str, following: str) -> None:
    project = folder / "pyproject.toml"
    project.write_text(project.read_text().replace(f'version = "{this}"', f'version = "{following}"'))
    migrations = folder / "social_queue/migrations"
    last = max(file.stem for file in migrations.glob("0*.py"))
    (migrations / "9999_walked.py").write_text(_COLUMN.format(last=last))
    sheet = folder / "social_queue/static/autopost/admin.css"
    sheet.write_text(sheet.read_text() + "\n/* another version */\n")


def _git(*words: str, at: Path = PROJECT) -> None:
    subprocess.run(["git", *_SOMEBODY, "-C", str(at), *words], check=True)
