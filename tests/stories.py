"""Small true stories for tests: a social file filed by OPEN/PROSOZ, a building file opened by hand."""

from dataclasses import dataclass
from datetime import date

from goettingen_ecm.accounts.models import OrgUnit
from records import blob_store
from records.choices import ComponentKind, Direction
from records.models import CaseFile, Document, FilePlanEntry, Matter, SpecialistSystem
from records.services import blobs, texts
from records.services.actor import Actor, connector, person
from records.services.case_files import NewCaseFile, open_case_files
from records.services.documents import NewComponent, NewDocument, NewVersion, file_documents
from records.services.indexing import index_documents
from records.services.matters import NewMatter, open_matters
from tests import personas

LETTER = (
    "Bescheid über die Heizkostennachzahlung\n\nSehr geehrte Frau Ahlers,\n"
    "die Nachzahlung wird in voller Höhe übernommen.\n"
)


@dataclass(frozen=True, slots=True)
class Story:
    case_file: CaseFile
    matter: Matter
    document: Document


def social_file(key: str = "4711", text: str = LETTER) -> Story:
    """A Grundsicherung file with one notice, delivered by OPEN/PROSOZ and searchable."""
    system = SpecialistSystem.objects.get(code="openprosoz")
    actor = connector(system, "test.delivery")
    return _filed(
        NewCaseFile(
            # The first one: a draft of the next plan has the same codes.
            entry=FilePlanEntry.objects.filter(code="50.10").earliest("pk"),
            lead_unit=OrgUnit.objects.get(code="50.1"),
            title=f"Ahlers, Hannelore ({key})",
            foreign_key=("01", key),
        ),
        actor,
        text,
    )


def building_file(text: str = "Antrag auf Baugenehmigung für eine Garage") -> Story:
    """A Sachakte of the Bauaufsicht, opened by its clerk."""
    clerk = personas.person(personas.CLERK_BUILDING)
    wanted = NewCaseFile(
        entry=FilePlanEntry.objects.get(code="63.10"),
        lead_unit=OrgUnit.objects.get(code="63.1"),
        title="Garage Lindenweg 4",
    )
    return _filed(wanted, person(clerk, "test.open"), text)


def _filed(wanted: NewCaseFile, actor: Actor, text: str) -> Story:
    case_file = open_case_files([wanted], actor)[0]
    matter = open_matters([NewMatter(case_file, "Bewilligung 2026")], actor)[0]
    document = file_text(matter, "Bescheid", text, actor)
    return Story(case_file, matter, document)


def file_text(matter: Matter, title: str, text: str, actor: Actor) -> Document:
    """File a plain text document through the real store, sandbox and index."""
    staged = blob_store.stage_chunks([text.encode()])
    blob = blobs.store_staged([staged])[staged.sha256]
    content = NewVersion([NewComponent(ComponentKind.MAIN, blob, f"{title}.txt")])
    wanted = NewDocument(matter, title, Direction.OUTGOING, content, letter_date=date(2026, 11, 20))
    document = file_documents([wanted], actor)[0]
    texts.extract_texts([document.pk])
    index_documents([document.pk])
    document.refresh_from_db()
    return document
