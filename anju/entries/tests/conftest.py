"""The county of the imports' tests, with registered poor households."""

from anju.imports.tests.conftest import clerk, done, send, stranger

__all__ = ["clerk", "done", "send", "stranger"]
