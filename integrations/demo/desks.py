"""What lies on the desks of Musterstadt on the first morning: "Mein Tag" of every demo person.

Written by the services the browser calls, some of it on earlier days of ``clock.fixed``. The
story is a lawsuit in the Rechtsreferat: its clerk finds, keeps and changes everything about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from goettingen_ecm.access.services import NewSubstitution, create_substitutions
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Operation
from integrations.demo.desk_incoming import lay_into_baskets
from integrations.demo.desk_papers import (
    BUILDING_NOTE,
    CLAIM,
    FILING_RULES,
    OFFER,
    REPLY,
    REPLY_CHANGED,
    STRAY_LETTER,
    SUPPORT_NOTE,
)
from integrations.demo.papers import Paper, upload_of
from records.choices import (
    CaseFileStatus,
    CommentAudience,
    Confidentiality,
    Direction,
    ListPage,
    MailRhythm,
    MisfilingReason,
    NoteKind,
)
from records.follow_ups import file_target
from records.models import CaseFile, Document, FilePlanEntry
from records.services import (
    check_outs,
    file_marks,
    saved_searches,
    saved_views,
    search_subscriptions,
)
from records.services.actor import Actor, person
from records.services.case_files import NewCaseFile, open_case_files
from records.services.comments import NewComment, Region, add_comments, add_replies
from records.services.file_marks import MarkKind
from records.services.misfiling import Finding, mark_misfiled
from records.services.note_sheets import NoteText
from records.services.notes import NoteWish, write_note
from records.services.rights import Exclusion, change_confidentiality, exclude_persons
from records.services.uploads import UploadWish, file_upload
from records.services.versions import VersionWish, upload_version
from workflows.services.follow_ups import NewFollowUp, create_follow_ups

VERB = "demo.desks"
LAWSUIT = "Klage der Hoffmann Wohnbau GmbH gegen den Vorbescheid Lindenweg 4"
# Days before the first morning.
CLAIM_CAME, REPLY_BEGAN = timedelta(days=12), timedelta(days=4)
SUBSTITUTION_DAYS = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Desk:
    """A demo person at work on a day."""

    user: User

    def acting(self, what: str) -> Actor:
        return person(self.user, f"{VERB}.{what}")

    def opens(self, code: str, unit: str, title: str) -> CaseFile:
        wanted = NewCaseFile(
            entry=FilePlanEntry.objects.get(code=code),
            lead_unit=OrgUnit.objects.get(code=unit),
            title=title,
            case_worker=self.user,
        )
        return open_case_files([wanted], self.acting("open"))[0]

    def files(self, case_file: CaseFile, matter: str, paper: Paper, way: Direction) -> Document:
        today = clock.today()
        wish = UploadWish(
            file=upload_of(paper, today),
            title=paper.title,
            matter=case_file.matters.filter(title=matter).first(),
            matter_title=matter,
            document_type=None,
            direction=way,
            received_on=today if way == Direction.INCOMING else None,
            letter_date=today,
        )
        return file_upload(self.user, case_file, wish, VERB)

    def wants_again(self, case_file: CaseFile, day: date, reason: str) -> None:
        create_follow_ups(
            [NewFollowUp(file_target(case_file), day, reason)],
            actor=self.user,
            operation=self.acting("follow_up").operation,
        )

    def keeps(self, files: Sequence[CaseFile], kind: MarkKind = MarkKind.FAVOURITE) -> None:
        file_marks.set_marks(self.user, files, kind, on=True)


def desk(username: str) -> Desk:
    return Desk(User.objects.get(username=username))


@transaction.atomic
def lay_out_desks(now: datetime | None = None) -> bool:
    """Fill the desks once; False when they are filled already. ``now``: the first morning."""
    if Operation.objects.filter(verb__startswith=f"{VERB}.").exists():
        return False
    morning = now or clock.now()
    lawsuit = _lawsuit(morning)
    with clock.fixed(morning):
        rules = _rules_for_everybody()
        _law_office(lawsuit)
        lay_into_baskets(desk("reuter").user, OrgUnit.objects.get(code="30"), lawsuit)
        _other_offices(rules)
        _substitution()
    return True


def _lawsuit(morning: datetime) -> CaseFile:
    """The claim came twelve days ago; the reply was begun four days ago and is in work."""
    clerk, head = desk("reuter"), desk("petersen")
    with clock.fixed(morning - CLAIM_CAME):
        lawsuit = clerk.opens("30.10", "30", LAWSUIT)
        clerk.files(lawsuit, "Klageverfahren 2 A 112/26", CLAIM, Direction.INCOMING)
        begun = clock.today()
        clerk.wants_again(lawsuit, begun + CLAIM_CAME - timedelta(days=3), "Stellungnahme Bauamt?")
    with clock.fixed(morning - REPLY_BEGAN):
        reply = clerk.files(lawsuit, "Klageverfahren 2 A 112/26", REPLY, Direction.OUTGOING)
        wish = VersionWish(
            upload_of(REPLY_CHANGED, clock.today()), "Begründung ergänzt", base_number=1
        )
        upload_version(clerk.user, reply, wish, VERB)
    with clock.fixed(morning):
        _said_about(reply, clerk, head)
        check_outs.check_out([reply.pk], clerk.acting("check_out"))
        check_outs.ask_release(reply.pk, head.acting("ask_release"))
    return lawsuit


def _said_about(reply: Document, clerk: Desk, head: Desk) -> None:
    """A call with the court, and what the head wants changed in the reply."""
    call = NoteText(
        NoteKind.TELEPHONE,
        "Das Gericht fragt, bis wann die Klageerwiderung kommt.",
        "Geschäftsstelle der 2. Kammer",
        "Zugesagt bis Ende der Woche.",
    )
    write_note(clerk.user, reply.case_file, NoteWish(call, reply.matter), VERB)
    reply.refresh_from_db()
    place = Region(part=0, page=1, x=0.12, y=0.42, width=0.76, height=0.12)
    wanted = NewComment(reply, "Bitte die Frist noch belegen.", CommentAudience.TEAM, place)
    [asked] = add_comments([wanted], head.acting("comment"))
    add_replies([(asked, "Ergänze ich morgen.")], clerk.acting("reply"))


def _law_office(lawsuit: CaseFile) -> None:
    """Due today and coming; a protected file; somebody kept out of a file as befangen."""
    clerk, head, today = desk("reuter"), desk("petersen"), clock.today()
    clerk.wants_again(lawsuit, today, "Klageerwiderung: Frist des Gerichts prüfen")
    clerk.wants_again(lawsuit, today + timedelta(days=9), "Terminladung des Gerichts?")
    head.wants_again(lawsuit, today, "Klageerwiderung zeichnen")
    staff = clerk.opens("30.10", "30", "Anhörung in einer Dienstangelegenheit")
    change_confidentiality({staff.pk: Confidentiality.CONFIDENTIAL}, head.acting("protect"))
    office = desk("kaya")
    complaint = clerk.opens("30.10", "30", "Nachbarstreit Am Kiesteich 9")
    exclusion = Exclusion(complaint.pk, office.user.pk, "Nachbarin des Klägers")
    exclude_persons([exclusion], head.acting("exclude"))
    clerk.keeps([lawsuit, staff])
    clerk.keeps([complaint], MarkKind.WATCHED)
    saved_views.save_view(
        clerk.user,
        ListPage.CASE_FILES,
        "Offene Klagen",
        f"stand={CaseFileStatus.ACTIVE}&sortierung=aktenzeichen",
    )
    lawsuits = saved_searches.save_search(
        clerk.user, "Klagen in diesem Jahr", "q=Klage&ordnung=datum"
    )
    clerk.user.email = "reuter@musterstadt.example"
    clerk.user.save(update_fields=["email"])
    search_subscriptions.subscribe(clerk.user, lawsuits.pk, MailRhythm.DAILY)
    office.keeps([lawsuit])
    office.wants_again(lawsuit, today, "Kostenvorschuss angewiesen?")


def _rules_for_everybody() -> CaseFile:
    """An open file that even those without files of their own have in front of them."""
    registry = desk("lindner")
    rules = registry.opens("10.10", "10", "Dienstanweisung Schriftgutverwaltung")
    registry.files(rules, "Fassung 2026", FILING_RULES, Direction.INTERNAL)
    actor = registry.acting("open_to_all")
    [rules] = change_confidentiality({rules.pk: Confidentiality.OPEN}, actor)
    return rules


def _other_offices(rules: CaseFile) -> None:
    today = clock.today()
    clerk, builder, registry = desk("brandt"), desk("kruse"), desk("lindner")
    support = clerk.opens("50.20", "50.1", "Mietrückstände: Absprachen mit den Stadtwerken")
    clerk.files(support, "Runder Tisch Energieschulden", SUPPORT_NOTE, Direction.INTERNAL)
    clerk.wants_again(support, today, "Antwort der Stadtwerke?")
    clerk.keeps([support])
    garage = builder.opens("63.10", "63.1", "Garage Lindenweg 4")
    builder.files(garage, "Bauantrag", BUILDING_NOTE, Direction.INTERNAL)
    builder.wants_again(garage, today + timedelta(days=2), "Ortstermin vorbereiten")
    builder.keeps([garage])
    _misfiled(builder, garage)
    shelves = registry.opens("10.20", "10", "Rollregale für das Zwischenarchiv")
    registry.files(shelves, "Angebote", OFFER, Direction.INCOMING)
    registry.wants_again(shelves, today, "Zuschlag erteilen")
    registry.keeps([shelves])
    desk("voss").wants_again(support, today, "Bericht an den Sozialausschuss")
    for username in ("yilmaz", "hartmann", "seidel"):
        desk(username).keeps([rules])
        desk(username).wants_again(rules, today, "Dienstanweisung mitprüfen")


def _misfiled(clerk: Desk, case_file: CaseFile) -> None:
    """A letter of another office was filed here and is reported: data protection decides."""
    stray = clerk.files(case_file, "Bauantrag", STRAY_LETTER, Direction.INCOMING)
    finding = Finding(MisfilingReason.FOREIGN_DATA, "Schreiben der Wohngeldstelle")
    mark_misfiled([stray.pk], finding, clerk.acting("misfiled"))


def _substitution() -> None:
    """The head of the Rechtsreferat is away from today; the clerk acts in that role."""
    head, clerk, today = desk("petersen"), desk("reuter"), clock.today()
    wanted = NewSubstitution(head.user, clerk.user, today, today + SUBSTITUTION_DAYS)
    create_substitutions([wanted], actor=head.user, operation=head.acting("substitution").operation)
