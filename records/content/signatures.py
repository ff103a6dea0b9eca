"""Electronic signatures of PDF files and mails, looked at inside the child (requirement S6).

Nothing is asked over the network: whether a certificate was revoked stays unknown, and the finding
says so. What is trusted are the certificates the caller brings (ETSI EN 319 102-1 calls the rest
"indeterminate").
"""

import logging
import re
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from io import BytesIO
from typing import Any

from asn1crypto import cms, pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_detached_cms, async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from records.content.problems import Problem
from records.content.results import ContentUnreadable
from records.content.signature_results import Chain, Finding

# Paths that lead nowhere are findings, not faults of ours.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)

PDF_TYPE = "application/pdf"
MOST_SIGNATURES = 50
SIGNED_TYPES = ("application/pkcs7-signature", "application/x-pkcs7-signature")
OPAQUE_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
# Mails are often signed with certificates for signing in general.
USAGE = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
)
# What hostile bytes make these libraries raise; anything else is a fault of ours.
ERRORS = (
    PdfError,
    SignatureValidationError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    NotImplementedError,
)


def check(data: bytes, mime: str, anchors: Sequence[bytes]) -> list[Finding]:
    """One finding per signature, in the order they were made; none for a file without.

    ``anchors``: certificates (DER or PEM) that are trusted. Raises ContentUnreadable.
    """
    roots = [one for each in anchors for one in certificates(each)]
    try:
        return _pdf(data, roots) if mime == PDF_TYPE else _mail(data, roots)
    except ERRORS as error:
        raise ContentUnreadable(Problem.BROKEN, repr(error)[:200]) from error


def certificates(data: bytes) -> list[x509.Certificate]:
    """The certificates of a file, PEM (several) or DER (one). Raises ValueError."""
    if not pem.detect(data):
        return [x509.Certificate.load(data, strict=True)]
    found = pem.unarmor(data, multiple=True)
    return [x509.Certificate.load(der) for kind, _head, der in found if kind == "CERTIFICATE"]


def _context(roots: Sequence[x509.Certificate], moment: datetime | None) -> ValidationContext:
    return ValidationContext(
        trust_roots=list(roots),
        allow_fetching=False,
        revocation_mode="soft-fail",
        weak_hash_algos={"md2", "md5"},
        moment=moment,
    )


def _pdf(data: bytes, roots: Sequence[x509.Certificate]) -> list[Finding]:
    reader = PdfFileReader(BytesIO(data), strict=False)
    if reader.encrypted:
        raise ContentUnreadable(Problem.ENCRYPTED, "signed and encrypted")
    return [_of_pdf(one, roots) for one in reader.embedded_signatures[:MOST_SIGNATURES]]


def _of_pdf(embedded: Any, roots: Sequence[x509.Certificate]) -> Finding:
    try:
        status = _done(
            async_validate_pdf_signature(
                embedded,
                signer_validation_context=_context(roots, None),
                ts_validation_context=_context(roots, None),
                key_usage_settings=USAGE,
            )
        )
    except ERRORS as error:
        return Finding(problem=repr(error)[:200])
    level = status.modification_level
    return _finding(
        status,
        whole=status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION,
        changed=status.coverage < SignatureCoverageLevel.ENTIRE_FILE
        and level not in (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES),
        harmless=level in (ModificationLevel.FORM_FILLING, ModificationLevel.ANNOTATIONS),
    )


def _mail(data: bytes, roots: Sequence[x509.Certificate]) -> list[Finding]:
    message = BytesParser(policy=policy.default).parsebytes(data)
    sender = parseaddr(str(message.get("From", "")))[1].lower()
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "multipart/signed" and part.get_boundary() is None:
            # Some gateways hand the signed mail on as an attachment with its own head inside.
            return _mail(str(part.get_payload()).encode("utf-8", "surrogateescape"), roots)
        if kind == "multipart/signed":
            content, signature = _signed_parts(part, data)
            return [_of_mail(content, _signed_data(signature), sender, roots)]
        if kind in OPAQUE_TYPES and "enveloped" not in str(part.get_param("smime-type", "")):
            return [_of_opaque(_payload(part), sender, roots)]
    return []


