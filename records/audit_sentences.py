"""German sentences of what records writes into the audit."""

from django.utils.translation import gettext_lazy as _

from goettingen_ecm.audit.actions import register_action

SENTENCES = {
    "records.case_file.opened": _("{actor} hat {object} angelegt"),
    "records.case_file.opening_undone": _("{actor} hat das Anlegen von {object} zurückgenommen"),
    "records.matter.opening_undone": _("{actor} hat das Anlegen von {object} zurückgenommen"),
    "records.case_file.access_granted": _("{actor} hat {object} freigegeben"),
    "records.case_file.access_revoked": _("{actor} hat eine Freigabe für {object} beendet"),
    "records.case_file.person_excluded": _("{actor} hat eine Person von {object} ausgeschlossen"),
    "records.case_file.person_readmitted": _(
        "{actor} hat einen Ausschluss von {object} aufgehoben"
    ),
    "records.rights.reviewed": _("{actor} hat die Freigaben von {object} geprüft"),
    "records.emergency.opened": _("{actor} hat {object} im Notzugriff geöffnet"),
    "records.emergency.refused": _("{actor} hat einen Notzugriff versucht; er war nicht möglich"),
    "records.emergency.ended": _("Der Notzugriff auf {object} ist beendet ({actor})"),
    "records.emergency.reviewed": _("{actor} hat einen Notzugriff auf {object} geprüft"),
    "records.case_file.changed": _("{actor} hat {object} geändert: {fields}"),
    "records.case_file.reassigned": _("{actor} hat {object} umgeschrieben: {fields}"),
    "records.case_file.closed": _("{actor} hat {object} z. d. A. verfügt"),
    "records.case_file.reopened": _("{actor} hat den Abschluss von {object} aufgehoben"),
    "records.case_file.retention_recomputed": _(
        "{actor} hat die Fristen von {object} neu berechnet"
    ),
    "records.paper.requested": _("{actor} hat den Papierteil von {object} angefordert"),
    "records.paper.handed_out": _("{actor} hat den Papierteil von {object} ausgegeben"),
    "records.paper.returned": _("{actor} hat den Papierteil von {object} zurückgenommen"),
    "records.paper.reminded": _("Der Papierteil von {object} ist überfällig: erinnert ({actor})"),
    "records.paper.withdrawn": _(
        "{actor} hat die Anforderung des Papierteils von {object} beendet"
    ),
    "records.inspection.requested": _("{actor} hat eine Akteneinsicht angelegt ({object})"),
    "records.inspection.made": _("Das PDF einer Akteneinsicht ist erstellt ({object}, {actor})"),
    "records.inspection.taken": _("{actor} hat das PDF einer Akteneinsicht geholt ({object})"),
    "records.inspection.granted": _("{actor} hat die gewährte Akteneinsicht vermerkt ({object})"),
    "records.paper_loans.exported": _(
        "{actor} hat die Liste der ausgeliehenen Papierakten als Datei ausgegeben"
    ),
    "records.matter.closed": _("{actor} hat {object} z. d. A. verfügt"),
    "records.matter.reopened": _("{actor} hat den Abschluss von {object} aufgehoben"),
    "records.hold.placed": _("{actor} hat {object} gesetzt"),
    "records.hold.lifted": _("{actor} hat {object} aufgehoben"),
    "records.hold.reviewed": _("{actor} hat {object} überprüft und belassen"),
    "records.search.exported": _("{actor} hat die Treffer einer Suche als Datei ausgegeben"),
    "records.case_files.exported": _("{actor} hat eine Aktenliste als Datei ausgegeben"),
    "records.documents.exported": _(
        "{actor} hat die Dokumentenliste von {object} als Datei ausgegeben"
    ),
    "records.matter.narrowed": _("{actor} hat die Sichtbarkeit von {object} geändert"),
    "records.plan_entry.access_granted": _(
        "{actor} hat eine Zugriffsdefinition für {object} erteilt"
    ),
    "records.plan_entry.access_revoked": _(
        "{actor} hat eine Zugriffsdefinition von {object} beendet"
    ),
    "records.plan_entry.added": _("{actor} hat den Eintrag {object} angelegt"),
    "records.plan_entry.changed": _("{actor} hat den Eintrag {object} geändert: {fields}"),
    "records.plan_entry.locked": _("{actor} hat den Eintrag {object} gesperrt"),
    "records.plan_entry.unlocked": _("{actor} hat den Eintrag {object} entsperrt"),
    "records.plan_entry.moved": _("{actor} hat den Eintrag {object} im Entwurf verschoben"),
    "records.plan_entry.retired": _("{actor} hat den Eintrag {object} stillgelegt"),
    "records.plan_entry.taken_back": _(
        "{actor} hat eine Änderung des Eintrags {object} zurückgenommen: {fields}"
    ),
    "records.plan_entry.removed": _("{actor} hat den neuen Eintrag {object} wieder entfernt"),
    "records.file_plan.drafted": _("{actor} hat die Fassung {object} vorbereitet"),
    "records.file_plan.discarded": _("{actor} hat den Entwurf {object} verworfen"),
    "records.file_plan.in_force": _("Die Fassung {object} des Aktenplans gilt jetzt"),
    "records.case_file.followed_plan": _(
        "Die Akte {object} ist ihrem Eintrag in die geltende Fassung des Aktenplans gefolgt"
    ),
    "records.file_plan.exported": _("{actor} hat {object} als CSV ausgegeben"),
    "records.file_plan.imported": _("{actor} hat {object} eingelesen"),
    "records.case_file.read": _("{actor} hat {object} geöffnet"),
    "records.matter.changed": _("{actor} hat {object} geändert: {fields}"),
    "records.matter.register_changed": _("{actor} hat das Register von {object} geändert"),
    "records.document.moved": _("{actor} hat {object} in einen anderen Vorgang verschoben"),
    "records.document.copied": _("{actor} hat {object} in eine andere Akte kopiert"),
    "records.document.moved_to_file": _("{actor} hat {object} in eine andere Akte verschoben"),
    "records.case_file.volume_opened": _("{actor} hat {object} als Folgeband angelegt"),
    "records.matter.merged": _("{actor} hat {object} mit anderen Vorgängen zusammengeführt"),
    "records.matter.merge_undone": _("{actor} hat das Zusammenführen von {object} zurückgenommen"),
    "records.matter.opened": _("{actor} hat {object} angelegt"),
    "records.party.read": _("{actor} hat die Seite von {object} geöffnet"),
    "records.party.created": _("{actor} hat {object} aufgenommen"),
    "records.party.changed": _("{actor} hat {object} geändert: {fields}"),
    "records.party.merged": _("{actor} hat {object} zusammengeführt"),
    "records.participation.added": _("{actor} hat {object} eingetragen"),
    "records.participation.changed": _("{actor} hat {object} geändert: {fields}"),
    "records.participation.removed": _("{actor} hat {object} herausgenommen"),
    "records.cross_reference.added": _("{actor} hat {object} angelegt"),
    "records.cross_reference.turned": _("{actor} hat {object} auf einen anderen Vorgang gerichtet"),
    "records.cross_reference.removed": _("{actor} hat {object} entfernt"),
    "records.cross_reference.restored": _("{actor} hat {object} wiederhergestellt"),
    "records.comment.added": _("{actor} hat {object} kommentiert"),
    "records.comment.answered": _("{actor} hat auf einen Kommentar zu {object} geantwortet"),
    "records.comment.changed": _("{actor} hat einen Kommentar zu {object} geändert"),
    "records.comment.withdrawn": _("{actor} hat einen Kommentar zu {object} gelöscht"),
    "records.comment.restored": _("{actor} hat einen Kommentar zu {object} wiederhergestellt"),
    "records.comment.resolved": _("{actor} hat einen Kommentar zu {object} erledigt"),
    "records.comment.reopened": _("{actor} hat einen Kommentar zu {object} wieder geöffnet"),
    "records.incoming.received": _("{actor} hat einen Eingang angenommen"),
    "records.incoming.forwarded": _("{actor} hat einen Eingang in einen anderen Korb gelegt"),
    "records.incoming.returned": _("{actor} hat einen Eingang zurückgegeben"),
    "records.incoming.assigned": _("{actor} hat einen Eingang zugewiesen"),
    "records.incoming.closed": _("{actor} hat einen Eingang ohne Ablage erledigt"),
    "records.incoming.filed": _("{actor} hat einen Eingang abgelegt"),
    "records.incoming.taken_back": _("{actor} hat einen Schritt an einem Eingang zurückgenommen"),
    "records.incoming.read": _("{actor} hat einen Eingang gelesen"),
    "records.incoming.original_taken": _("{actor} hat eine Datei eines Eingangs heruntergeladen"),
    "records.document.filed": _("{actor} hat {object} abgelegt"),
    "records.document.read": _("{actor} hat {object} gelesen"),
    "records.document.original_taken": _("{actor} hat das Original von {object} heruntergeladen"),
    "records.document.version_added": _("{actor} hat {object} eine Fassung hinzugefügt"),
    "records.document.changed": _("{actor} hat {object} geändert: {fields}"),
    "records.document.cancelled": _("{actor} hat {object} storniert"),
    "records.matter.cancelled": _("{actor} hat {object} storniert"),
    "records.matter.restored": _("{actor} hat das Storno von {object} aufgehoben"),
    "records.case_file.cancelled": _("{actor} hat {object} storniert"),
    "records.case_file.restored": _("{actor} hat das Storno von {object} aufgehoben"),
    "records.document.restored": _("{actor} hat das Storno von {object} aufgehoben"),
    "records.document.deletion_proposed": _("{actor} hat die Löschung vorgeschlagen"),
    "records.document.deletion_withdrawn": _("{actor} hat den Löschvorschlag zurückgezogen"),
    "records.document.deletion_rejected": _("{actor} hat den Löschvorschlag abgelehnt"),
    "records.document.deleted": _("{actor} hat das Dokument nach Prüfung endgültig gelöscht"),
    "records.document.misfiled": _("{actor} hat ein Dokument als Fehlablage gemeldet"),
    "records.document.misfiling_undone": _("{actor} hat eine Fehlablage zurückgenommen"),
    "records.document.misfiling_moved": _(
        "{actor} hat eine Fehlablage in eine andere Akte umgelegt"
    ),
    "records.document.misfiling_move_undone": _(
        "{actor} hat das Umlegen einer Fehlablage zurückgenommen"
    ),
    "records.document.misfiling_put_back": _(
        "{actor} hat ein als Fehlablage gemeldetes Dokument zurückgelegt"
    ),
    "records.document.checked_out": _("{actor} hat {object} in Bearbeitung genommen"),
    "records.document.check_out_ended": _("{actor} hat die Bearbeitung von {object} beendet"),
    "records.document.release_asked": _("{actor} hat um Freigabe von {object} gebeten"),
    "records.document.check_out_taken_over": _(
        "{actor} hat die Bearbeitung von {object} übernommen"
    ),
    "records.unit.training_noted": _("{actor} hat eine Schulung von {object} vermerkt"),
    "records.unit.training_removed": _("{actor} hat eine Schulung von {object} gestrichen"),
    "records.unit_change.planned": _("{actor} hat eine Umgliederung von {object} geplant"),
    "records.unit_change.carried_out": _("{actor} hat {object} umgegliedert"),
    "records.unit_change.withdrawn": _("{actor} hat die Umgliederung von {object} zurückgenommen"),
    "records.case_file.followed_unit": _(
        "{object} ist mit der Umgliederung zur neuen Einheit gegangen ({actor})"
    ),
    "records.staff_move.planned": _("{actor} hat eine Umsetzung von {object} geplant"),
    "records.staff_move.carried_out": _("{actor} hat die Arbeit von {object} übergeben"),
    "records.staff_move.withdrawn": _("{actor} hat die Umsetzung von {object} zurückgenommen"),
    "records.mail.written": _("{actor} hat eine E-Mail geschrieben und zum Versand gegeben"),
    "records.mail.sent": _("Eine E-Mail aus der Akte wurde versendet"),
    "records.mail.refused": _("Eine E-Mail aus der Akte wurde von niemandem angenommen"),
    "records.mail.tried_again": _("{actor} lässt eine E-Mail noch einmal versenden"),
    "records.document.withdrawn": _("{actor} hat {object} für ungültig erklärt"),
}

for key, sentence in SENTENCES.items():
    register_action(key, sentence)
