"""What an action answers when it can't be done."""

from anju.refusing import Refused

__all__ = ["Refused"]
