"""Users, organisational units, roles per unit, memberships."""

import unicodedata
import uuid
from datetime import date
from typing import Any

from django.contrib import auth
from django.contrib.auth.models import AbstractUser, Group
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.choices import Circle, Role


def din5007_key(text: str) -> str:
    """Sort key of German dictionaries (DIN 5007-1): umlauts as their base letter, ß as ss, no case."""
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ẞ", "ss"))
    return "".join(c for c in folded if not unicodedata.combining(c)).casefold()[:200]


class TreeNode(models.Model):
    """A row of a tree: ``ancestors`` are ids from the top, itself last.

    Subclasses have a foreign key ``parent`` to themselves. Moving a node moves its branch.
    """

    ancestors = ArrayField(models.BigIntegerField(), default=list, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            self._keep_path([*self._path_above(), self.pk])

    def clean(self) -> None:
        super().clean()
        if self.pk is not None and self.pk in self._path_above():
            raise ValidationError({"parent": _("Ein Eintrag kann nicht unter sich selbst stehen.")})

    def _path_above(self) -> list[int]:
        """Read anew: the parent in memory may have been moved since it was loaded."""
        parent_id: int | None = getattr(self, "parent_id", None)
        rows = type(self)._base_manager.filter(pk=parent_id).values_list("ancestors", flat=True)
        return list(rows.get()) if parent_id else []

    def _keep_path(self, path: list[int]) -> None:
        if path == self.ancestors:
            return
        if path.count(self.pk) > 1:
            raise ValueError(f"{self!r} would stand below itself")
        self.ancestors = path
        nodes = type(self)._base_manager
        nodes.filter(pk=self.pk).update(ancestors=path)
        below = list(nodes.filter(ancestors__contains=[self.pk]).exclude(pk=self.pk))
        for node in below:
            node.ancestors = path + node.ancestors[node.ancestors.index(self.pk) + 1 :]
        nodes.bulk_update(below, ["ancestors"], batch_size=500)


class OrgUnit(TreeNode):
    """A unit of the city (Organisationseinheit)."""

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("übergeordnete Einheit"),
    )
    code = models.CharField(_("Kurzzeichen"), max_length=30, unique=True)
    name = models.CharField(_("Bezeichnung"), max_length=200)
    sort_key = models.CharField(_("Sortierschlüssel"), max_length=200, editable=False)
    circles = ArrayField(
        models.CharField(max_length=10, choices=Circle.choices),
        default=list,
        blank=True,
        verbose_name=_("Berechtigungskreise"),
    )
    valid_from = models.DateField(_("gültig ab"), null=True, blank=True)
    valid_until = models.DateField(_("gültig bis"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("Nachfolgerin"),
    )

    class Meta:
        verbose_name = _("Organisationseinheit")
        verbose_name_plural = _("Organisationseinheiten")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = din5007_key(self.name)
        super().save(*args, **kwargs)


NAME_COLUMNS = ("display_name", "first_name", "last_name", "username")
"""What ``str(user)`` reads."""


def name_columns(*relations: str) -> list[str]:
    """For ``only()``: the names of people at the end of relations, and nothing else of them."""
    return [f"{one}__{column}" for one in relations for column in NAME_COLUMNS]


class User(AbstractUser):
    """A person of the city's staff or a technical user of a connector."""

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    display_name = models.CharField(_("Anzeigename"), max_length=150, blank=True)
    sort_key = models.CharField(_("Sortierschlüssel"), max_length=200, editable=False)
    job_title = models.CharField(_("Funktion"), max_length=150, blank=True)
    is_technical = models.BooleanField(_("technische Kennung"), default=False)
    is_demo = models.BooleanField(_("Vorführkennung"), default=False, editable=False)
    demo_story = models.CharField(_("Vorführrolle"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Person")
        verbose_name_plural = _("Personen")

    def __str__(self) -> str:
        return self.display_name or self.get_full_name() or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = din5007_key(f"{self.last_name} {self.first_name}")
        super().save(*args, **kwargs)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Objects with a scope answer from the scope only: no superuser shortcut to contents.

        guardian's backend would say yes to every superuser and to grants that circle or
        clearance have removed, so only backends made for scopes are asked.
        """
        if obj is not None and hasattr(obj, "scope_id"):
            return self.is_active and any(
                backend.has_perm(self, perm, obj)
                for backend in auth.get_backends()
                if getattr(backend, "answers_for_scoped_objects", False)
            )
        return super().has_perm(perm, obj)


class UnitRole(models.Model):
    """A principal: one role in one unit, with the Django Group that guardian and scopes name."""

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="unit_roles", verbose_name=_("Organisationseinheit")
    )
    role = models.CharField(_("Rolle"), max_length=20, choices=Role.choices)
    group = models.OneToOneField(
        Group, models.PROTECT, related_name="unit_role", verbose_name=_("Gruppe")
    )

    class Meta:
        verbose_name = _("Rolle in einer Einheit")
        verbose_name_plural = _("Rollen in Einheiten")
        constraints = [
            models.UniqueConstraint(fields=["unit", "role"], name="unit_role_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.unit.code}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, day: date) -> "MembershipQuerySet":
        """Memberships in force on ``day`` (both ends inclusive)."""
        return self.filter(
            models.Q(valid_from__isnull=True) | models.Q(valid_from__lte=day)
        ).filter(models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=day))


class Membership(models.Model):
    """A person holds a role in a unit for a time; Revision is always dated, per audit."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("Person")
    )
    unit_role = models.ForeignKey(
        UnitRole, models.PROTECT, related_name="memberships", verbose_name=_("Rolle")
    )
    valid_from = models.DateField(_("gültig ab"), null=True, blank=True)
    valid_until = models.DateField(_("gültig bis"), null=True, blank=True)
    cause = models.CharField(_("Anlass"), max_length=200, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("Mitgliedschaft")
        verbose_name_plural = _("Mitgliedschaften")
        indexes = [models.Index(fields=["user", "valid_until"], name="membership_user")]

    def __str__(self) -> str:
        return f"{self.user}: {self.unit_role}"

    def clean(self) -> None:
        """Ends do not lie before beginnings; Revision only dated and with its audit named."""
        super().clean()
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("Das Ende liegt vor dem Beginn.")})
        revision = self.unit_role_id is not None and self.unit_role.role == Role.AUDITOR
        if revision and (self.valid_until is None or not self.cause.strip()):
            raise ValidationError(
                {"valid_until": _("Die Revision wird nur je Prüfung und befristet zugelassen.")}
            )


class SubstitutionQuerySet(models.QuerySet["Substitution"]):
    def current(self, day: date) -> "SubstitutionQuerySet":
        """Substitutions in force on ``day`` (both ends inclusive) and not ended early."""
        return self.filter(ended_at__isnull=True, valid_from__lte=day, valid_until__gte=day)


class Substitution(models.Model):
    """Somebody acts for an absent person for a time (requirements W6).

    With ``unit_role`` only in that role of the person, without it in all. What it gives is decided
    in ``access.substitutions``. Ended early by ``ended_at``; rows are never deleted.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    represented = models.ForeignKey(
        User, models.PROTECT, related_name="substitutes", verbose_name=_("vertretene Person")
    )
    deputy = models.ForeignKey(
        User, models.PROTECT, related_name="substitutions", verbose_name=_("Vertretung")
    )
    unit_role = models.ForeignKey(
        UnitRole, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Rolle")
    )
    valid_from = models.DateField(_("gültig ab"))
    valid_until = models.DateField(_("gültig bis"))
    includes_confidential = models.BooleanField(_("auch vertrauliche Akten"), default=False)
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("eingerichtet von")
    )
    created_at = models.DateTimeField(_("eingerichtet am"))
    ended_at = models.DateTimeField(_("beendet am"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("beendet von")
    )
    row_version = models.PositiveIntegerField(default=1, editable=False)

    objects = SubstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Vertretung")
        verbose_name_plural = _("Vertretungen")
        indexes = [
            models.Index(fields=["deputy", "valid_until"], name="substitution_deputy"),
            models.Index(fields=["represented", "valid_until"], name="substitution_represented"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(deputy=models.F("represented")),
                name="substitution_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")),
                name="substitution_ends_after_begin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} für {self.represented}"


class StaffImport(models.Model):
    """An uploaded list of people and roles: looked at, then applied as a job (``job_uuid``).

    The file is kept for the result list and removed with the row after ``STAFF_IMPORT_KEPT``.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField(_("Dateiname"), max_length=200)
    content = models.BinaryField(_("Inhalt"))
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("eingelesen von")
    )
    created_at = models.DateTimeField(_("eingelesen am"))
    applied_at = models.DateTimeField(_("übernommen am"), null=True)
    job_uuid = models.UUIDField(_("Auftrag"), null=True)

    class Meta:
        verbose_name = _("Personenliste")
        verbose_name_plural = _("Personenlisten")

    def __str__(self) -> str:
        return self.file_name
