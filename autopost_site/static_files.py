"""Styles, scripts and icons of the admin, served by the web process itself."""

from pathlib import Path

from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(WhiteNoiseMiddleware):
    """Finds files where their packages keep them; a folder of collected ones is used only where somebody made it.

    A laptop needs no ``collectstatic``, and WhiteNoise's warning that its folder is missing would stand in every log.
    """

    def add_files(self, root: str | Path, prefix: str | None = None) -> None:
        """Leave out a folder that is not there."""
        if self.autorefresh or Path(root).is_dir():
            super().add_files(root, prefix=prefix)


class Collected(CompressedManifestStaticFilesStorage):
    """Files that ``collectstatic`` hashed and compressed, so that browsers ask for each version once.

    Where nobody collected them they go by their own names.
    """

    def stored_name(self, name: str) -> str:
        """The name with its hash, if there is one."""
        return str(self.hashed_files.get(self.hash_key(self.clean_name(name))) or name)
