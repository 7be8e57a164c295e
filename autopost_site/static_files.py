"""Styles, scripts and icons of the admin, served by the web process itself."""

from pathlib import Path

from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles(WhiteNoiseMiddleware):
    """Finds files where their packages keep them; a folder of collected ones is used only where somebody made it.

    ``collectstatic`` is no step of ours, so WhiteNoise's warning that its folder is missing would stand in every log.
    """

    def add_files(self, root: str | Path, prefix: str | None = None) -> None:
        """Leave out a folder that is not there."""
        if self.autorefresh or Path(root).is_dir():
            super().add_files(root, prefix=prefix)
