"""A photo as it arrives, made safe: looked at by its bytes, decoded in a jailed child, written anew without what it carried besides.

What comes back holds pixels and nothing of the sender's file; what the camera wrote into it (time, place, model) is handed on beside it. Every way
a picture can be bad is one sentence (``Unusable``).
"""

import atexit
import contextlib
import json
import os
import re
import select
import socket
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy

from anju import memory
from anju.vocabulary import coordinates
from anju.vocabulary.coordinates import Place
from anju.vocabulary.printable import printable

_CHILD = Path(__file__).with_name("picture_child.py")
_CHINA = ZoneInfo("Asia/Shanghai")

MESSAGES: dict[str, Any] = {
    "empty": gettext_lazy("照片是空的（0 字节），可能上传中断了。请重新选择这张照片再传一次。"),
    "heavy": gettext_lazy("照片有 %(detail)s MB，超过一张可传的大小。请在相机里把分辨率调低后重拍。"),
    "large": gettext_lazy("照片有 %(detail)s 百万像素，超过 24 百万像素的上限。请在相机里把分辨率调低后重拍。"),
    "small": gettext_lazy("照片只有 %(detail)s 像素，看不清，不能作为佐证。请传原图，不要传缩略图。"),
    "truncated": gettext_lazy("照片不完整，可能在传输途中断掉了。请确认手机上能完整打开，再传一次。"),
    "corrupt": gettext_lazy("照片已损坏，打不开。请用手机相机重新拍一张再传。"),
    "animated": gettext_lazy("这是动图，不是照片。请拍一张静态照片再传。"),
    "gif": gettext_lazy("这是 GIF 图，不是照片。请用手机相机拍照后再传。"),
    "tiff": gettext_lazy("这是 TIFF 图，系统不收。请另存为 JPG 后再传。"),
    "bmp": gettext_lazy("这是 BMP 图，系统不收。请另存为 JPG 后再传。"),
    "svg": gettext_lazy("这是矢量图（SVG），不是照片，系统不收。请用手机相机拍照后再传。"),
    "heic": gettext_lazy("这是 HEIC 格式的照片，系统不收。请在手机“设置 → 相机 → 格式”里选“兼容性最佳”后重拍，或导出为 JPG 再传。"),
    "video": gettext_lazy("这是视频，不是照片。请拍照后再传。"),
    "pdf": gettext_lazy("这是 PDF，不是照片。请拍照，或把要用的一页另存为 JPG 后再传。"),
    "archive": gettext_lazy("这是压缩包或文档，不是照片。请先解压，再传里面的照片。"),
    "web-page": gettext_lazy("这是网页，不是照片。请用手机相机拍照后再传。"),
    "not-a-picture": gettext_lazy("这个文件不是照片。请传 JPG 或 PNG 照片。"),
    "memory": gettext_lazy("照片打开时占用内存过大，系统已停止读取。请用手机相机重新拍一张，或把图片另存为 JPG 后再传。"),
    "stopped": gettext_lazy("照片内容异常，读取已被中止。请用手机相机重新拍一张，或把图片另存为 JPG 后再传。"),
}


class Unusable(Exception):
    """A file that isn't taken as a photo; ``code`` for programs, ``message`` for its sender (what to do next)."""

    def __init__(self, code: str, detail: object = "") -> None:
        self.code = code if code in MESSAGES else "stopped"
        self.message = str(MESSAGES[self.code]) % {"detail": detail}
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one picture may cost and how it is kept. Bytes, pixels; ``cpu`` and ``wait`` in seconds; sides in pixels; JPEG qualities."""

    bytes: int = 40 << 20
    pixels: int = 24_000_000
    least: int = 160
    memory: int = 1 << 30
    cpu: int = 20
    wait: int = 40
    written: int = 32 << 20
    longest: int = 2560
    quality: int = 86
    thumb: int = 480
    thumb_quality: int = 80
    grey: int = 128


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Camera:
    """What the camera wrote into the file; each part may be missing, and any may be untrue."""

    taken_at: datetime | None = None
    place: Place | None = None
    model: str = ""
    software: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made safe: itself and its thumbnail as JPEG in memory, its size, its grey pattern (``LIMITS.grey`` squared bytes), what its file said."""

    file: BinaryIO
    thumb: BinaryIO
    grey: bytes
    width: int
    height: int
    camera: Camera

    def close(self) -> None:
        """Frees the memory."""
        self.file.close()
        self.thumb.close()


# ------------------------------------------------------------------------------------------------ the jail


