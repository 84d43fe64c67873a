"""SM3 and SM2 against the published vectors, and two implementations against each other."""

import hashlib

from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from tests.core.audit import inspector

from gongmai.core.audit.rules.chain import compute_hash
from gongmai.core.audit.types import GENESIS, Line
from gongmai.core.ports import adapter

SCRIPT = inspector.load()
# GB/T 32918.5-2017, annex A.2: the identifier is 1234567812345678
PUBLIC = (
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SIGNATURE = (
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


def test_sm3_gives_the_published_values() -> None:
    for sm3 in (SCRIPT.sm3, SCRIPT.sm3_in_python):
        assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        assert sm3(b"abcd" * 16) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


@given(st.binary(max_size=300))
def test_sm3_in_python_agrees_with_the_library(data: bytes) -> None:
    assert SCRIPT.sm3_in_python(data) == hashlib.new("sm3", data).hexdigest()


def test_sm2_accepts_the_published_signature() -> None:
    assert SCRIPT.sm2_holds(PUBLIC, b"message digest", SIGNATURE)
    assert adapter("signer").verify(PUBLIC, b"message digest", SIGNATURE)


@effort(max_examples=15, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 127))
def test_both_implementations_agree_on_right_and_wrong_signatures(message: bytes, place: int) -> None:
    signer = adapter("signer")
    private, public = signer.make_keys()
    signature = signer.sign(private, public, message)
    other = "0" if signature[place] != "0" else "1"
    wrong = signature[:place] + other + signature[place + 1 :]
    for verify in (signer.verify, SCRIPT.sm2_holds):
        assert verify(public, message, signature)
        assert not verify(public, message, wrong)
        assert not verify(public, message + b"!", signature)
        assert not verify("00" * 64, message, signature)
        assert not verify(public, message, "nonsense")


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(TEXT, TEXT, st.integers(0, 15), st.none() | st.integers(1, 2**40))
def test_the_inspectors_script_hashes_a_line_as_the_product_does(
    text: str, other: str, stream: int, number: int | None
) -> None:
    line = Line(stream, 1, text, number, other, text, other, text, other)
    fields = [GENESIS, stream, 1, text, number, other, text, other, text, other]
    assert SCRIPT.sm3(SCRIPT.compact(fields)) == compute_hash(GENESIS, line)
