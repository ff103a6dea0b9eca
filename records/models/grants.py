"""Explicit grants: django-guardian's direct-FK tables with cause, giver and end date.

Never a grant per document (architecture.md §4, Rights).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from records.models.case_file import CaseFile
from records.models.file_plan import FilePlanEntry


class GrantFacts(models.Model):
    """Why a grant exists and how long it holds."""

    cause = models.CharField(_("Anlass"), max_length=200, blank=True)
    granted_by_id = models.BigIntegerField(_("erteilt von"), null=True)
    granted_at = models.DateTimeField(_("erteilt am"), null=True, blank=True)
    valid_until = models.DateField(_("gültig bis"), null=True, blank=True)

    class Meta:
        abstract = True


class PlanEntryGroupGrant(GroupObjectPermissionBase, GrantFacts):
    content_object = models.ForeignKey(
        FilePlanEntry,
        models.CASCADE,
        related_name="group_grants",
        verbose_name=_("Aktenplaneintrag"),
    )

    class Meta(GroupObjectPermissionBase.Meta):
        verbose_name = _("Zugriffsdefinition (Gruppe)")
        verbose_name_plural = _("Zugriffsdefinitionen (Gruppe)")


class PlanEntryUserGrant(UserObjectPermissionBase, GrantFacts):
    content_object = models.ForeignKey(
        FilePlanEntry,
        models.CASCADE,
        related_name="user_grants",
        verbose_name=_("Aktenplaneintrag"),
    )

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("Zugriffsdefinition (Person)")
        verbose_name_plural = _("Zugriffsdefinitionen (Person)")


class CaseFileGroupGrant(GroupObjectPermissionBase, GrantFacts):
    content_object = models.ForeignKey(
        CaseFile, models.CASCADE, related_name="group_grants", verbose_name=_("Akte")
    )

    class Meta(GroupObjectPermissionBase.Meta):
        verbose_name = _("Freigabe für eine Gruppe")
        verbose_name_plural = _("Freigaben für Gruppen")


class CaseFileUserGrant(UserObjectPermissionBase, GrantFacts):
    content_object = models.ForeignKey(
        CaseFile, models.CASCADE, related_name="user_grants", verbose_name=_("Akte")
    )

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("Freigabe für eine Person")
        verbose_name_plural = _("Freigaben für Personen")
