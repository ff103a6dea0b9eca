from django.urls import path

from records.views import (
    access,
    case_files,
    changing_files,
    check_outs,
    document_changes,
    documents,
    emergencies,
    file_plan,
    matters,
    opening_files,
    reassigning_files,
    registers,
    saved_views,
    search,
    versions,
    volumes,
)

PART = "dokument/<uuid:uuid>/fassung/<int:version>/teil/<int:position>/"

urlpatterns = [
    path("notzugriff/", emergencies.emergency_access, name="emergency-access"),
    path("notzugriffe/", emergencies.emergency_list, name="emergency-accesses"),
    path(
        "notzugriffe/<uuid:uuid>/geprueft/", emergencies.emergency_review, name="emergency-review"
    ),
    path("notzugriffe/<uuid:uuid>/beenden/", emergencies.emergency_end, name="emergency-end"),
    path("akten/", case_files.case_file_list, name="case-files"),
    path("aktenplan/", file_plan.branch, name="file-plan"),
    path("aktenplan/<int:entry_id>/", file_plan.branch, name="file-plan-entry"),
    path("akte/neu/", opening_files.new_case_file, name="case-file-new"),
    path("akte/nummer/<path:number>", opening_files.open_by_number, name="case-file-by-number"),
    path("akte/<uuid:uuid>/angaben/", changing_files.edit, name="case-file-edit"),
    path("akte/<uuid:uuid>/umschreiben/", reassigning_files.reassign, name="case-file-reassign"),
    path(
        "akte/<uuid:uuid>/rueckgaengig/<int:operation_id>/",
        changing_files.undo,
        name="case-file-undo",
    ),
    path("akte/<uuid:uuid>/vorgang-neu/", matters.new_matter, name="matter-new"),
    path("akte/<uuid:uuid>/folgeband/", volumes.next_volume, name="volume-new"),
    path(
        "akte/<uuid:uuid>/verschieben-rueckgaengig/<int:operation_id>/",
        matters.undo_moved,
        name="document-move-undo",
    ),
    path("vorgang/<uuid:uuid>/angaben/", matters.edit_matter, name="matter-edit"),
    path("vorgang/<uuid:uuid>/dokumente/", matters.move, name="matter-move"),
    path("vorgang/<uuid:uuid>/register/", registers.register, name="matter-register"),
    path("akte/aufruf", case_files.open_by_key, name="open-by-key"),
    path("akte/<uuid:uuid>/", case_files.case_file_detail, name="case-file"),
    path("akte/<uuid:uuid>/verlauf/", case_files.case_file_history, name="case-file-history"),
    path("akte/<uuid:uuid>/zugriff/", access.case_file_access, name="case-file-access"),
    path(
        "akte/<uuid:uuid>/zugriff/<slug:what>/",
        access.change_access,
        name="case-file-access-change",
    ),
    path(
        "akte/<uuid:uuid>/zugriff/beenden/<slug:what>/<int:pk>/",
        access.end_access,
        name="case-file-access-end",
    ),
    path(
        "akte/<uuid:uuid>/zugriff/zurueck/<uuid:operation>/",
        access.undo_access,
        name="case-file-access-undo",
    ),
    path("akte/<uuid:uuid>/ablegen/", documents.upload, name="document-upload"),
    path("dokument/<uuid:uuid>/", documents.document_detail, name="document"),
    path(f"{PART}original", documents.original, name="document-original"),
    path(f"{PART}seite/<int:page>.webp", documents.page_image, name="document-page"),
    path(f"{PART}seite/<int:page>/text", documents.page_text, name="document-page-text"),
    path("dokument/<uuid:uuid>/angaben/", document_changes.edit, name="document-edit"),
    path(
        "dokument/<uuid:uuid>/angaben/zurueck/<int:operation_id>/",
        document_changes.undo,
        name="document-edit-undo",
    ),
    path("dokument/<uuid:uuid>/fassungen/neu/", versions.upload, name="document-version-new"),
    path(
        "dokument/<uuid:uuid>/fassungen/<int:number>/wiederherstellen/",
        versions.restore,
        name="document-version-restore",
    ),
    path("dokument/<uuid:uuid>/bearbeitung/", check_outs.work, name="document-check-out"),
    path("suche/", search.search, name="search"),
    path("liste/<slug:page>/spalten/", saved_views.columns, name="list-columns"),
    path("liste/<slug:page>/ansicht/", saved_views.save, name="list-view-save"),
    path(
        "liste/<slug:page>/ansicht/<int:view_id>/loeschen/",
        saved_views.delete,
        name="list-view-delete",
    ),
]
