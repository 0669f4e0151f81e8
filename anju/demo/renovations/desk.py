"""The villages whose people can be entered as, household by household: how far each case is led, and what happens to it on the way.

``VILLAGES``: (households, of them registered poor). A script is (course, how far, then): a course is a season of ``courses``; ``then`` one of the turns
that ``turns`` tells.
"""

Script = tuple[str, str, str]
SCRIPTS: tuple[Script, ...] = (
    ("E", "applied", ""), ("E", "reviewed", "posted"), ("E", "reviewed", "ended"), ("D", "township_posted", "checked by two"), ("C", "county_posted", ""),
    ("A", "started", ""), ("B", "approved", ""), ("E", "village_posted", ""), ("A", "started", "paused"), ("D", "township_posted", "returned"), ("B", "ready", ""),
    ("A", "approved", "withdrawn"), ("D", "village_posted", "refused"), ("A", "started", "foundation"), ("E", "reviewed", "objected"),
    ("D", "township_posted", "returned twice"), ("B", "approved", "other route"), ("C", "checked", "posted"), ("C", "checked", ""),
    ("D", "township_reviewed", "posted"), ("D", "village_posted", "split"), ("B", "approved", "head changed"), ("C", "county_posted", "undone"),
    ("A", "started", "resumed"), ("A", "stocked", "untrained"), ("D", "township_posted", "checked by all"), ("D", "village_posted", "visited"),
    ("A", "started", "structure"), ("A", "started", "completed"), ("E", "reviewed", ""), ("D", "township_reviewed", ""), ("B", "surveyed", ""), ("B", "agreed", ""),
    ("E", "applied", ""), ("D", "township_posted", "checked by two"), ("E", "village_posted", ""), ("A", "started", ""), ("C", "county_posted", ""),
    ("A", "started", "foundation"),
)  # fmt: skip
VILLAGES = ((len(SCRIPTS), 24), (16, 10), (13, 8))
