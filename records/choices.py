from django.db import models
from django.utils.translation import gettext_lazy as _


class Confidentiality(models.TextChoices):
    """offen / intern / vertraulich; mapped to xdomea levels only on export (architecture.md §4)."""

    OPEN = "offen", _("offen")
    INTERNAL = "intern", _("intern")
    CONFIDENTIAL = "vertraulich", _("vertraulich")


class DispositionType(models.TextChoices):
    """Aussonderungsart (xdomea code list): archive, appraise, destroy."""

    ARCHIVE = "A", _("archivwürdig")
    APPRAISE = "B", _("zu bewerten")
    DESTROY = "V", _("zu vernichten")


class RetentionStart(models.TextChoices):
    """When the retention of a closed file begins (requirements R2)."""

    YEAR_END = "jahresende", _("nach Ablauf des Jahres der z. d. A.-Verfügung")
    CLOSING_DAY = "abschlusstag", _("am Tag der z. d. A.-Verfügung")
    FINALITY = "rechtskraft", _("nach Ablauf des Jahres der Rechtskraft")
    END_OF_BENEFIT = "leistungsende", _("nach Ablauf des Jahres des Leistungsendes")
    LAST_PAYMENT = "letzte_zahlung", _("nach Ablauf des Jahres der letzten Zahlung")


class HoldKind(models.TextChoices):
    """Why something must not be destroyed for now (requirements R6)."""

    LITIGATION = "rechtsstreit", _("Rechtsstreit")
    AUDIT = "pruefung", _("Prüfung")
    PETITION = "petition", _("Petition")
    DATA_PROTECTION = "datenschutz", _("Datenschutz")


class CaseFileKind(models.TextChoices):
    SUBJECT = "sachakte", _("Sachakte")
    CASE = "fallakte", _("Fallakte")


class CaseFileStatus(models.TextChoices):
    """Status chain of requirements R5, and the Storno (W10)."""

    ACTIVE = "bearbeitung", _("in Bearbeitung")
    CLOSED = "abgeschlossen", _("abgeschlossen")
    RETENTION = "aufbewahrung", _("in Aufbewahrung")
    DISPOSABLE = "aussonderungsreif", _("aussonderungsreif")
    OFFERED = "angeboten", _("angeboten")
    APPRAISED = "bewertet", _("bewertet")
    TRANSFERRED = "abgegeben", _("abgegeben")
    DESTROYED = "vernichtet", _("vernichtet")
    CANCELLED = "storniert", _("storniert")


class MatterStatus(models.TextChoices):
    """A matter goes the way of its file, or is cancelled alone (requirements A10, W10)."""

    ACTIVE = "bearbeitung", _("in Bearbeitung")
    CLOSED = "abgeschlossen", _("abgeschlossen")
    RETENTION = "aufbewahrung", _("in Aufbewahrung")
    DISPOSABLE = "aussonderungsreif", _("aussonderungsreif")
    OFFERED = "angeboten", _("angeboten")
    APPRAISED = "bewertet", _("bewertet")
    TRANSFERRED = "abgegeben", _("abgegeben")
    DESTROYED = "vernichtet", _("vernichtet")
    CANCELLED = "storniert", _("storniert")


class Medium(models.TextChoices):
    """xdomea code list Medium 001/002/003."""

    ELECTRONIC = "elektronisch", _("elektronisch")
    HYBRID = "hybrid", _("hybrid")
    PAPER = "papier", _("Papier")


class Direction(models.TextChoices):
    INCOMING = "eingang", _("Eingang")
    OUTGOING = "ausgang", _("Ausgang")
    INTERNAL = "intern", _("intern")


class DocumentStatus(models.TextChoices):
    """Documents are never plainly deleted (glossary: Storno, Fehlablage; K5: ungültig)."""

    VALID = "gueltig", _("gültig")
    DRAFT = "entwurf", _("Entwurf")
    WITHDRAWN = "ungueltig", _("vom Fachverfahren für ungültig erklärt")
    CANCELLED = "storniert", _("storniert")
    MISFILED = "fehlablage", _("Fehlablage")
    DELETED = "geloescht", _("gelöscht")


class MisfilingReason(models.TextChoices):
    """Why a document lies in the wrong place."""

    WRONG_FILE = "falsche_akte", _("gehört in eine andere Akte")
    FOREIGN_DATA = "fremde_daten", _("enthält Daten einer anderen Person")
    NOT_OURS = "nicht_fuer_uns", _("ist nicht für uns bestimmt")
    OTHER = "sonstiges", _("anderer Grund")


class MisfilingDecision(models.TextChoices):
    """What became of a Fehlablage; empty while it waits for data protection."""

    UNDONE = "zurueckgenommen", _("von der kennzeichnenden Person zurückgenommen")
    PUT_BACK = "zurueckgelegt", _("in die Akte zurückgelegt")
    MOVED = "umgelegt", _("in die richtige Akte umgelegt")


class DeletionGround(models.TextChoices):
    """Why a single document may go before its time (requirements W11)."""

    ERASURE = "art17", _("Antrag auf Löschung (Art. 17 DSGVO)")
    UNLAWFUL = "unzulaessig", _("durfte nicht gespeichert werden (Art. 17 Abs. 1 Buchst. d DSGVO)")
    PRIVATE = "privat", _("privates Schriftstück, versehentlich veraktet")
    DUPLICATE = "doppelt", _("versehentlich doppelt abgelegt")


class DeletionDecision(models.TextChoices):
    """What became of a proposal; empty while it waits."""

    DELETED = "geloescht", _("gelöscht")
    REJECTED = "abgelehnt", _("abgelehnt")
    WITHDRAWN = "zurueckgezogen", _("zurückgezogen")


