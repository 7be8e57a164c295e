"""A server that speaks S3, on a free port: buckets in its memory, requests over a real socket."""

import contextlib
import logging
from collections.abc import Iterator

import boto3
import requests
from botocore.config import Config
from moto.server import ThreadedMotoServer

KEY, SECRET, REGION, BUCKET = "the-key", "the-secret", "ap-southeast-3", "pictures"


class Bucket:
    """A bucket as its owner sees it, from elsewhere than the site."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            config=Config(s3={"addressing_style": "path"}),
        )
        self.client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})

    @property
    def settings(self) -> dict[str, str]:
        """What a site is told that keeps its files here."""
        address = f"s3://{BUCKET}/desk?endpoint={self.endpoint}&region={REGION}"
        return {"MEDIA_STORAGE": address, "S3_ACCESS_KEY": KEY, "S3_SECRET_KEY": SECRET}

    def names(self) -> list[str]:
        """The keys of all objects."""
        return [found["Key"] for found in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def remove(self, name: str) -> None:
        self.client.delete_object(Bucket=BUCKET, Key=name)


@contextlib.contextmanager
def serving() -> Iterator[Bucket]:
    """A bucket of its own server, which is stopped in the end."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        # All servers of one process share what they remember.
        requests.post(f"http://{host}:{port}/moto-api/reset", timeout=30).raise_for_status()
        yield Bucket(f"http://{host}:{port}")
    finally:
        server.stop()
