"""Every field of every table is classed personal or open; what is a number of a person is sealed."""

import pytest
from django.db import models

from anju.privacy import classes
from anju.privacy.fields import SecretField

OURS = list(classes.ours())
_NUMBERS = ("id_number", "id_text", "phone", "mobile", "cert_no", "disability_cert", "card_no", "bank_card", "account_no")


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_field_is_classed(model: type[models.Model]) -> None:
    known = classes.DECLARED.get(model._meta.label)
    assert known, f"{model._meta.label} isn't in anju/privacy/classes.py: say which of its fields tell something about a person"
    missing = [f.name for f in model._meta.local_fields if classes.needs_class(f) and f.name not in known.personal | known.open]
    assert not missing, f"{model._meta.label}: class {missing} as personal or open in anju/privacy/classes.py"
    assert not known.personal & known.open, f"{model._meta.label}: {sorted(known.personal & known.open)} can't be both"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_no_field_is_classed_that_is_gone(model: type[models.Model]) -> None:
    known = classes.DECLARED[model._meta.label]
    gone = (known.personal | known.open) - {field.name for field in model._meta.local_fields}
    assert not gone, f"{model._meta.label} has no {sorted(gone)} any more; take it out of anju/privacy/classes.py"


def test_no_table_is_classed_that_is_gone() -> None:
    assert set(classes.DECLARED) == {model._meta.label for model in OURS}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_numbers_of_persons_are_sealed(model: type[models.Model]) -> None:
    clear = [field.name for field in model._meta.local_fields if field.name in _NUMBERS and not isinstance(field, SecretField)]
    assert not clear, f"{model._meta.label}: {clear} must be SecretField, so that the table holds tokens"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_sealed_columns_can_be_sealed_anew(model: type[models.Model]) -> None:
    names = {field.name for field in model._meta.local_fields}
    if "sealed" in names:
        assert "key_number" in names, f"{model._meta.label}: key_number says under which key a row is sealed"
        assert hasattr(model, "SEALING"), f"{model._meta.label} needs SEALING, else a change of keys passes it by"
