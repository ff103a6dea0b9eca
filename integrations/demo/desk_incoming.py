"""What lies in the baskets on the first morning of the demo: one with a number, one without."""

from datetime import timedelta

from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.operations import clock
from integrations.demo.papers import Paper, upload_of
from records.models import CaseFile
from records.services.intake import receive_uploads

WAITED = timedelta(days=4)


def lay_into_baskets(clerk: User, unit: OrgUnit, lawsuit: CaseFile) -> None:
    """A letter of four days ago without a number, and one of today that names its file."""
    with clock.fixed(clock.now() - WAITED):
        asked = Paper(
            "Hausverwaltung Sonnenhof",
            "Anfrage zur Zufahrt",
            ("Wir bitten um Auskunft, ob die Zufahrt zum Grundstück Lindenweg 4 öffentlich ist.",),
        )
        receive_uploads(clerk, unit, [upload_of(asked, clock.today())], sender=asked.sender)
    named = Paper(
        "Kanzlei Dr. Ebeling und Partner",
        "Schriftsatz der Klägerin",
        (
            f"Ihr Zeichen: {lawsuit.aktenzeichen}",
            "In der Verwaltungsstreitsache nehmen wir zur Klageerwiderung wie folgt Stellung.",
        ),
    )
    receive_uploads(clerk, unit, [upload_of(named, clock.today())], sender=named.sender)
