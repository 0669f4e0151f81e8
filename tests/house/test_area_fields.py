"""An area code in a table is an ``AreaField``: else a merger of divisions would forget that table (domain 3.27)."""

import pytest
from django.apps import apps
from django.db import models

from anju.divisions import recoding
from anju.divisions.fields import AreaField

OURS = [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("anju.")]


def _said_to_be_an_area(field: models.Field) -> bool:  # type: ignore[type-arg]
    return field.name in ("area", "division", "division_code", "area_code") or field.name.endswith(("_area", "_area_code"))


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_column_named_area_is_an_area_field(model: type[models.Model]) -> None:
    wrong = [
        field.name
        for field in model._meta.local_fields
        if isinstance(field, models.CharField) and _said_to_be_an_area(field) and not isinstance(field, AreaField)
    ]
    assert not wrong, f"{model._meta.label}: {wrong} must be AreaField, so that divisions.recoding rewrites it"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_rows_are_told_apart_without_their_area(model: type[models.Model]) -> None:
    if any(isinstance(field, AreaField) and field.follows for field in model._meta.local_fields):
        others = [field for field in model._meta.pk_fields if not isinstance(field, AreaField)]
        assert others, "a key that is nothing but an area can't be followed through a merger"


def test_every_area_field_that_follows_changes_is_rewritten() -> None:
    served = {(column.label, column.name) for column in recoding.columns()}
    for model in OURS:
        for field in model._meta.local_fields:
            if isinstance(field, AreaField) and field.follows:
                assert (model._meta.label, field.column) in served


def test_every_area_field_is_compared_byte_by_byte() -> None:
    for model in OURS:
        for field in model._meta.local_fields:
            if isinstance(field, AreaField):
                assert field.db_collation == "C"
