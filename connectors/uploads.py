"""Reading a picture that the caller put into a file for us to upload."""

from pathlib import Path

from connectors.errors import Rejected


def picture_file(path: str) -> tuple[str, bytes]:
    """(name, content) as ``requests`` takes a file; Rejected when it cannot be read."""
    file = Path(path)
    try:
        return file.name, file.read_bytes()
    except OSError as error:
        raise Rejected(f"The picture {file.name} cannot be read: {error.strerror}.") from error
