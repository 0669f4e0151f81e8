"""Text as a line that can be shown: what devices and browsers send may hold anything."""


def printable(text: str) -> str:
    """One line: what can't be printed, and any white space, parts words like a space."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
