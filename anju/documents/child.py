"""The press itself, a process of its own: sets papers with Typst and writes the PDF to standard output.

Run as ``python -I child.py LIMITS``; stands alone (imports nothing of anju). The limits of memory are set before the typesetter is
loaded. A paper may take long or much: then this process is ended, and nobody else.

An order on standard input: a line of JSON ``{"source", "sheets", "meta", "standard", "pictures": [bytes each]}``, then the pictures' bytes.
Pictures lie in memory files (no name, nothing on a disk; in a temporary folder where the system has no such files, as ``anju.memory``
says). The answer: ``{"pdf": bytes}`` and the PDF, or ``{"error", "detail"}``.
"""

import contextlib
import json
import os
import resource
import sys
import tempfile
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def laid(pictures: list[bytes]) -> Iterator[tuple[str, list[str]]]:
    """The pictures as files in memory: the folder they are in, and their paths below it."""
    with contextlib.ExitStack() as stack:
        if hasattr(os, "memfd_create"):
            held = [stack.enter_context(os.fdopen(os.memfd_create("anju"), "wb")) for _ in pictures]
            folder, paths = f"/proc/{os.getpid()}/fd", [f"/{each.fileno()}" for each in held]
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="anju-"))
            paths = [f"/{place}" for place in range(len(pictures))]
            held = [stack.enter_context(open(f"{folder}{path}", "wb")) for path in paths]
        for file, content in zip(held, pictures, strict=True):
            file.write(content)
            file.flush()
        yield folder, paths


def set_paper(typst: Any, fonts: Any, order: dict[str, Any], pictures: list[bytes]) -> bytes:
    """The PDF of an order."""
    with laid(pictures) as (folder, paths):
        told = {"sheets": order["sheets"], "meta": order["meta"], "pictures": json.dumps(paths)}
        compiler = typst.Compiler(input=order["source"].encode(), root=folder, font_paths=fonts, sys_inputs=told)
        made = compiler.compile(format="pdf", pdf_standards=order["standard"], pdf_tags=False)
        assert isinstance(made, bytes)
        return made


def main() -> None:
    limits = json.loads(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    import typst  # noqa: PLC0415  # after the limits are set

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=limits["fonts"])
    if lacking := set(limits["families"]) - set(fonts.families()):
        raise SystemExit(f"fonts not found: {lacking}")
    source, answer = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        order = json.loads(line)
        pictures = [source.read(size) for size in order["pictures"]]
        try:
            made = set_paper(typst, fonts, order, pictures)
        except MemoryError:
            answer.write(b'{"error": "memory"}\n')
        except typst.TypstError as error:
            where = f"{error.message} {error.diagnostic} {' '.join(error.hints)}"
            answer.write(json.dumps({"error": "typst", "detail": where[:2000]}).encode() + b"\n")
        else:
            answer.write(json.dumps({"pdf": len(made)}).encode() + b"\n" + made)
        answer.flush()


if __name__ == "__main__":
    main()
