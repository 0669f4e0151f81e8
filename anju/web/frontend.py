"""Building the front end."""


def build() -> None:
    """Builds it where its sources changed."""
