"""The register of a matter (Registerblatt): ordered sections with documents (requirements A12)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.case_file import Matter
from records.models.document import Document
from records.models.history import history


class RegisterSection(models.Model):
    """A section of a matter, in the order of ``position``."""

    matter = models.ForeignKey(
        Matter, models.PROTECT, related_name="register_sections", verbose_name=_("Vorgang")
    )
    position = models.PositiveSmallIntegerField(_("Nummer"))
    title = models.CharField(_("Bezeichnung"), max_length=200)
    documents: models.ManyToManyField[Document, "RegisterPlacement"] = models.ManyToManyField(
        Document,
        through="RegisterPlacement",
        related_name="register_sections",
        verbose_name=_("Dokumente"),
    )
    row_version = models.PositiveIntegerField(default=1, editable=False)
    history = history()

    class Meta:
        verbose_name = _("Registerblatt")
        verbose_name_plural = _("Registerblätter")
        indexes = [models.Index(fields=["matter", "position", "id"], name="register_of_matter")]

    def __str__(self) -> str:
        return f"{self.position} {self.title}"


class RegisterPlacement(models.Model):
    """A document stands in at most one section of its matter."""

    document = models.OneToOneField(
        Document, models.CASCADE, related_name="register_placement", verbose_name=_("Dokument")
    )
    section = models.ForeignKey(
        RegisterSection, models.CASCADE, related_name="placements", verbose_name=_("Registerblatt")
    )
    history = history()

    class Meta:
        verbose_name = _("Platz im Register")
        verbose_name_plural = _("Plätze im Register")

    def __str__(self) -> str:
        return f"{self.section_id}: {self.document_id}"