def _signed_parts(part: EmailMessage, data: bytes) -> tuple[bytes, bytes]:
    """The signed bytes as they were sent (RFC 8551 section 3.1.1: lines end with CR LF) and the CMS."""
    boundary = str(part.get_boundary("")).encode()
    whole = re.sub(rb"\r?\n", b"\r\n", data)
    pieces = whole.split(b"\r\n--" + boundary)
    signature = [p for p in part.walk() if p.get_content_type() in SIGNED_TYPES]
    if not boundary or len(pieces) < 3 or not signature:
        raise ValueError("no signed parts")
    return pieces[1].removeprefix(b"\r\n"), _payload(signature[-1])


def _payload(part: Any) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _of_opaque(signature: bytes, sender: str, roots: Sequence[x509.Certificate]) -> Finding:
    """The content travels inside the signature: taken out, it is checked like any other."""
    signed = _signed_data(signature)
    inner = signed["encap_content_info"]
    content = inner["content"].native
    signed["encap_content_info"] = type(inner)({"content_type": inner["content_type"].native})
    return _of_mail(content if isinstance(content, bytes) else b"", signed, sender, roots)


def _signed_data(signature: bytes) -> cms.SignedData:
    info = cms.ContentInfo.load(signature)
    if info["content_type"].native != "signed_data":
        raise ValueError("no signed data")
    return info["content"]


def _of_mail(
    content: bytes, signed: cms.SignedData, sender: str, roots: Sequence[x509.Certificate]
) -> Finding:
    try:
        status = _done(
            async_validate_detached_cms(
                content,
                signed,
                signer_validation_context=_context(roots, None),
                ts_validation_context=_context(roots, None),
                key_usage_settings=USAGE,
            )
        )
    except ERRORS as error:
        return Finding(problem=repr(error)[:200])
    found = _finding(status, whole=True, changed=False, harmless=False)
    addresses = _addresses(status.signing_cert)
    found.sender_matches = sender in addresses if addresses and sender else None
    return found


def _addresses(certificate: x509.Certificate) -> set[str]:
    names = certificate.subject_alt_name_value
    found = {one.native.lower() for one in names or () if one.name == "rfc822_name"}
    subject = certificate.subject.native.get("email_address")
    return found | ({subject.lower()} if isinstance(subject, str) else set())


def _finding(status: Any, *, whole: bool, changed: bool, harmless: bool) -> Finding:
    certificate = status.signing_cert
    stamp = status.timestamp_validity
    stamped = stamp is not None and stamp.intact and stamp.valid
    return Finding(
        signer=_name(certificate.subject),
        issuer=_name(certificate.issuer),
        claimed_at=_iso(status.signer_reported_dt),
        stamped_at=_iso(stamp.timestamp) if stamped else "",
        stamp_trusted=bool(stamped and stamp.trusted),
        intact=bool(status.intact and status.valid),
        whole=whole,
        changed=changed,
        harmless=harmless,
        chain=_chain(status, certificate),
        valid_from=_iso(certificate.not_valid_before),
        valid_until=_iso(certificate.not_valid_after),
    )


def _chain(status: Any, certificate: x509.Certificate) -> Chain:
    if status.trusted:
        return Chain.TRUSTED
    now = datetime.now(UTC)
    expired = not certificate.not_valid_before <= now <= certificate.not_valid_after
    return Chain.EXPIRED if expired else Chain.UNKNOWN


def _name(name: x509.Name) -> str:
    facts = name.native
    shown = [facts.get(key) for key in ("common_name", "organization_name")]
    texts = [one if isinstance(one, str) else ", ".join(one) for one in shown if one]
    return (" · ".join(dict.fromkeys(texts)) or name.human_friendly)[:200]


def _iso(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment is not None else ""


def _done(asked: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that has nothing to wait for: without network, none of these has.

    No event loop: it would open sockets, which the child may not.
    """
    try:
        asked.send(None)
    except StopIteration as done:
        return done.value
    raise ValueError("a check wanted to wait")
