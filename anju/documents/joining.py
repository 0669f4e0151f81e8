"""Parts of one kind joined into one file."""

import io
from collections.abc import Sequence

import pikepdf


def joined(parts: Sequence[bytes]) -> bytes:
    """One PDF with the pages of all parts in order; it keeps the first one's metadata and colour profile, so it stays PDF/A."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        raise ValueError("no paper to make")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(parts[0])) as whole:
        for part in parts[1:]:
            with pikepdf.open(io.BytesIO(part)) as more:
                whole.pages.extend(more.pages)
        whole.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()
