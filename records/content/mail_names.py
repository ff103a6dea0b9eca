"""Names of files out of mails and for them."""

import mimetypes
import re
import unicodedata

_NAME_CHARS = 150
_ODD = re.compile(r'[\\/:*?"<>|]+')


def file_name(name: str, mime: str, number: int) -> str:
    """What an attachment is called: no path, nothing invisible; a number where it has no name."""
    shown = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf"))
    clean = _ODD.sub("_", re.split(r"[\\/]", shown)[-1]).strip(" .")
    if not clean:
        clean = f"Anlage {number}{mimetypes.guess_extension(mime) or ''}"
    stem, dot, extension = clean.rpartition(".")
    if not dot or len(extension) > 10:
        return clean[:_NAME_CHARS]
    return f"{stem[: _NAME_CHARS - len(extension) - 1]}.{extension}"


def mail_file_name(subject: str, number: int = 1) -> str:
    """What a mail without a name of its own is called: its subject, numbers in it kept whole."""
    words = re.sub(r"[\\/]", "-", subject).strip()
    return file_name(f"{words}.eml" if words else "", "message/rfc822", number)
