"""The setting MEDIA_STORAGE: a folder, or a bucket; whatever else stands there stops the start and is named."""

import os
import subprocess

import pytest
from django.core.files.storage import storages

from autopost_site.media import storage as media_storage
from tests.support import children


def _parsed(value: str, *, access_key: str = "", secret_key: str = "") -> dict:
    return media_storage.parse(value, access_key=access_key, secret_key=secret_key)


def _started(*hidden: str, **told: str) -> subprocess.CompletedProcess:
    """A start of the site with these settings, where the packages ``hidden`` are not installed."""
    program = f"import sys; sys.modules.update(dict.fromkeys({hidden!r})); import django; django.setup()"
    return children.run_anew("-c", program, told=os.environ | told)


def test_a_bucket_with_all_that_can_be_said_of_it():
    options = _parsed(
        "s3://pictures/desk/a?endpoint=https://s3.example.com/&region=ap-southeast-3", access_key="k", secret_key="s"
    )["OPTIONS"]
    told = {name: options[name] for name in ("bucket_name", "location", "endpoint_url", "region_name", "access_key")}
    assert told == {
        "bucket_name": "pictures",
        "location": "desk/a",
        "endpoint_url": "https://s3.example.com",
        "region_name": "ap-southeast-3",
        "access_key": "k",
    }
    assert options["client_config"].s3 == {"addressing_style": "path"}


def test_a_bucket_of_amazon_s_with_the_role_of_the_machine():
    options = _parsed("s3://pictures?region=ap-southeast-3")["OPTIONS"]
    assert (options["endpoint_url"], options["access_key"], options["location"]) == (None, None, "")
    assert options["client_config"].s3 == {"addressing_style": "auto"}


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("s3", "is not file, or s3://BUCKET"),
        ("folder", "is not file, or s3://BUCKET"),
        ("s3:///desk", "is not file, or s3://BUCKET"),
        ("https://s3.example.com/pictures", "is not file, or s3://BUCKET"),
        ("s3://Pictures", "no name of a bucket"),
        ("s3://a", "no name of a bucket"),
        ("s3://key:secret@pictures", "no name of a bucket"),
        ("s3://pictures?endpont=https://s3.example.com", "not endpont"),
        ("s3://pictures?endpoint=s3.example.com", "not an http"),
        ("s3://pictures?endpoint=", "not empty"),
        ("s3://pictures?region=a&region=b", "once each"),
        ("s3://pictures?region", "MEDIA_STORAGE"),
    ],
)
def test_whatever_else_stands_there_stops_the_start_and_is_named(value, named):
    done = _started(MEDIA_STORAGE=value)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1
    assert "The setting MEDIA_STORAGE can't be used" in last and named in last
    assert "secret" not in last


@pytest.mark.parametrize(("given", "missing"), [("S3_ACCESS_KEY", "S3_SECRET_KEY"), ("S3_SECRET_KEY", "S3_ACCESS_KEY")])
def test_half_a_pair_of_keys_is_named_by_the_other_half(given, missing):
    done = _started(MEDIA_STORAGE="s3://pictures", **{given: "x"})
    assert f"{missing} must be set too" in done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("package", ["boto3", "storages"])
def test_a_bucket_without_the_packages_says_how_to_get_them(package):
    told = _started(package, MEDIA_STORAGE="s3://pictures").stderr.strip().splitlines()[-1]
    assert "The setting MEDIA_STORAGE can't be used" in told and "requirements-s3.lock" in told


def test_a_folder_needs_none_of_them():
    done = _started("boto3", "botocore", "s3transfer", "storages", MEDIA_STORAGE="file")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_site_keeps_pictures_where_the_setting_says_and_styles_where_they_are_hashed():
    kinds = {name: type(storages[name]).__name__ for name in ("default", "staticfiles")}
    assert kinds == {"default": "Folder", "staticfiles": "Collected"}
