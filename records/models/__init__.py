"""The data model of records (architecture.md §4)."""

from records.models.blob import Blob, BlobContent
from records.models.case_file import (
    CaseFile,
    CaseFileExclusion,
    ExternalKey,
    Matter,
    SpecialistSystem,
)
from records.models.check_out import CheckOut
from records.models.comment import Comment
from records.models.compound_word import CompoundWord
from records.models.cross_reference import CrossReference
from records.models.deletion import DeletionProposal
from records.models.document import Component, Document, DocumentType, DocumentVersion
from records.models.document_copy import DocumentCopy
from records.models.document_move import DocumentMove
from records.models.emergency_access import EmergencyAccess, RightsReview
from records.models.file_mark import FileMark
from records.models.file_plan import FilePlan, FilePlanEntry, NumberCounter
from records.models.file_type import BusinessDataValue, FileType, FileTypeField
from records.models.former_number import FormerNumber
from records.models.grants import (
    CaseFileGroupGrant,
    CaseFileUserGrant,
    PlanEntryGroupGrant,
    PlanEntryUserGrant,
)
from records.models.hold import Hold
from records.models.incoming import IncomingFile, IncomingItem, IncomingStep
from records.models.inspection import Inspection, InspectionBasis, InspectionDocument
from records.models.matter_merge import MatterMerge
from records.models.misfiling import Misfiling
from records.models.paper_loan import PaperLoan
from records.models.party import Participation, Party
from records.models.register import RegisterPlacement, RegisterSection
from records.models.rendition import Rendition
from records.models.saved_view import SavedView
from records.models.search import DocumentText, SearchEntry
from records.models.search_subscription import SearchSubscription
from records.models.search_word import SearchWord
from records.models.sent_mail import SentMail
from records.models.signature import SignatureReport
from records.models.staff_move import StaffMove
from records.models.unit_change import UnitChange
from records.models.unit_training import UnitTraining
from records.models.volume import Volume
from records.models.working_copy import WorkingCopy

__all__ = [
    "Blob",
    "BlobContent",
    "BusinessDataValue",
    "CaseFile",
    "CaseFileExclusion",
    "CaseFileGroupGrant",
    "CaseFileUserGrant",
    "CheckOut",
    "Comment",
    "Component",
    "CompoundWord",
    "CrossReference",
    "DeletionProposal",
    "Document",
    "DocumentCopy",
    "DocumentMove",
    "DocumentText",
    "DocumentType",
    "DocumentVersion",
    "EmergencyAccess",
    "ExternalKey",
    "FileMark",
    "FilePlan",
    "FilePlanEntry",
    "FileType",
    "FileTypeField",
    "FormerNumber",
    "Hold",
    "IncomingFile",
    "IncomingItem",
    "IncomingStep",
    "Inspection",
    "InspectionBasis",
    "InspectionDocument",
    "Matter",
    "MatterMerge",
    "Misfiling",
    "NumberCounter",
    "PaperLoan",
    "Participation",
    "Party",
    "PlanEntryGroupGrant",
    "PlanEntryUserGrant",
    "RegisterPlacement",
    "RegisterSection",
    "Rendition",
    "RightsReview",
    "SavedView",
    "SearchEntry",
    "SearchSubscription",
    "SearchWord",
    "SentMail",
    "SignatureReport",
    "SpecialistSystem",
    "StaffMove",
    "UnitChange",
    "UnitTraining",
    "Volume",
    "WorkingCopy",
]
