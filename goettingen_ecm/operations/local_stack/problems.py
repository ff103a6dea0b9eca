"""What can go wrong while the servers start, told to a person in one line."""


class StackError(Exception):
    """The message is one plain German line; the command prints it and ends with status 1."""
