"""Every word of the language with its arguments. What is not here does not parse.

Argument kinds: e number or text or boolean, n number, c condition, k whole-number literal,
s text literal. A trailing `?` marks an optional one, a trailing `*` one or more.
"""

from collections.abc import Mapping
from typing import Final

SCALAR: Final[Mapping[str, str]] = {
    "abs": "n",
    "round": "nk?",
    "floor": "n",
    "ceil": "n",
    "ln": "n",
    "log10": "n",
    "sqrt": "n",
    "sign": "n",
    "power": "nn",
    "least": "nn*",
    "greatest": "nn*",
    "coalesce": "ee*",
    "to_unit": "ns",
    "in_unit": "ns",
    "has_tag": "s",
    "param": "s",
}
ACCESSORS: Final[Mapping[str, str]] = {"ytd": "e", "base": "e", "head": "e"}
TIME: Final[Mapping[str, str]] = {
    "prev": "ek?",
    "year_ago": "e",
    "opening": "e",
    "avg_last": "nk",
    "median_last": "nk",
    "min_last": "nk",
    "max_last": "nk",
    "std_last": "nk",
    "for_months": "ck",
    "count_last": "ck",
}
AGGREGATES: Final[Mapping[str, str]] = {
    "sum": "n",
    "avg": "n",
    "min": "n",
    "max": "n",
    "median": "n",
    "count_where": "c",
    "sum_where": "nc",
    "firms": "",
    "lines": "",
}
OVERALL: Final = "overall"
FUNCTIONS: Final[Mapping[str, str]] = {**SCALAR, **ACCESSORS, **TIME, **AGGREGATES, OVERALL: "n"}

# Words that may stand before an opening parenthesis without being functions.
CONNECTIVES: Final = frozenset({"and", "or", "not", "in", "when", "then", "else", "case", "between", "is"})
RESERVED: Final = CONNECTIVES | {"end", "null", "true", "false", "known", "unknown"}

NUMERIC: Final = frozenset({"+", "-", "*", "/"})
COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})

MAX_TEXT: Final = 2048  # bytes
MAX_DEPTH: Final = 40
MAX_LIST: Final = 200
MAX_ARGUMENTS: Final = 100  # engines stop at 127
MAX_NODES: Final = 600
MAX_SPAN: Final = 36  # periods a single time word may look back: a little over three years
MAX_UNROLLED: Final = 5000  # nodes after time words are written out


def arity(name: str) -> tuple[int, int]:
    """Return the least and the most number of arguments of a word."""
    pattern = FUNCTIONS[name]
    most = len(pattern.replace("?", "").replace("*", ""))
    return most - pattern.count("?"), MAX_ARGUMENTS if "*" in pattern else most


def kind_of(name: str, index: int) -> str:
    """Return the kind letter of one argument of a word."""
    letters = FUNCTIONS[name].replace("?", "").replace("*", "")
    return letters[min(index, len(letters) - 1)]
