"""``make bench``: every benchmark, one after the other, each in a process of its own; ``make bench ONLY=receive`` runs one.

What takes the size of a province (``reconcile_province``) or a million records (``trail``) runs when named, or with ``ONLY=all``.
"""

import os
import subprocess
import sys

ORDINARY = ("reconcile", "receive")
ALL = (
    *ORDINARY,
    "imports",
    "history",
    "reconcile_quality",
    "reconcile_province",
    "trail",
    "signin",
    "rotate",
    "protection",
    "documents",
    "photos",
    "safety",
    "cases",
)


def main() -> int:
    """The exit code is that of the first that failed."""
    asked = os.environ.get("ONLY", "") or " ".join(sys.argv[1:])
    names = ALL if asked == "all" else tuple(asked.split()) or ORDINARY
    for name in names:
        if name not in ALL:
            print(f"no benchmark is called {name}; there are {', '.join(ALL)}", file=sys.stderr)
            return 2
        print(f"\n== {name} ==", flush=True)
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
