"""What is written down is read by everybody: it is in the language of the place, whatever language its writer reads."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override


def kept(words: Promise | str, values: object = None) -> str:
    """``words`` (lazily translated) as the record keeps them, with ``values`` put in where some are given."""
    with override(settings.LANGUAGE_CODE):
        return str(words) if values is None else str(words) % values
