"""Versions of Meta's Graph API: which live, until when, and what is wrong with the one that a site names.

A version lives two years after its successor appears. A call to a dead one raises no error: it is quietly answered by
the oldest that lives; one to a version that is not out yet is refused as an unknown path (code 2500).
https://developers.facebook.com/documentation/development/graph-api/changelog
"""

import functools
import logging
import re
from datetime import date, timedelta

logger = logging.getLogger(__name__)

#: The setting that names the version, and the version that this release was made with.
SETTING, PROVED = "GRAPH_API_VERSION", "v26.0"

#: version -> the first day on which Meta serves it no more; None: no end announced (looked up on 2026-11-25).
ENDS: dict[str, date | None] = {
    "v18.0": date(2026, 1, 26),
    "v19.0": date(2026, 5, 21),
    "v20.0": date(2026, 9, 24),
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 20),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
    "v26.0": None,
    "v27.0": None,  # out since 2026-11-04
}
NEWEST = max(ENDS, key=lambda version: float(version[1:]))

#: A site is warned so long before a version ends.
NOTICE = timedelta(days=45)


def trouble(version: str, today: date) -> str:
    """What is wrong with asking for this version, and what to set; "" when nothing is."""
    if version not in ENDS and re.fullmatch(r"v\d{1,3}\.\d", version) and float(version[1:]) > float(NEWEST[1:]):
        return (
            f"{SETTING} {version} is newer than {NEWEST}, the newest that this release knows: if Meta does not serve "
            f"it, no post goes out. Set it to {PROVED}."
        )
    if version not in ENDS:
        return f"{SETTING} {version} is no version that Meta serves. Set it to {PROVED}."
    end = ENDS[version]
    if end is None or today < end - NOTICE:
        return ""
    ends = f"ends on {end}; then Meta answers" if today < end else f"ended on {end}; Meta answers"
    return f"{SETTING} {version} {ends} with a newer one. Set it to {PROVED}."


@functools.cache
def warn(asked: str, answered: str) -> None:
    """Say once in a process that another version answered than the one we asked for."""
    logger.warning("Asked Graph API %s, but %s answered: see %s.", asked, answered, SETTING)
