"""Parties: the search for everybody (it finds only what one sees), the rest for insiders."""

from datetime import date

from records.services.participations import NewParticipation, add_participations
from records.services.party_changes import PartyFacts
from tests.access import world as w
from tests.stories import Story
from tests.url_rows import EVERYBODY, INSIDERS

GET = {
    "parties": EVERYBODY,
    "party": INSIDERS,
    "party-edit": INSIDERS,
    "party-merge": INSIDERS,
    "case-file-parties": INSIDERS,
    "case-file-participation": INSIDERS,
}
POST_ONLY = {"case-file-participation-act", "case-file-parties-undo", "party-undo"}


def arguments(story: Story) -> dict[str, list[object]]:
    facts = PartyFacts("Ahlers", "Hannelore", date(1950, 4, 1))
    wanted = NewParticipation(story.case_file, "Antragstellerin", facts)
    [one] = add_participations([wanted], w.machine())
    return {
        "parties": [],
        "party": [one.party.uuid],
        "party-edit": [one.party.uuid],
        "party-merge": [one.party.uuid],
        "party-undo": [one.party.uuid, 1],
        "case-file-parties": [story.case_file.uuid],
        "case-file-participation": [story.case_file.uuid, one.pk],
        "case-file-participation-act": [story.case_file.uuid, one.pk, "beenden"],
        "case-file-parties-undo": [story.case_file.uuid, 1],
    }
