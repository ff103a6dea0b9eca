"""What every history row carries beside the values: the operation that wrote it."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class OperationHistory(models.Model):
    """Base of all history tables: links values to process and audit by the operation's id."""

    operation_id = models.BigIntegerField(_("Bedienschritt"), null=True, db_index=True)

    class Meta:
        abstract = True


def history(**options: Any) -> HistoricalRecords:
    """History with bigint ids and the operation's id."""
    return HistoricalRecords(
        bases=[OperationHistory], history_id_field=models.BigAutoField(), **options
    )
