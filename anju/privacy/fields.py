"""The field of personal numbers: the column holds a number's token, the number itself is in the vault."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.db.models.query_utils import DeferredAttribute

from anju.privacy import vault
from anju.privacy.vault import Secret

if TYPE_CHECKING:
    _Text = models.CharField[str, Secret]
else:
    _Text = models.CharField


class _Attribute(DeferredAttribute):
    """What is set, token or number, becomes a ``Secret``."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = vault.secret(self.field.kind, value) if isinstance(value, str) else value  # type: ignore[attr-defined]


def only_tokens(*fields: str, name: str) -> models.CheckConstraint:
    """The database's own guard: these columns hold tokens or nothing."""
    condition = Q()
    for field in fields:
        condition &= Q(**{field: ""}) | Q(**{f"{field}__regex": vault.SQL_FORM})
    return models.CheckConstraint(condition=condition, name=name)


class SecretField(_Text):
    """A personal number of a kind ("id", "phone", "cert", "card"), or "" where none is known.

    Reading gives a ``Secret``: its token, and ``clear`` for the number. Set and compared it takes the number or the token (a number's token is then
    asked of the vault); a number that is saved enters the vault first. No number ever reaches the database in a statement.
    """

    description = "personal number, sealed in the vault"
    descriptor_class = _Attribute

    def __init__(self, kind: str, **kwargs: Any) -> None:
        """``kind``: numbers of different kinds are never equal."""
        self.kind = kind
        kwargs["max_length"] = vault.LENGTH
        kwargs["db_collation"] = "C"
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        """As written in migrations."""
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"], kwargs["db_collation"]
        return name, path, [self.kind, *args], kwargs

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> Secret | None:
        """The token as a ``Secret``."""
        return None if value is None else Secret(value, kind=self.kind)

    def get_prep_value(self, value: Any) -> Any:
        """The token that a search looks for."""
        return str(vault.secret(self.kind, value)) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """A number that was set enters the vault; the row then holds its token, whoever entered it first."""
        value = super().pre_save(model_instance, add)
        if not isinstance(value, Secret) or not value.typed:
            return value
        kept = vault.keep(self.kind, value.clear)
        # Typed still: where this transaction is undone, the next save brings the number along again.
        setattr(model_instance, self.attname, Secret(kept, kind=self.kind, clear=value.clear, typed=True))
        return kept

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """The token, after the number has entered the vault."""
        if isinstance(value, str):
            found = vault.secret(self.kind, value)
            return str(vault.keep(self.kind, found.clear) if found.typed else found)
        return super().get_db_prep_save(value, connection)
