"""Sealed files in a bucket of an S3-compatible service (object stores of government clouds). ``evidence.shelf`` says what is asked of it."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from anju import memory as memory_files
from anju.evidence.shelf import Aside, Unreachable

_PAGE = 1000


class Bucket:
    """A bucket of an S3-compatible service (object stores of government clouds), below a prefix. Files are sealed before they go there."""

    far = True

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._bucket, self._prefix = parts.netloc, parts.path.strip("/") + "/" if parts.path.strip("/") else ""
        self._client = _client(os.environ.get("ANJU_S3_ENDPOINT", ""))

    def _key(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + name}

    def open(self, name: str) -> BinaryIO:
        held = memory_files.file()
        try:
            with _told(name):
                self._client.download_fileobj(**self._key(name), Fileobj=held)
        except BaseException:
            held.close()
            raise
        held.seek(0)
        return held

    def head(self, name: str, count: int) -> BinaryIO:
        with _told(name):
            return io.BytesIO(self._client.get_object(**self._key(name), Range=f"bytes=0-{count - 1}")["Body"].read())

    def sizes(self) -> dict[str, int]:
        return {one["Key"].removeprefix(self._prefix): int(one["Size"]) for one in self._listed()}

    def size(self, name: str) -> int | None:
        with suppress(FileNotFoundError), _told(name):
            return int(self._client.head_object(**self._key(name))["ContentLength"])
        return None

    @contextmanager
    def writing(self) -> Iterator[Aside]:
        with memory_files.file() as out:
            aside = Aside(out)
            yield aside
            out.seek(0)
            with _told(aside.named), _open_again(out) as given:
                self._client.upload_fileobj(given, **self._key(aside.named))

    def remove(self, name: str) -> None:
        with suppress(FileNotFoundError), _told(name):
            self._client.delete_object(**self._key(name))

    def _listed(self) -> Iterator[dict[str, Any]]:
        with _told(self._prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix, PaginationConfig={"PageSize": _PAGE}
            )
            for page in pages:
                yield from page.get("Contents", ())

    def names(self) -> Iterator[str]:
        return (one["Key"].removeprefix(self._prefix) for one in self._listed())

    def room(self) -> int | None:
        return None

    def clear_aside(self, seconds: int) -> int:
        return 0  # an upload that broke off left nothing under any name


@contextmanager
def _open_again(out: BinaryIO) -> Iterator[BinaryIO]:
    """The same bytes under a descriptor of their own: the sender closes what it was given."""
    out.flush()
    with os.fdopen(os.dup(out.fileno()), "rb") as given:
        given.seek(0)
        yield given


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What the service answers: there is no such file, or nothing that could be worked with."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in ("404", "NoSuchKey", "NotFound"):
            raise FileNotFoundError(name) from error
        raise Unreachable(f"{code} {error.response.get('Error', {}).get('Message', '')}") from error
    except (BotoCoreError, Boto3Error) as error:
        raise Unreachable(str(error)) from error


@lru_cache(maxsize=4)
def _client(endpoint: str) -> Any:
    config = Config(
        retries={"max_attempts": 5, "mode": "standard"},
        connect_timeout=10,
        read_timeout=60,
        s3={"addressing_style": os.environ.get("ANJU_S3_ADDRESSING", "path" if endpoint else "auto")},
        # Services that only resemble S3 don't know the newer checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.client("s3", endpoint_url=endpoint or None, config=config)
