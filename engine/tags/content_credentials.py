"""Content credentials (C2PA 2, c2pa.org): a signed statement, in the file itself, of what made its sound.

Needs the package c2pa-python, an extra. The key and its certificates are made once and kept in the program's data
folder; whoever has a certificate of their own puts it there. Who reads a statement under our own certificates learns
that the file was not changed since, and that nobody vouches for the signer (“untrusted”).
"""

import datetime
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engine import __version__, paths
from engine.errors import ExportError
from engine.tags.xmp import SourceType

CERTIFICATE, KEY = "certificate.pem", "key.pem"
"""Names in `credentials_folder` of the chain of certificates, the signer's first, and of its private key (ES256)."""

LARGEST = 0xFFFFFFFF - (1 << 20)
"""Bytes of a file that is signed."""

_TYPES = {".wav": "audio/wav", ".mp3": "audio/mpeg", ".flac": "audio/flac", ".aiff": "audio/aiff", ".opus": "audio/ogg"}
_YEARS = 10
_AGENT = "Continuo"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the statement in a file says. state: “Valid”, “Trusted” or “Invalid”. problems: codes of what is wrong."""

    state: str
    signer: str
    program: str
    actions: tuple[Mapping[str, Any], ...]
    problems: tuple[str, ...]


def available() -> bool:
    """Whether statements can be written and read here."""
    return find_spec("c2pa") is not None


def credentials_folder() -> Path:
    """Where key and certificates lie; not created."""
    return paths.data_dir() / "c2pa"


def can_sign(path: Path) -> bool:
    """Whether a file of this type can hold a statement here."""
    if not available():
        return False
    import c2pa

    return _TYPES.get(path.suffix.lower(), "") in c2pa.Builder.get_supported_mime_types()


def sign(part: Path, name: Path, title: str, source_type: SourceType, models: Mapping[str, str]) -> None:
    """Writes a statement into the file `part`, which will be called `name`; the samples stay as they are. Any thread.

    models: what made the sound, by name, and the version of its weights.

    Raises:
        ExportError: it cannot be signed; the file is as it was.
    """
    import c2pa

    if part.stat().st_size > LARGEST:
        return
    certificate, key = _identity()
    agents = [{"name": model, **({"version": version} if version else {})} for model, version in models.items()]
    created = {
        "action": "c2pa.created",
        "digitalSourceType": source_type.uri,
        "softwareAgent": agents[0] if agents else {"name": _AGENT, "version": __version__},
        "description": source_type.sentence,
    }
    actions = [{"action": "c2pa.edited", "softwareAgent": agent, "digitalSourceType": source_type.uri}
            for agent in agents[1:]]  # fmt: skip
    manifest = {
        "claim_generator_info": [{"name": _AGENT, "version": __version__}],
        "title": title,
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [created, *actions]}}],
    }
    signed = part.with_name(f"{part.name}.signed")
    try:
        info = c2pa.C2paSignerInfo(b"es256", certificate, key, None)
        with (
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(json.dumps(manifest)) as builder,
            part.open("rb") as source,
            signed.open("w+b") as target,
        ):
            builder.sign(signer, _TYPES[name.suffix.lower()], source, target)
        signed.replace(part)
    except c2pa.C2paError as error:
        raise ExportError(
            f"“{name.name}” cannot be signed ({error}): look at the certificate in “{credentials_folder()}”, or export "
            "without content credentials."
        ) from error
    finally:
        signed.unlink(missing_ok=True)


def read_credentials(path: Path) -> Credentials | None:
    """The statement in a file, checked; None where it has none, or where the package is missing."""
    kind = _TYPES.get(path.suffix.lower(), "")
    if not available() or not kind:
        return None
    import c2pa

    if kind not in c2pa.Reader.get_supported_mime_types():
        return None
    try:
        with path.open("rb") as file, c2pa.Reader(kind, file) as reader:
            content = json.loads(reader.json())
    except c2pa.C2paError:
        return None
    manifest = content.get("manifests", {}).get(content.get("active_manifest", ""), {})
    actions = [
        action
        for assertion in manifest.get("assertions", [])
        if str(assertion.get("label", "")).startswith("c2pa.actions")
        for action in assertion.get("data", {}).get("actions", [])
    ]
    info = (manifest.get("claim_generator_info") or [{}])[0]
    signature = manifest.get("signature_info") or {}
    failures = content.get("validation_results", {}).get("activeManifest", {}).get("failure", [])
    return Credentials(
        state=str(content.get("validation_state", "Invalid")),
        signer=str(signature.get("common_name") or signature.get("issuer") or ""),
        program=f"{info.get('name', '')} {info.get('version', '')}".strip(),
        actions=tuple(actions),
        problems=tuple(str(each.get("code", "")) for each in failures),
    )


def _identity() -> tuple[bytes, bytes]:
    """The chain of certificates and the private key, as PEM; made where they are missing."""
    folder = credentials_folder()
    certificate, key = folder / CERTIFICATE, folder / KEY
    try:
        if not (certificate.is_file() and key.is_file()):
            _make_identity(folder)
        return certificate.read_bytes(), key.read_bytes()
    except OSError as error:
        raise ExportError(
            f"The certificate for content credentials cannot be used: {error.filename} ({error.strerror or error})."
        ) from error


def _make_identity(folder: Path) -> None:
    """A key of an authority of our own, used once, and the key and certificate that it vouches for."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    now = datetime.datetime.now(datetime.UTC)
    end = now + datetime.timedelta(days=365 * _YEARS)

    def name(common: str) -> x509.Name:
        organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Continuo, self-signed")
        return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, common)])

    def begun(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(name("Continuo on this machine"))
        builder = builder.public_key(public).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - datetime.timedelta(minutes=5)).not_valid_after(end)
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
        return builder.add_extension(identifier, False).add_extension(
            x509.SubjectKeyIdentifier.from_public_key(public), False
        )

    def usage(*, signs_certificates: bool) -> x509.KeyUsage:
        other = dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
             "decipher_only"), False,
        )  # fmt: skip
        return x509.KeyUsage(
            digital_signature=not signs_certificates, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
            **other,
        )  # fmt: skip

    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = begun(name("Continuo on this machine"), authority.public_key())
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
    root_certificate = root.add_extension(usage(signs_certificates=True), True).sign(authority, hashes.SHA256())
    leaf = begun(name("Continuo"), key.public_key())
    leaf = leaf.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
    leaf = leaf.add_extension(usage(signs_certificates=False), True)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
    chain = [leaf.sign(authority, hashes.SHA256()), root_certificate]
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secret)
    (folder / CERTIFICATE).write_bytes(b"".join(each.public_bytes(pem) for each in chain))
