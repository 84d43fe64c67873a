"""Sealing small secrets at rest: AES-256-GCM under a key derived from the installation's own secret.

Whoever takes a copy of the database alone reads no webhook address and no signing secret. A sealed text is
bound to its purpose, so that it cannot be moved to another column.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gongmai.core.notify.types import NotifyError

NONCE_BYTES = 12
PREFIX = "s1."


def seal(installation_secret: str, purpose: str, text: str) -> str:
    """The text as it is stored; an empty one stays empty."""
    if not text:
        return ""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(_key(installation_secret)).encrypt(nonce, text.encode(), purpose.encode())
    return PREFIX + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(installation_secret: str, purpose: str, stored: str) -> str:
    """The text that was sealed. Raises NotifyError `unreadable_secret`, as after a change of the secret."""
    if not stored:
        return ""
    try:
        data = base64.urlsafe_b64decode(stored.removeprefix(PREFIX))
        key = AESGCM(_key(installation_secret))
        return key.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], purpose.encode()).decode()
    except (InvalidTag, ValueError):
        raise NotifyError("unreadable_secret") from None


def _key(installation_secret: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"gongmai notify secrets")
    return derive.derive(installation_secret.encode())
