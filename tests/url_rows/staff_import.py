"""Reading people and roles from a list is the Fachadministration's."""

from goettingen_ecm.access import staff_import
from tests import personas
from tests.stories import Story

ADMINISTRATION_ONLY = (403, 403, 403, 403, 200, 403, 403)
GET = {
    "staff-import": ADMINISTRATION_ONLY,
    "staff-list-sample": ADMINISTRATION_ONLY,
    "staff-list": ADMINISTRATION_ONLY,
}
POST_ONLY = {"staff-list-apply", "staff-list-discard"}
LIST = "Kennung;Name;Einheit;Rolle\nneu;Neu, Nina;50;Leitung\n"


def arguments(story: Story) -> dict[str, list[object]]:
    administrator = personas.person(personas.ADMINISTRATION)
    kept = staff_import.keep_upload("liste.csv", LIST.encode(), actor=administrator)
    names = ("staff-list", "staff-list-apply", "staff-list-discard")
    return {name: [kept.uuid] for name in names}
