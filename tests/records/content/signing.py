"""Certificates and signatures made for tests: a city's own authority, a signer, a time stamp service."""

import datetime as dt
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

NOW = dt.datetime.now(dt.UTC)
YEAR = dt.timedelta(days=365)
DER = serialization.Encoding.DER


@dataclass(frozen=True)
class Identity:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def asn1(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.der)

    @property
    def asn1_key(self) -> keys.PrivateKeyInfo:
        plain = serialization.NoEncryption()
        data = self.key.private_bytes(DER, serialization.PrivateFormat.PKCS8, plain)
        return keys.PrivateKeyInfo.load(data)


def identity(
    name: str, issuer: Identity | None = None, *, mail: str = "", until: dt.datetime | None = None
) -> Identity:
    """A certificate signed by ``issuer``; without one it is an authority of its own."""
    service = name.startswith("Zeitstempel")
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    # pyhanko's time stamper for tests knows RSA alone.
    key = (
        rsa.generate_private_key(65537, 2048)
        if service
        else ec.generate_private_key(ec.SECP256R1())
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before((until or NOW) - 2 * YEAR)
        .not_valid_after(until or NOW + YEAR)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(_usage(authority=issuer is None), critical=True)
    )
    if mail:
        made = made.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(mail)]), False)
    if service:
        stamps = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        made = made.add_extension(stamps, critical=True)
    return Identity(made.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


@lru_cache
def authority() -> Identity:
    return identity("Vertrauensstelle der Stadt")


@lru_cache
def erika() -> Identity:
    return identity("Erika Muster", authority(), mail="erika@example.org")


def signed_pdf(plain: bytes, who: Identity | None = None, *, stamped: bool = False) -> bytes:
    """The PDF with one more signature, by Erika unless told otherwise."""
    who = who or erika()
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register(authority().asn1)
    signer = signers.SimpleSigner(who.asn1, who.asn1_key, store)
    stamper = None
    if stamped:
        service = identity("Zeitstempeldienst", authority())
        stamper = DummyTimeStamper(service.asn1, service.asn1_key, store)
    target = BytesIO()
    facts = signers.PdfSignatureMetadata(field_name=f"Unterschrift{plain.count(b'/ByteRange')}")
    writer = IncrementalPdfFileWriter(BytesIO(plain), strict=False)
    signers.sign_pdf(writer, facts, signer, timestamper=stamper, output=target)
    return target.getvalue()


def signed_mail(text: str, sender: str = "erika@example.org", *, opaque: bool = False) -> bytes:
    """An S/MIME message (RFC 8551) as a mail program sends it."""
    builder = pkcs7.PKCS7SignatureBuilder().set_data(f"{text}\r\n".encode())
    builder = builder.add_signer(erika().certificate, erika().key, hashes.SHA256())
    head = f"From: {sender}\nTo: post@stadt.example\nSubject: Antrag\nMessage-ID: <1@example.org>\n"
    if opaque:
        body = b64encode(builder.sign(DER, []))
        kind = "MIME-Version: 1.0\nContent-Type: application/pkcs7-mime; smime-type=signed-data\n"
        return f"{head}{kind}Content-Transfer-Encoding: base64\n\n".encode() + body
    how = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Text]
    return head.encode() + builder.sign(serialization.Encoding.SMIME, how)
