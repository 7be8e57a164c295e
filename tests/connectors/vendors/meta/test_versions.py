"""Versions of the Graph API: which are served, until when, and what a site is told of the one it names."""

from datetime import date

import pytest

import connectors
from connectors.base import PlatformSettings
from connectors.vendors.meta import versions

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("version", "today", "words"),
    [
        ("v18.0", TODAY, "ended on 2026-01-26"),
        ("v20.0", TODAY, "ended on 2026-09-24"),
        ("v21.0", date(2026, 12, 6), ""),
        ("v21.0", date(2026, 12, 7), "ends on 2027-01-21"),
        ("v21.0", date(2027, 1, 20), "ends on 2027-01-21"),
        ("v21.0", date(2027, 1, 21), "ended on 2027-01-21"),
        ("v25.0", TODAY, ""),
        ("v26.0", date(2028, 11, 4), ""),
        ("v27.0", TODAY, ""),
        ("v28.0", TODAY, "newer than v27.0"),
        ("v99.0", TODAY, "newer than v27.0"),
        ("v100.0", TODAY, "newer than v27.0"),
        ("v3.2", TODAY, "no version that Meta serves"),
        ("v26.1", TODAY, "no version that Meta serves"),
        ("26.0", TODAY, "no version that Meta serves"),
        ("", TODAY, "no version that Meta serves"),
    ],
)
def test_a_site_is_told_what_is_wrong_with_its_version_and_what_to_set(version, today, words):
    said = versions.trouble(version, today)
    assert bool(said) == bool(words) and words in said
    assert not said or ("GRAPH_API_VERSION" in said and said.endswith("Set it to v26.0."))


def test_the_version_we_come_with_is_a_living_one():
    assert versions.trouble(PlatformSettings().graph_api_version, TODAY) == ""
    assert PlatformSettings().graph_api_version == versions.PROVED


@pytest.mark.parametrize("name", connectors.names())
def test_every_platform_can_be_asked_what_is_wrong_with_the_site_s_settings(name):
    said = connectors.get(name).site_problems(PlatformSettings(graph_api_version="v99.0"), TODAY)
    assert [("v99.0" in words) for words in said] == ([True] if name in ("facebook", "instagram") else [])
    assert connectors.get(name).site_problems(PlatformSettings(), TODAY) == ()
