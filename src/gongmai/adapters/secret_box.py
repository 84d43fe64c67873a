"""Sealing with Fernet (AES-CBC and HMAC-SHA256) under keys of the installation.

The keys are lines of the file ``factor_keys`` beside the secret key, or GONGMAI_FACTOR_KEYS with commas
between them. The first seals, all unseal: to rotate, put a new line first; what is used is sealed again
with it.
"""

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class FernetBox:
    """Fills core.access.ports.SecretBox."""

    def seal(self, text: str) -> str:
        """The text, readable only with one of the keys."""
        return _box().encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """The text again; ValueError where no key fits."""
        try:
            return _box().decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise ValueError("no key of this installation opens it") from error


def _box() -> MultiFernet:
    listed = os.environ.get("GONGMAI_FACTOR_KEYS", "").split(",")
    keys = [key for key in listed if key] or _keys_in(Path(settings.DATA_DIR) / "factor_keys")
    return MultiFernet([Fernet(key) for key in keys])


def _keys_in(path: Path) -> list[str]:
    """The lines of the file, which is created once with owner-only rights."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().split()
    with os.fdopen(descriptor, "w") as handle:
        handle.write(Fernet.generate_key().decode() + "\n")
    return path.read_text().split()
