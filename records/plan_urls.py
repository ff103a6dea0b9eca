from django.urls import path

from records.views import file_plan, plan_editing, plan_files, plan_moving, plan_versions

urlpatterns = [
    path("", file_plan.branch, name="file-plan"),
    path("fassungen/", plan_versions.version_list, name="file-plan-versions"),
    path("fassungen/neu/", plan_versions.draft, name="file-plan-draft"),
    path("fassungen/vergleich/", plan_versions.compare, name="file-plan-compare"),
    path("fassung/<int:plan_id>/", plan_versions.version, name="file-plan-version"),
    path("fassung/<int:plan_id>/verwerfen/", plan_versions.discard, name="file-plan-discard"),
    path(
        "fassung/<int:plan_id>/aktenplan-<slug:encoding>.csv",
        plan_files.export,
        name="file-plan-export",
    ),
    path("fassung/<int:plan_id>/einlesen/", plan_files.read_in, name="file-plan-import"),
    path(
        "fassung/<int:plan_id>/einlesen/rueckgaengig/<int:operation_id>/",
        plan_files.undo,
        name="file-plan-import-undo",
    ),
    path("neu/", plan_editing.add, name="file-plan-new-top"),
    path("<int:entry_id>/", file_plan.branch, name="file-plan-entry"),
    path("<int:entry_id>/neu/", plan_editing.add, name="file-plan-new"),
    path("<int:entry_id>/aendern/", plan_editing.edit, name="file-plan-edit"),
    path("<int:entry_id>/sperren/", plan_editing.lock, name="file-plan-lock"),
    path("<int:entry_id>/stilllegen/", plan_editing.retire, name="file-plan-retire"),
    path("<int:entry_id>/verschieben/", plan_moving.move, name="file-plan-move"),
    path("<int:entry_id>/verlauf/", plan_editing.history, name="file-plan-history"),
    path(
        "<int:entry_id>/rueckgaengig/<int:operation_id>/",
        plan_editing.undo,
        name="file-plan-undo",
    ),
]