class _Reader:
    """The process that reads pictures, one for each of ours, started with the first picture and again where it has gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = threading.BoundedSemaphore(4)
        self._door: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def _open(self) -> socket.socket:
        with self._lock:
            if self._door is None or self._owner != os.getpid() or self._process is None or self._process.poll() is not None:
                self._forget()
                ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                self._process = subprocess.Popen(
                    [sys.executable, "-I", str(_CHILD), str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
                    start_new_session=True,
                    pass_fds=(theirs.fileno(),),
                )
                theirs.close()
                self._door, self._owner = ours, os.getpid()
            return self._door

    def _forget(self) -> None:
        if self._door is not None:
            self._door.close()
        if self._process is not None and self._owner == os.getpid():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=5)
        self._door = self._process = None

    def close(self) -> None:
        """The reader ends with its door."""
        with self._lock:
            self._forget()

    def ask(self, order: dict[str, Any], source: BinaryIO, outs: list[BinaryIO]) -> dict[str, Any]:
        """The child's answer. Raises ``Unusable`` where it refuses, dies or falls silent."""
        listening, speaking = os.pipe()
        try:
            with self._busy:
                files = [source.fileno(), speaking, *(out.fileno() for out in outs)]
                message = json.dumps(order).encode()
                try:
                    socket.send_fds(self._open(), [message], files)
                except OSError:  # it has gone since the last picture
                    socket.send_fds(self._open(), [message], files)
                os.close(speaking)
                speaking = -1
                answer = _line(listening, order["limits"]["wait"] + 5)
        finally:
            os.close(listening)
            if speaking >= 0:
                os.close(speaking)
        try:
            said = json.loads(answer)
        except ValueError as broken:
            raise Unusable("stopped") from broken
        if not isinstance(said, dict) or not isinstance(said.get("ok"), dict):
            code, detail = (said.get("error"), said.get("detail", "")) if isinstance(said, dict) else ("stopped", "")
            raise Unusable(str(code), detail if isinstance(detail, int | str) else "")
        return dict(said["ok"])


def _line(descriptor: int, wait: float) -> bytes:
    found = b""
    while len(found) < 64_000:
        ready, _writable, _odd = select.select([descriptor], [], [], wait)
        block = os.read(descriptor, 64_000) if ready else b""
        found += block
        if not block or found.endswith(b"\n"):
            break
    return found


_READER = _Reader()
atexit.register(_READER.close)


# ------------------------------------------------------------------------------------------------ the door


def prepare(source: BinaryIO, limits: Limits = LIMITS) -> Picture:
    """The picture in ``source`` (a file in memory, ``memory.file()``), made safe. Raises ``Unusable``."""
    source.flush()
    held = [memory.file() for _each in range(3)]
    file, thumb, grey = held
    try:
        said = _READER.ask({"limits": asdict(limits)}, source, held)
        for out in held:
            out.seek(0)
        pattern = grey.read(limits.grey**2 + 1)
        sizes = [said.get(name) for name in ("width", "height", "shown_width", "shown_height")]
        whole = all(isinstance(size, int) and 0 < size <= limits.pixels for size in sizes)
        if not whole or len(pattern) != limits.grey**2 or file.read(3) != b"\xff\xd8\xff" or thumb.read(3) != b"\xff\xd8\xff":
            raise Unusable("stopped")
        memory.freeze(file)
        memory.freeze(thumb)
        grey.close()
        return Picture(file, thumb, pattern, int(said["shown_width"]), int(said["shown_height"]), _camera(said))
    except BaseException:
        for out in held:
            out.close()
        raise


# ------------------------------------------------------------------------------------------------ the camera's words

_TIME = re.compile(r"(\d{4})[:/-](\d{2})[:/-](\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")


def _camera(said: dict[str, Any]) -> Camera:
    return Camera(_taken(said), _place(said), f"{_text(said, 'make')} {_text(said, 'model')}".strip()[:120], _text(said, "software")[:120])


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name, "")
    return printable(value)[:100] if isinstance(value, str) else ""


def _taken(said: dict[str, Any]) -> datetime | None:
    """The moment the camera wrote: in China's time where it names no offset; none where it is no moment."""
    found = _TIME.match(_text(said, "taken"))
    if not found or not 1970 <= int(found[1]) <= 2100:
        return None
    zone: ZoneInfo | timezone = _CHINA
    if offset := _OFFSET.fullmatch(_text(said, "offset").strip()):
        away = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        if away < timedelta(hours=24):
            zone = timezone(-away if offset[1] == "-" else away)
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _place(said: dict[str, Any]) -> Place | None:
    lng, lat, accuracy = said.get("lng"), said.get("lat"), said.get("accuracy")
    if not isinstance(lng, int | float) or not isinstance(lat, int | float):
        return None
    try:
        return coordinates.read(float(lng), float(lat), accuracy_m=float(accuracy) if isinstance(accuracy, int | float) else None)
    except (coordinates.Impossible, OverflowError):
        return None
