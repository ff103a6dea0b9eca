"""Search rows: side tables without history, written only by the indexer (search.md §6)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.document import Document


class DocumentText(models.Model):
    """The text of a document's current version, once, with the analyser's offsets for marks."""

    document = models.OneToOneField(
        Document, models.CASCADE, primary_key=True, related_name="text", verbose_name=_("Dokument")
    )
    version_number = models.PositiveIntegerField(_("Fassung"))
    text = models.TextField(_("Text"))
    offsets = models.BinaryField(_("Fundstellen"))
    analyser_version = models.PositiveSmallIntegerField(_("Stand der Analyse"))

    class Meta:
        verbose_name = _("Dokumenttext")
        verbose_name_plural = _("Dokumenttexte")

    def __str__(self) -> str:
        return str(self.document_id)


class SearchEntry(models.Model):
    """One row per document in a table partitioned by the year of ``sort_date``.

    ``acl``/``deny`` copy the scope of the document; no foreign keys to or from this table.
    """

    pk = models.CompositePrimaryKey("sort_date", "document_id")
    sort_date = models.DateField()
    document_id = models.BigIntegerField()
    case_file_id = models.BigIntegerField()
    acl = ArrayField(models.IntegerField())
    deny = ArrayField(models.IntegerField(), default=list)
    tsv = SearchVectorField()

    class Meta:
        managed = False
        db_table = "records_searchentry"
        verbose_name = _("Sucheintrag")
        verbose_name_plural = _("Sucheinträge")

    def __str__(self) -> str:
        return str(self.document_id)
