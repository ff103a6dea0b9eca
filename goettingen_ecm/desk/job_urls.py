from django.urls import path

from goettingen_ecm.desk import job_views

urlpatterns = [
    path("auftraege/", job_views.job_list, name="jobs"),
    path("auftrag/<uuid:uuid>/", job_views.job_detail, name="job"),
    path("auftrag/<uuid:uuid>/stand/", job_views.job_progress, name="job-progress"),
    path("auftrag/<uuid:uuid>/ergebnis.csv", job_views.job_results, name="job-results"),
    path("auftrag/<uuid:uuid>/abbrechen/", job_views.job_abort, name="job-abort"),
    path("auftrag/<uuid:uuid>/zuruecknehmen/", job_views.job_undo, name="job-undo"),
]
