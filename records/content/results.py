"""What callers hand to the sandbox and get back."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from records.content.problems import Problem


class Family(StrEnum):
    """Coarse kind of a file; decides how it is read and shown."""

    PDF = "pdf"
    IMAGE = "image"
    TEXT = "text"
    HTML = "html"
    XML = "xml"
    MAIL = "mail"
    DOCUMENT = "document"
    SPREADSHEET = "spreadsheet"
    PRESENTATION = "presentation"
    ARCHIVE = "archive"
    EXECUTABLE = "executable"
    MEDIA = "media"
    UNKNOWN = "unknown"


class TextState(StrEnum):
    """Same values as ``records.choices.TextState``, which the child does not import.

    NONE means no text is meant to be taken (archives; Office files until their renditions exist).
    """

    OK = "ok"
    EMPTY = "empty"
    GARBAGE = "garbage"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The type by content. ``extension`` has no dot; ``declared_mismatch`` = wrongly named."""

    mime: str
    extension: str
    family: Family
    declared_mismatch: bool = False
    has_macros: bool = False


UNKNOWN_TYPE = Sniffed("application/octet-stream", "", Family.UNKNOWN)


@dataclass(frozen=True, slots=True)
class InspectRequest:
    """A file to look at; name and MIME type are what the sender claims."""

    path: Path
    declared_name: str = ""
    declared_mime: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything found out about one file.

    ``sha256`` 32 bytes (empty: the file could not be read), ``size`` bytes; ``text`` has its pages joined by form feed (U+000C) and
    holds no NUL; ``text_truncated`` says a cap was reached. ``reached`` is False when the batch's
    deadline passed first: ask again, nothing is known. ``detail`` is for operators.
    """

    sha256: bytes
    size: int
    sniffed: Sniffed
    page_count: int | None = None
    problem: Problem | None = None
    problem_text: str = ""
    text: str = ""
    text_state: TextState = TextState.NONE
    has_text_layer: bool = False
    text_truncated: bool = False
    reached: bool = True
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PageImage:
    """An encoded picture of one page, without metadata of the original; size in pixels."""

    data: bytes
    width: int
    height: int
    mime: str


@dataclass(frozen=True, slots=True)
class PageWord:
    """A word on a page; box in points, origin top left, as the page is displayed.

    ``hyphenated``: the word goes on in the next one (the hyphen at the line end is not in ``text``).
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    hyphenated: bool = False


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of a page in reading order.

    Hyphenated words joined with their successors equal the page's ``Inspection.text`` split at
    white space, so hits found there can be marked here.
    """

    width_pt: float
    height_pt: float
    words: list[PageWord] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PageSize:
    """Size of a page as displayed (rotation applied), in points (1/72 inch)."""

    width_pt: float
    height_pt: float


class ContentUnreadable(Exception):  # noqa: N818 - a state of the file, shown to the clerk
    """A page could not be shown; ``problem`` says why, ``str()`` says it in German."""

    def __init__(self, problem: Problem, text: str) -> None:
        super().__init__(text)
        self.problem = problem
