"""From MEDIA_STORAGE to Django's STORAGES: files in a folder, or in a bucket that all hosts share."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from autopost_site.casts import address

_SHAPE = "file, or s3://BUCKET[/PREFIX]?endpoint=URL&region=R"
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_STATIC = {"BACKEND": "autopost_site.static_files.Collected"}
_FOLDER = {"BACKEND": "social_queue.media.folder.Folder", "OPTIONS": {"allow_overwrite": True}}
#: So long a call may take to connect and to wait for the next piece: a store that is away must not hold up a worker.
_CONNECT_S, _READ_S = 5, 30
_TRIES = 2
#: A file above this size is passed on through a temporary file instead of through memory.
_IN_MEMORY = 1024 * 1024
#: Threads of one process that may speak to the store at once.
_LINES = 40


def storages(value: str, *, access_key: str, secret_key: str) -> dict[str, Any]:
    """Django's STORAGES. Raises ValueError with a sentence."""
    return {"default": parse(value, access_key=access_key, secret_key=secret_key), "staticfiles": _STATIC}


def parse(value: str, *, access_key: str, secret_key: str) -> dict[str, Any]:
    """One entry of STORAGES; without keys the machine's own role is used. Raises ValueError with a sentence."""
    if value.strip() == "file":
        return dict(_FOLDER)
    try:
        parts = urlsplit(value.strip())
        told = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise ValueError(f"{_shown(value)!r} is not {_SHAPE}.") from None
    if parts.scheme != "s3" or not parts.netloc:
        raise ValueError(f"{_shown(value)!r} is not {_SHAPE}.")
    if not _BUCKET.fullmatch(parts.netloc):
        raise ValueError(f"{_shown(parts.netloc)!r} is no name of a bucket: 3 to 63 of a-z, 0-9, '-' and '.'.")
    if unknown := sorted(set(told) - {"endpoint", "region"}):
        raise ValueError(f"it takes endpoint and region behind the ?, not {', '.join(unknown)}.")
    if any(len(values) > 1 or not values[0] for values in told.values()):
        raise ValueError("endpoint and region are given once each, and not empty.")
    if bool(access_key) != bool(secret_key):
        missing = "S3_SECRET_KEY" if access_key else "S3_ACCESS_KEY"
        raise ValueError(f"{missing} must be set too, or both left empty where the machine has a role of its own.")
    endpoint, region = (told.get(name, [""])[0] for name in ("endpoint", "region"))
    return {
        "BACKEND": "social_queue.media.bucket.Bucket",
        "OPTIONS": {
            "bucket_name": parts.netloc,
            "location": parts.path.strip("/"),
            "endpoint_url": address(endpoint) or None,
            "region_name": region or None,
            "access_key": access_key or None,
            "secret_key": secret_key or None,
            **_client(path_style=bool(endpoint)),
        },
    }


def _shown(value: str) -> str:
    """Without what stands before an @: somebody may have put the keys there."""
    return value.rpartition("@")[2]


def _client(*, path_style: bool) -> dict[str, Any]:
    """How we speak to it. Raises ValueError where the packages for that are not installed."""
    try:
        from boto3.s3.transfer import TransferConfig
        from botocore.config import Config
        from storages.backends import s3  # noqa: F401
    except ImportError as fault:
        raise ValueError(
            f"the package {(fault.name or '').partition('.')[0]} is missing: "
            "`.venv/bin/python -m pip install --require-hashes --requirement requirements-s3.lock`"
        ) from fault
    # Servers of one's own are seldom known by a name a bucket; other checksums than these, many do not know.
    # https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html
    config = Config(
        connect_timeout=_CONNECT_S,
        read_timeout=_READ_S,
        retries={"total_max_attempts": _TRIES},
        max_pool_connections=_LINES,
        signature_version="s3v4",
        s3={"addressing_style": "path" if path_style else "auto"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    # Our own threads are enough.
    return {
        "client_config": config,
        "transfer_config": TransferConfig(use_threads=False),
        "max_memory_size": _IN_MEMORY,
    }
