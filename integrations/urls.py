from django.urls import include, path

from integrations.rest.api import addresses as rest_addresses
from integrations.views import clearing, deliveries, mailboxes, office_editing, training

urlpatterns = [
    path("dokument/<uuid:uuid>/office/", office_editing.edit_document, name="document-office"),
    path("vorgang/<uuid:uuid>/ordner/", office_editing.open_folder, name="matter-folder"),
    path("api/v1/", include((rest_addresses(), "api-v1"))),
    path("lieferungen/", deliveries.delivery_list, name="deliveries"),
    path("lieferungen/<uuid:uuid>/", deliveries.delivery_detail, name="delivery"),
    path("lieferungen/<uuid:uuid>/stand/", deliveries.delivery_progress, name="delivery-progress"),
    path("postfaecher/", mailboxes.mailbox_list, name="mailboxes"),
    path("postfaecher/<uuid:uuid>/", mailboxes.mailbox_detail, name="mailbox"),
    path("postfaecher/<uuid:uuid>/abholen/", mailboxes.mailbox_fetch, name="mailbox-fetch"),
    path("klaerung/", clearing.clearing_list, name="clearing-cases"),
    path("klaerung/<uuid:uuid>/", clearing.clearing_detail, name="clearing-case"),
    path("klaerung/<uuid:uuid>/erneut/", clearing.clearing_retry, name="clearing-retry"),
    path("klaerung/<uuid:uuid>/zuordnen/", clearing.clearing_assign, name="clearing-assign"),
    path("klaerung/<uuid:uuid>/verwerfen/", clearing.clearing_dismiss, name="clearing-dismiss"),
    path("uebungen/", training.exercises, name="exercises"),
    path("uebungen/zuruecksetzen/", training.training_reset, name="training-reset"),
]
