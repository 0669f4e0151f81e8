"""A change of keys in a process of its own, so that it can be killed: ``python -m anju.privacy.tests.rotator DATABASE PIECE [index]`` prints a line a piece."""

import sys

import django


def main() -> None:
    """Seals what is under older keys anew, or lets numbers be found by the ring's index key; says after each piece how far it is."""
    name, piece, *what = sys.argv[1:]
    django.setup()
    from django.db import connection  # noqa: PLC0415  # the settings exist only after setup

    from anju.privacy import reindexing, rotating  # noqa: PLC0415

    connection.settings_dict["NAME"] = name
    work = reindexing.change if what == ["index"] else rotating.rotate
    work(told=lambda done, _total: print(done, flush=True), piece=int(piece))


if __name__ == "__main__":
    main()
