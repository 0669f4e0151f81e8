"""Whatever a key is used for is declared in one place, counted by the key it rests on, and either sealed anew or named with how it leaves a key."""

import ast
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from anju.operations import sealed
from anju.privacy import classes, keys, purposes, resting, rotating
from anju.privacy.purposes import DECLARED, Rests

SOURCE = Path(purposes.__file__).parents[1]
HOLDINGS = (*resting.here(), *sealed.ELSEWHERE)
# Bytes in tables that no key has sealed, each with the reason.
NOT_SEALED = {
    "accounts.SignIn.login_digest": "a keyed digest, never opened; locks are looked for under every key of the ring",
    "accounts.LoginLock.login_digest": "as above; gone after an hour",
    "accounts.SignedInSession.key_digest": "a digest of 165 random bits",
    "accounts.RecoveryCode.digest": "a digest of 80 random bits",
    "trail.Entry.before": "a digest of rows",
    "trail.Entry.after": "a digest of rows",
    "trail.Seal.hash": "the chain, without a key",
    "trail.Sealing.hash": "the chain, without a key",
    "trail.Archived.before": "the chain, without a key",
    "trail.Archived.hash": "the chain, without a key",
    "evidence.Fingerprint.pattern": "what a picture looks like in small, to be compared with others",
}


def test_every_table_that_seals_is_declared_with_its_purpose() -> None:
    declared = Counter((label, one.name) for one in DECLARED.values() for label in one.tables)
    found = Counter((model._meta.label, sealing.purpose) for model, sealing in rotating.sealed_models())
    assert found == declared, "name the model in anju/privacy/purposes.py"


def test_every_column_of_bytes_is_sealed_and_declared_or_named_with_a_reason() -> None:
    found = {
        f"{model._meta.label}.{field.name}"
        for model in classes.ours()
        for field in model._meta.local_fields
        if isinstance(field, models.BinaryField)
    }
    sealing = {f"{model._meta.label}.{one.column}" for model, one in rotating.sealed_models()}
    forgotten = sorted(found - sealing - NOT_SEALED.keys())
    assert not forgotten, f"{forgotten}: a sealed column needs SEALING, else a change of keys passes it by"
    assert not sorted(NOT_SEALED.keys() - found)
    assert not sealing & NOT_SEALED.keys()


def test_every_purpose_is_counted_by_one_holding() -> None:
    counted = Counter(purpose for holding in HOLDINGS for purpose in holding.purposes)
    wanted = Counter(name for name, one in DECLARED.items() if one.rests is not Rests.NOWHERE for _table in one.tables or ("",))
    assert counted == wanted, "give it a holding in anju/operations/sealed.py, or SEALING where it rests in a table"
    assert all(holding.todo for holding in HOLDINGS)


@pytest.mark.django_db
def test_every_holding_can_be_counted() -> None:
    for holding in HOLDINGS:
        assert all(number > 0 and count >= 0 for number, count in holding.standing().items()), holding.name


def _uses() -> set[str]:
    """The purposes named in the source where something is sealed, opened or derived."""
    found = set()
    for file in sorted(SOURCE.rglob("*.py")):
        if "tests" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "purpose" and isinstance(node.value, ast.Constant):
                found.add(str(node.value.value))
            if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id in ("PURPOSE", "_PURPOSE") for to in node.targets):
                assert isinstance(node.value, ast.Constant), file
                found.add(str(node.value.value))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "derive" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


def test_no_purpose_is_used_that_is_not_declared_and_none_declared_that_is_not_used() -> None:
    uses = _uses() | {sealing.purpose for _model, sealing in rotating.sealed_models()} | {"index"}
    assert uses == DECLARED.keys()


def test_no_key_is_derived_for_what_is_not_declared() -> None:
    ring = keys.KeyRing(1, 1, {1: b"a" * 32})
    with pytest.raises(ValueError, match=r"purposes\.py"):
        ring.derive("something new")
    assert ring.derive("index id") != ring.derive("index phone")


def test_the_models_named_are_there() -> None:
    for one in DECLARED.values():
        assert (one.rests is Rests.TABLE) == bool(one.tables)
        for label in one.tables:
            assert apps.get_model(label)
