"""A rule's boxes."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gongmai.monitor.rule.rules.entry import read_examples, write_examples

NAMES = st.sampled_from(["output", "period", "electricity", "sales", "name", "workforce"])
ROWS = st.dictionaries(NAMES, st.integers(-(10**6), 10**6) | st.none() | st.booleans(), min_size=1)
EXAMPLES = st.lists(
    st.fixed_dictionaries(
        {"name": st.text("ab c", min_size=1), "given": ROWS | st.lists(ROWS, min_size=1, max_size=3)}
    ).flatmap(
        lambda each: st.sampled_from([True, False, None, 12]).map(lambda answer: {**each, "expect": answer})
    ),
    max_size=5,
)


def backwards(value: Any) -> Any:
    """The same, with the keys of every mapping the other way round."""
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return [backwards(each) for each in value] if isinstance(value, list) else value


@given(EXAMPLES)
def test_examples_read_back_as_written_whatever_order_their_keys_came_in(
    examples: list[dict[str, Any]],
) -> None:
    text = write_examples(examples)
    assert write_examples(backwards(examples)) == text
    assert read_examples(text) == examples
