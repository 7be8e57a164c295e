"""What a platform would mind about a picture: type, bytes, ratio, size, and that it moves."""

from connectors.base import Limits
from connectors.media.inspect import is_animated
from connectors.media.picture import Picture


def problems(picture: Picture, limits: Limits, *, types: tuple[str, ...] = ()) -> list[str]:
    """What this platform would mind, a sentence each; [] when it can go as it is.

    ``types``: the media types to accept instead of ``limits.media_types``.
    """
    types = types or limits.media_types
    found = []
    if picture.media_type not in types:
        found.append(f"The picture is {_name(picture.media_type)}; accepted: {', '.join(map(_name, types))}.")
    if len(picture.content) > limits.media_bytes:
        found.append(f"The picture has {len(picture.content):,} bytes; at most {limits.media_bytes:,} are accepted.")
    ratio = ratio_problem(picture.width, picture.height, limits)
    found += [ratio] if ratio else []
    found += _size_problems(picture, limits)
    if is_animated(picture):
        found.append("The picture moves; only its first frame would be shown.")
    return found


def ratio_problem(width: int, height: int, limits: Limits) -> str:
    """The sentence about its ratio, or ""."""
    if limits.media_ratio is None:
        return ""
    low, high = limits.media_ratio
    if low <= width / height <= high:
        return ""
    return (
        f"The picture is {width} × {height} (ratio {width / height:.2f}); "
        f"its width must be between {low:g} and {high:g} times its height."
    )


def _size_problems(picture: Picture, limits: Limits) -> list[str]:
    found = []
    if limits.media_min_width and picture.width < limits.media_min_width:
        found.append(f"The picture is {picture.width} pixels wide; at least {limits.media_min_width} are needed.")
    if limits.media_max_width and picture.width > limits.media_max_width:
        found.append(f"The picture is {picture.width} pixels wide; at most {limits.media_max_width} are kept.")
    if limits.media_max_sides and picture.width + picture.height > limits.media_max_sides:
        found.append(
            f"Width and height of the picture are {picture.width + picture.height} pixels together; "
            f"at most {limits.media_max_sides} are accepted."
        )
    return found


def _name(media_type: str) -> str:
    return media_type.rpartition("/")[2].upper()