class ComponentKind(models.TextChoices):
    MAIN = "haupt", _("Hauptdokument")
    ATTACHMENT = "anlage", _("Anlage")
    DATA = "strukturdaten", _("Strukturdaten")
    RENDITION = "darstellung", _("Darstellung")
    INDEX = "index", _("gelieferter Index")


class BlobStorage(models.TextChoices):
    FILES = "files", _("Dateisystem")
    DATABASE = "database", _("Datenbank")


class BlobState(models.TextChoices):
    STORED = "stored", _("gespeichert")
    DELETING = "deleting", _("wird entfernt")


class RenditionState(models.TextChoices):
    WAITING = "waiting", _("wird erzeugt")
    DONE = "done", _("vorhanden")
    FAILED = "failed", _("nicht möglich")


class TextState(models.TextChoices):
    PENDING = "pending", _("wird gelesen")
    OK = "ok", _("lesbar")
    EMPTY = "empty", _("ohne Text")
    GARBAGE = "garbage", _("Textebene unbrauchbar")
    NONE = "none", _("kein Text vorgesehen")
    FAILED = "failed", _("nicht lesbar")


class PartyKind(models.TextChoices):
    PERSON = "person", _("natürliche Person")
    ORGANISATION = "organisation", _("Organisation")


class ReferenceKind(models.TextChoices):
    """How the source of a Querverweis stands to its target."""

    SEE_ALSO = "siehe", _("siehe auch")
    BELONGS_TO = "gehoert", _("gehört zu")
    PREDECESSOR = "vorgaenger", _("Vorgänger")


class FieldKind(models.TextChoices):
    """What a field of an Aktentyp holds; amounts are euros."""

    TEXT = "text", _("Text")
    NUMBER = "zahl", _("Zahl")
    AMOUNT = "betrag", _("Betrag in Euro")
    DAY = "datum", _("Datum")
    YES_NO = "ja_nein", _("Ja/Nein")
    CHOICE = "auswahl", _("Auswahl")


class ExternalKeyKind(models.TextChoices):
    CASE_FILE = "akte", _("Akte")
    MATTER = "vorgang", _("Vorgang")
    DOCUMENT = "dokument", _("Dokument")


class ListPage(models.TextChoices):
    CASE_FILES = "akten", _("Akten")
    DOCUMENTS = "dokumente", _("Dokumente einer Akte")
    SEARCH = "suche", _("Suche")


class MailRhythm(models.TextChoices):
    """How often a saved search tells its person what is new; on working days only."""

    DAILY = "taeglich", _("jeden Arbeitstag")
    WEEKLY = "woechentlich", _("am ersten Arbeitstag der Woche")


class CompoundRule(models.TextChoices):
    """What a word of the municipality's word list says about compounds (issue 4)."""

    PART = "teil", _("ist Teil von Zusammensetzungen")
    NEVER_PART = "kein_teil", _("ist nie Teil einer Zusammensetzung")
    UNSPLIT = "ganz", _("wird selbst nie zerlegt")


class NoteKind(models.TextChoices):
    TELEPHONE = "telefon", _("Telefonvermerk")
    FILE = "akte", _("Aktenvermerk")


class CommentAudience(models.TextChoices):
    """Who reads a comment: its author alone, or everybody who sees the document."""

    PRIVATE = "privat", _("nur für mich")
    TEAM = "team", _("für alle, die das Dokument sehen")


class UnitChangeKind(models.TextChoices):
    """How a unit is reorganised (requirement S7)."""

    MERGE = "zusammenlegung", _("Zusammenlegung")
    SPLIT = "teilung", _("Teilung")


class IncomingChannel(models.TextChoices):
    """How something came in (requirements E1)."""

    UPLOAD = "hochladen", _("hochgeladen")
    MAIL = "mail", _("E-Mail")


class IncomingState(models.TextChoices):
    OPEN = "offen", _("noch nicht abgelegt")
    FILED = "abgelegt", _("abgelegt")
    CLOSED = "erledigt", _("ohne Ablage erledigt")


class IncomingStepKind(models.TextChoices):
    """What leaves a basket or changes hands (requirements E2)."""

    RECEIVED = "eingegangen", _("eingegangen")
    FORWARDED = "weiter", _("weitergeleitet")
    RETURNED = "zurueck", _("zurückgegeben")
    ASSIGNED = "zugewiesen", _("zugewiesen")
    FILED = "abgelegt", _("abgelegt")
    CLOSED = "erledigt", _("ohne Ablage erledigt")
    TAKEN_BACK = "genommen", _("zurückgenommen")


class MailState(models.TextChoices):
    """How far a mail out of a file is."""

    WAITING = "wartet", _("wird versendet")
    SENT = "versendet", _("versendet")
    FAILED = "fehler", _("nicht zugestellt")


class SignatureState(models.TextChoices):
    """The way of a signature check; ``NONE``: looked signed, but holds no signature."""

    WAITING = "wartet", _("wird noch geprüft")
    DONE = "geprueft", _("geprüft")
    NONE = "ohne", _("ohne Unterschrift")
    FAILED = "misslungen", _("nicht prüfbar")


class InspectionState(models.TextChoices):
    """How far the PDF of an Akteneinsicht is."""

    WAITING = "wartet", _("PDF wird erstellt")
    DONE = "fertig", _("PDF fertig")
    FAILED = "misslungen", _("PDF misslungen")


# What people are told of; a file that only looked signed is nobody's concern.
SHOWN_SIGNATURES = (SignatureState.WAITING, SignatureState.DONE, SignatureState.FAILED)
