"""What the provider of signatures must do, be it software or a machine. The setting `signer` names it."""

from typing import Protocol


class Signer(Protocol):
    """SM2 signatures with SM3 (GB/T 32918.2-2016), user identifier 1234567812345678."""

    def make_keys(self) -> tuple[str, str]:
        """A new key pair in hexadecimal: private (64 digits), public (x and y, 128 digits)."""
        ...

    def sign(self, private: str, public: str, message: bytes) -> str:
        """The signature of a message, r and s in hexadecimal (128 digits)."""
        ...

    def verify(self, public: str, message: bytes, signature: str) -> bool:
        """Whether the signature is that of the key over the message; False for anything malformed."""
        ...
