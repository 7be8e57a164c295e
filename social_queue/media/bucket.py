"""Our files in a bucket of S3 or of a server that speaks like it: whichever host writes one, all see it."""

import contextlib
import os
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files import File
from django.utils.encoding import filepath_to_uri
from s3transfer.exceptions import RetriesExceededError
from storages.backends.s3 import S3Storage

from social_queue.media.probing import probe


@contextlib.contextmanager
def _as_files_fail() -> Iterator[None]:
    """Whatever the client raises, as a folder would: OSError, and FileNotFoundError for what is not there."""
    try:
        yield
    except ClientError as fault:
        status = fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        kind = FileNotFoundError if status == 404 else OSError
        raise kind(f"the store says: {fault}") from fault
    except (BotoCoreError, Boto3Error, RetriesExceededError) as fault:
        raise OSError(f"the store can't be used: {fault}") from fault


class Bucket(S3Storage):
    """Django's storage in a bucket. It may be private: files are served from our own address, as from a folder."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._lock, self._shared, self._made_in = threading.Lock(), None, 0

    @property
    def connection(self) -> Any:
        """One for all threads, whose client is made for that; each has 10 MB. A forked process makes its own.

        https://boto3.amazonaws.com/v1/documentation/api/latest/guide/clients.html
        """
        with self._lock:
            if self._made_in != os.getpid():
                made = self._create_session().resource(
                    "s3", region_name=self.region_name, endpoint_url=self.endpoint_url, config=self.client_config
                )
                self._shared, self._made_in = made, os.getpid()
            return self._shared

    @property
    def bucket(self) -> Any:
        """Of that connection."""
        return self.connection.Bucket(self.bucket_name)

    def _open(self, name: str, mode: str = "rb") -> File:
        """Read to its end at once, into memory or a temporary file: a line that breaks is noticed here."""
        with _as_files_fail():
            file = super()._open(name, mode)
            if "r" in mode:
                file.file  # noqa: B018 - fetches it
        return file

    def _save(self, name: str, content: File) -> str:
        with _as_files_fail():
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        """Nothing happens where it is not there."""
        with _as_files_fail():
            super().delete(name)

    def exists(self, name: str) -> bool:
        """Whether it is there now."""
        with _as_files_fail():
            return super().exists(name)

    def size(self, name: str) -> int:
        """In bytes; FileNotFoundError where it is not there."""
        with _as_files_fail():
            return super().size(name)

    def get_modified_time(self, name: str) -> datetime:
        """When it was written; FileNotFoundError where it is not there."""
        with _as_files_fail():
            return super().get_modified_time(name)

    def url(self, name: str, *_parameters: Any, **_more: Any) -> str:
        """Below our own address: the bucket's may be reached by nobody, or by too many."""
        return f"{settings.MEDIA_URL}{filepath_to_uri(name)}"

    def written(self, under: str) -> Iterator[tuple[str, datetime]]:
        """The name of each file below that folder, and when it was written; a thousand an answer."""
        within = f"{self.location}/" if self.location else ""
        with _as_files_fail():
            for found in self.bucket.objects.filter(Prefix=f"{within}{under}/" if under else within):
                yield found.key.removeprefix(within), found.last_modified

    def here(self) -> Path | None:
        """Nothing of it lies on this host."""
        return None

    def trouble(self) -> str:
        """Why nothing can be kept in it, or ""."""
        if fault := probe(self):
            return (
                f"MEDIA_STORAGE s3://{self.bucket_name} can't be used: {fault}. Pictures and cards can't be kept: "
                "look at its address, at S3_ACCESS_KEY, and at what that key may do."
            )
        return ""
