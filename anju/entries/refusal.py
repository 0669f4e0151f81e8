"""What an action on entries answers when it can't be done."""


class Refused(Exception):
    """Nothing was changed; ``message`` says in Chinese what is the matter and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
