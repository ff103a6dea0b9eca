"""What codes on the first page of a scan say, so that a cover sheet leads to its file (E4)."""

import logging
from pathlib import Path

from records.content.results import ContentUnreadable, Family, Inspection
from records.services.cover_sheets import number_in_address
from records.services.sandbox import sandbox

log = logging.getLogger(__name__)
_SCANNED = (Family.PDF, Family.IMAGE)


def codes_on_first_page(path: Path, found: Inspection) -> list[str]:
    """One line per code; the address on our cover sheets becomes the file's number.

    Empty for other kinds of files and for what cannot be opened: why, the inspection says.
    """
    if found.problem or not found.reached or found.sniffed.family not in _SCANNED:
        return []
    try:
        said = sandbox().page_codes(path, 1)
    except ContentUnreadable as unreadable:
        log.info("no codes read on page 1 (%s)", unreadable.problem)
        return []
    return [number_in_address(one) or one for one in said]
