"""The press itself, a process of its own: sets papers with Typst and writes the PDF to standard output.

Run as ``python -I child.py LIMITS``; stands alone (imports nothing of anju). The limits of memory are set before the typesetter is loaded. A paper
may take long or much: then this process is ended, and nobody else.

An order on standard input: a line of JSON ``{"source", "sheets", "pictures": [bytes each], "fonts": [path], …}``, then the pictures' bytes. Pictures lie
in memory files (no name, nothing on a disk); the template reads them by number of descriptor. The answer: ``{"pdf": bytes}`` and the PDF, or
``{"error": text}``.
"""

import contextlib
import json
import os
import resource
import sys
import tempfile
from typing import Any, BinaryIO


def file_of(content: bytes) -> BinaryIO:
    """A picture as a file without a name."""
    held = os.fdopen(os.memfd_create("anju"), "w+b") if hasattr(os, "memfd_create") else tempfile.TemporaryFile()  # noqa: SIM115  # handed to who closes it
    held.write(content)
    held.flush()
    return held


def set_paper(typst: Any, fonts: Any, order: dict[str, Any], pictures: list[bytes]) -> bytes:
    """The PDF of an order."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(file_of(each)) for each in pictures]
        compiler = typst.Compiler(
            input=order["source"].encode(),
            root=f"/proc/{os.getpid()}/fd",
            font_paths=fonts,
            sys_inputs={
                "sheets": order["sheets"],
                "meta": order["meta"],
                "pictures": json.dumps([f"/{each.fileno()}" for each in held]),
            },
        )
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
