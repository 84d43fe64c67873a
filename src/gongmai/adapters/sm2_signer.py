"""SM2 signatures in software. Where approved products are needed, another adapter takes its place."""

from gmalg import SM2

_USER_ID = b"1234567812345678"
_KEY_DIGITS, _NUMBER_DIGITS = 128, 64
_UNCOMPRESSED = b"\x04"


class Sm2Signer:
    """Fills `core.audit.ports.Signer`."""

    def make_keys(self) -> tuple[str, str]:
        """A new key pair in hexadecimal: private, public (x and y)."""
        private, public = SM2().generate_keypair()
        return private.hex().zfill(_NUMBER_DIGITS), public[1:].hex().zfill(_KEY_DIGITS)

    def sign(self, private: str, public: str, message: bytes) -> str:
        """The signature, r and s of equal length in hexadecimal."""
        machine = SM2(bytes.fromhex(private), _USER_ID, _UNCOMPRESSED + bytes.fromhex(public))
        r, s = machine.sign(message)
        return f"{r.hex():0>{_NUMBER_DIGITS}}{s.hex():0>{_NUMBER_DIGITS}}"

    def verify(self, public: str, message: bytes, signature: str) -> bool:
        """Whether it holds; False for a key that is no point or a signature of the wrong shape."""
        if len(public) != _KEY_DIGITS or len(signature) != 2 * _NUMBER_DIGITS:
            return False
        try:
            point, numbers = _UNCOMPRESSED + bytes.fromhex(public), bytes.fromhex(signature)
            middle = _NUMBER_DIGITS // 2
            return bool(SM2(None, _USER_ID, point).verify(message, numbers[:middle], numbers[middle:]))
        except Exception:  # noqa: BLE001 - the library has no one error for malformed input
            return False
