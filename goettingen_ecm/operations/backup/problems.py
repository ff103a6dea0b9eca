"""What stops a backup or a restore, told to an operator in one line."""


class BackupError(Exception):
    """The message is one plain German line."""
