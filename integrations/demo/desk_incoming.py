"""What lies in the baskets on the first morning of the demo: letters with and without number, a mail."""

from datetime import timedelta
from email.message import EmailMessage

from django.core.files.uploadedfile import SimpleUploadedFile

from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.operations import clock
from integrations.demo.papers import Paper, upload_of
from records.models import CaseFile
from records.services.intake import receive_uploads

WAITED = timedelta(days=4)


def lay_into_baskets(clerk: User, unit: OrgUnit, lawsuit: CaseFile) -> None:
    """A letter of four days ago without a number, one of today that names its file, and a mail."""
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
    receive_uploads(clerk, unit, [_mail(lawsuit)])


def _mail(lawsuit: CaseFile) -> SimpleUploadedFile:
    """As saved from the mail program: text and a drawing attached."""
    message = EmailMessage()
    message["From"] = "Vermessungsbüro Hartmann <auskunft@hartmann.example>"
    message["To"] = "rechtsreferat@musterstadt.example"
    message["Subject"] = f"Grenzverlauf, Ihr Zeichen {lawsuit.aktenzeichen}"
    message["Date"] = clock.now()
    message["Message-ID"] = "<grenzverlauf-1@hartmann.example>"
    message.set_content(
        "Sehr geehrte Damen und Herren,\n\nanbei wie besprochen unsere Stellungnahme zum "
        "Grenzverlauf.\n\nMit freundlichen Grüßen\nJ. Hartmann"
    )
    opinion = Paper(
        "Vermessungsbüro Hartmann",
        "Stellungnahme zum Grenzverlauf",
        ("Die Grenze verläuft entlang der Mauer, nicht des Weges.",),
    )
    paper = upload_of(opinion, clock.today())
    message.add_attachment(
        paper.read(), maintype="application", subtype="pdf", filename=f"{opinion.title}.pdf"
    )
    name = "Grenzverlauf.eml"
    return SimpleUploadedFile(name, message.as_bytes(), content_type="message/rfc822")
