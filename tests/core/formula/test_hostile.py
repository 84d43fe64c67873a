# ruff: noqa: E501 - the corpus is read in columns
"""Nothing outside the whitelist parses, and nothing takes long: escapes and resource payloads."""

import itertools
import resource
import subprocess
import sys

import duckdb
import pytest
from tests.core.formula.panels import VOCABULARY

from gongmai.adapters.sqlite_rows import SqliteRowEvaluator
from gongmai.core.formula.rules.check import check
from gongmai.core.formula.rules.parse import parse
from gongmai.core.formula.rules.staged import compile_rows
from gongmai.core.formula.types import Dialect, Formula, FormulaError, View

STATEMENTS = [
    "drop table panel", "delete from panel", "insert into panel values (1)", "update panel set a = 1",
    "attach ':memory:' as x", "attach 'city.duckdb'", "pragma table_info(panel)", "pragma journal_mode", "copy panel to 'x.csv'",
    "create table x as select 1", "create view v as select 1", "create function f() as 1", "create macro f(x) as x",
    "alter table panel add column x int", "truncate table panel", "vacuum", "analyze", "begin", "commit", "rollback",
    "call f()", "install httpfs", "load httpfs", "set threads = 1", "use x", "show tables", "describe panel",
    "explain select 1", "grant all to x", "export database 'x'", "import database 'x'", "checkpoint",
    "prepare p as select 1", "execute p", "kill 1", "merge into panel using x on a", "refresh table x", "cache table x",
    "select 1", "select * from panel", "select a from panel where a > 1", "with x as (select 1) select * from x",
    "values (1)", "table panel", "from panel", "from panel select a", "pivot panel on a", "summarize panel",
]  # fmt: skip
QUERIES = [
    "(select 1)", "a + (select 1)", "a in (select a from panel)", "exists (select 1)", "not exists (select 1)",
    "a > all (select 1)", "a > any (select 1)", "a = some (select 1)", "(select max(a) from panel) > 1",
    "(values (1))", "a union select 1", "a intersect select 1", "a except select 1", "array(select 1)",
    "sum(a) over ()", "sum(a) over (partition by region)", "row_number() over (order by a)", "lag(a) over (order by a)",
    "sum(a) filter (where a > 1)", "sum(distinct a)", "count(distinct a)", "count(*)", "sum(*)", "*", "panel.*",
    "a within group (order by a)", "a order by a", "a limit 1", "a group by a", "a having a > 1", "a from panel",
    "a where a > 1", "a as b", "a b", "a, b", "(a, b)", "(a, b) = (1, 2)", "row(a, b)", "struct(a)", "a qualify 1",
    "a tablesample 10", "a offset 1", "a fetch first 1 row only", "a for update", "distinct a", "all a",
]  # fmt: skip
CALLS = [
    f"{name}({args})"
    for name, args in [
        ("load_extension", "'x'"), ("readfile", "'x'"), ("writefile", "'x', 'y'"), ("read_csv", "'x'"), ("read_text", "'x'"),
        ("read_parquet", "'x'"), ("read_blob", "'x'"), ("glob", "'*'"), ("getenv", "'HOME'"), ("current_setting", "'x'"),
        ("query", "'select 1'"), ("query_table", "'x'"), ("sqlite_version", ""), ("version", ""), ("random", ""),
        ("randomblob", "9"), ("zeroblob", "9"), ("hex", "a"), ("char", "65"), ("unicode", "mood"), ("printf", "'x'"),
        ("format", "'x'"), ("substr", "mood, 1"), ("substring", "mood, 1"), ("replace", "mood, 'a', 'b'"),
        ("upper", "mood"), ("lower", "mood"), ("trim", "mood"), ("concat", "mood, mood"), ("repeat", "mood, 9"),
        ("lpad", "mood, 9"), ("regexp_matches", "mood, 'x'"), ("regexp_replace", "mood, 'a', 'b'"), ("split", "mood, 'x'"),
        ("length", "mood"), ("instr", "mood, 'x'"), ("typeof", "a"), ("cast", "a as int"), ("try_cast", "a as int"),
        ("convert", "a, int"), ("date", "'now'"), ("now", ""), ("current_timestamp", ""), ("strftime", "'x', 1"),
        ("datetime", "'now'"), ("julianday", "'now'"), ("sleep", "9"), ("pg_sleep", "9"), ("benchmark", "9, 1"),
        ("range", "9"), ("generate_series", "1, 9"), ("unnest", "a"), ("explode", "a"), ("list_value", "1"), ("array_agg", "a"),
        ("string_agg", "mood"), ("group_concat", "mood"), ("collect_list", "a"), ("json_extract", "mood, 'x'"), ("map", "1, 2"),
        ("reflect", "'java.lang.Runtime', 'x'"), ("java_method", "'x', 'y'"), ("input_file_name", ""), ("uuid", ""), ("hash", "a"),
        ("md5", "mood"), ("sha1", "mood"), ("exp", "a"), ("log", "a"), ("log2", "a"), ("sin", "a"), ("nullif", "a, 0"),
        ("ifnull", "a, 0"), ("nvl", "a, 0"), ("iif", "a, 1, 2"), ("if", "a, 1, 2"), ("decode", "a, 1, 2"), ("eval", "'1'"),
        ("exec", "'1'"), ("system", "'x'"), ("shell", "'x'"), ("__import__", "'os'"), ("total_changes", ""), ("changes", ""),
        ("count", "a"), ("first", "a"), ("any_value", "a"), ("stddev", "a"), ("quantile", "a, 0.5"), ("mode", "a"),
        ("getvariable", "'x'"), ("nextval", "'x'"), ("error", "'x'"), ("current_user", ""), ("current_database", ""),
    ]
]  # fmt: skip
MARKS = [
    "a; drop table panel", "a;", ";", "a -- comment", "a --", "--", "a /* comment */", "/* x */ a", "a /*", "*/ a", "# a", "a # b",
    '"a"', '"a', "`a`", "`a", "[a]", "panel.a", "main.panel.a", "a.b.c", "a::int", "a::varchar", "cast(a as int)", "$1", "?", "?1",
    ":a", "@a", "@@version", "%s", "{a}", "{{a}}", "${a}", "a[1]", "a[1:2]", "a{1}", "\\", "a\\b", "'a\\'b'", "'a''b'", "''''",
    "'a", "a'", "'a' || 'b'", "a | b", "a & b", "a ^ b", "a << 1", "a >> 1", "~ a", "a % 2", "a // b", "a ** b", "a -> b",
    "a ->> 'x'", "x -> x + 1", "lambda x: x", "a := 1", "a == 1", "a => 1", "a <=> b", "a !", "! a", "a !< b", "a like 'x'",
    "mood like '%'", "mood ilike 'x'", "mood similar to 'x'", "mood glob '*'", "mood regexp 'x'", "mood rlike 'x'", "mood ~ 'x'",
    "mood collate nocase", "a is distinct from b", "a is 1", "a is b", "a isnull", "a notnull", "a between 1", "a between symmetric 1 and 2",
    "case", "case when", "case a when 1 then 2 end", "case when a then 1", "a in ()", "a in b", "a in (b, c)", "a in 1", "a not 1",
    "interval 1 day", "interval '1' day", "date '2020-01-01'", "timestamp '2020-01-01'", "x'ff'", "b'1'", "e'x'", "n'x'", "u&'x'",
    "0xff", "0b1", "1_000", "1e", "1e999", "1.2.3", "1..2", ".", "..", "1.", ".5.", "1a", "99999999999999999999999999", "inf", "nan",
    "a\x00b", "a\x0bb", "a\u00a0b", "a\u200bb", "a\u202eb", "\ufeffa", "\uff41", "\uff08a\uff09", "a\uff1bb", "产值", "a＞1", "a \u2212 b",
    "null", "unknown", "known", "true false", "and", "or a", "a and", "not", "a or or b", "()", "(a", "a)", "((a)", "a b c", "a a",
    "current_date", "current_time", "current_timestamp", "current_user", "session_user", "default", "rowid", "_rowid_", "oid",
    "try a", "try(a)", "extract(year from a)", "position('a' in mood)", "overlay(mood placing 'x' from 1)", "a at time zone 'utc'",
    "prior a", "connect_by_root a", "next value for x", "a escape 'x'", "any(a)", "all(a)", "columns(*)", "exclude (a)",
]  # fmt: skip
LANGUAGE = [
    "base(base(a))", "ytd(ytd(a))", "base(1)", "ytd(a + b)", "base(sum(a))", "head(a)", "base(k)", "ytd(s)", "base(ppi)", "ytd(mood)",
    "base(region)", "prev(a, -1)", "prev(a, 0)", "prev(a, 1.5)", "prev(a, b)", "prev(a, 37)", "prev(a, 1, 2)", "prev()", "year_ago(a, 1)",
    "avg_last(a)", "avg_last(a, 1000000)", "avg_last(mood, 3)", "for_months(a, 3)", "for_months(a > 1)", "count_last(a, 3)", "sum(a)",
    "sum(a) > a", "overall(sum(a))", "firms()", "lines()", "median(a)", "param('x')", "param(a)", "has_tag(mood)", "has_tag('a|b')",
    "has_tag('%')", "in_unit(a, 'kcny')", "in_unit(1, 'parsec')", "to_unit(a, 'kcny')", "power(a, b)", "power(a, 1000)", "power(2, a)",
    "round(a, b)", "round(a, 99)", "a and b", "not a", "a + mood", "mood > 'a'", "mood + mood", "mood = 'sideways'", "a = 'x'",
    "is_new + 1", "is_new = true", "a > 1 > 2", "(a > 1) + 1", "case when a then 1 end", "case when a > 1 then 1 else 'x' end",
    "coalesce(a, mood)", "least(a)", "abs(a, b)", "abs()", "abs(mood)", "a in ('x')", "a in (1, 'x')", "nosuch", "enterprise_id", "period",
]  # fmt: skip
DEEP = 5000
RESOURCES = [
    "(" * DEEP + "a" + ")" * DEEP, "(" * DEEP, ")" * DEEP, "-" * DEEP + "a", "- " * 1000 + "a", "not " * 500 + "is_new", "+" * 1000 + "a",
    "a" + " + a" * 600, "a" + "+a" * 1000, "a" + "*a" * 1000, "is_new" + " and is_new" * 180, "is_new" + " or is_new" * 180, "a" * 10_000,
    "1" * 2000, "1" + "0" * 2040, "0." + "0" * 2040, "1e" + "9" * 2000, "'" + "x" * 2000 + "'", "'" * 2000, "a in (" + "1," * 900 + "1)",
    "a in (" + ",".join("1" for _ in range(201)) + ")", "coalesce(" + "a," * 900 + "a)", "least(" + "a," * 250 + "a)", " " * 100_000,
    "\n" * 100_000, "a" + " " * 100_000, "," * 2000, "a," * 1000, "=" * 2000, "<" * 2000, "case " * 400, "when " * 400, "end " * 500,
    "case when is_new then " * 90 + "a" + " end" * 90, "abs(" * 500 + "a" + ")" * 500, "prev(" * 300 + "a" + ")" * 300,
    "base(" * 400 + "a" + ")" * 400, "for_months(" * 150 + "is_new" + ",3)" * 150, "is_new" + " is true" * 250,
    "avg_last(" * 30 + "a" + ",36)" * 30, "median_last(" * 10 + "a" + ",36)" * 10, "count_last(" * 20 + "is_new" + ",36) > 0" * 20,
    "power(" * 60 + "a" + ",10)" * 60, "round(" * 39 + "a" + ", 2)" * 39, "least(a, " * 39 + "a" + ")" * 39, "1/(" * 39 + "a" + ")" * 39,
    "log10(" * 39 + "a" + ")" * 39, "sqrt(" * 39 + "a" + ")" * 39, "floor(" * 39 + "a" + ")" * 39,
    "avg_last(power(" * 8 + "a" + ",10),3)" * 8, "greatest(" * 38 + "a" + ",power(a, 3))" * 38, "x" * 64 + "(" + "y" * 64 + ")",
    "産" * 700, "🙂" * 500, "\u202e" * 600, "/*" * 900, "--" * 900, "''" * 900,
]  # fmt: skip
ESCAPES = [*STATEMENTS, *QUERIES, *CALLS, *MARKS, *LANGUAGE]


def test_the_corpus_is_large_enough_and_has_no_duplicates() -> None:
    assert len(set(ESCAPES)) >= 200
    assert len(set(RESOURCES)) >= 50


@pytest.mark.parametrize("text", ESCAPES)
def test_an_escape_is_refused_with_a_code(text: str) -> None:
    with pytest.raises(FormulaError) as refused:
        check(Formula("x", {}, text), VOCABULARY)
    assert refused.value.code not in {"", None}


@pytest.mark.parametrize("text", RESOURCES, ids=range(len(RESOURCES)))
def test_a_large_payload_is_refused_or_compiles_to_little(text: str) -> None:
    size = 0
    try:
        formula = check(Formula("x", {}, text), VOCABULARY)
        size = max(
            len(compile_rows([formula], "panel", View.MONTH, dialect))
            for dialect in (Dialect.DUCKDB, Dialect.SPARK)
        )
    except FormulaError as error:
        assert error.code  # noqa: PT017 - both outcomes are right, and this says which
    assert size < 2_000_000


def test_the_whole_corpus_runs_in_bounded_memory_and_time() -> None:
    program = "import resource, django\ndjango.setup()\nfrom tests.core.formula.test_hostile import run_corpus\nprint(run_corpus())\n"
    limits = lambda: resource.setrlimit(resource.RLIMIT_CPU, (60, 60))  # noqa: E731 - the child's limit
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        preexec_fn=limits,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    grown = int(result.stdout.split()[0])
    assert grown < 64 * 1024, f"{grown} KiB"


def run_corpus() -> int:
    """Compile everything once; return by how many KiB the process grew."""
    check(Formula("x", {}, "a > 1"), VOCABULARY)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for text in itertools.chain(ESCAPES, RESOURCES):
        try:
            formula = check(Formula("x", {}, text), VOCABULARY)
            compile_rows([formula], "panel", View.MONTH, Dialect.SPARK)
        except FormulaError:
            continue
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("a + ;", 4),
        ("a > nosuch", 4),
        ("a + foo(b)", 4),
        ("a + (abs(case b when 1 then 2 end))", 14),
        ("base(1)", 0),
        ("产值 > 1", 0),
        ("a > 'x'", 4),
    ],
)
def test_a_refusal_says_where(text: str, position: int) -> None:
    with pytest.raises(FormulaError) as refused:
        check(Formula("x", {}, text), VOCABULARY)
    assert refused.value.position == position


def test_a_long_but_plain_formula_still_parses() -> None:
    assert parse(" + ".join(["a"] * 150)).op == "+"


NESTED = [
    *RESOURCES, "(" * 37 + "a" + ")" * 37, "a+(" * 28 + "a" + ")" * 28, "not (" * 25 + "is_new" + ")" * 25, "abs(" * 28 + "a" + ")" * 28,
    "case when is_new then (" * 13 + "a" + ") end" * 13, "a-(1/(" * 12 + "a" + "))" * 12, "coalesce(a," * 16 + "a" + ")" * 16, "prev(" * 36 + "a" + ")" * 36,
    "least(" + "a," * 99 + "a)", "(a>1 and (" * 14 + "is_new" + "))" * 14, "prev(coalesce(a," * 8 + "1" + "))" * 8, "round(" * 8 + "a" + ",2)" * 8,
    "power(" * 8 + "a" + ",0.5)" * 8, "avg_last(coalesce(a," * 6 + "1" + "),1)" * 6, "1/(" * 10 + "a" + ")" * 10, " - ".join(["a"] * 150),
]  # fmt: skip


def test_what_is_let_through_the_engines_can_take() -> None:
    row = {"enterprise_id": 1, "period": 202206, "a": 2.0, "is_new": True}
    taken = 0
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE panel AS SELECT 1 AS enterprise_id, 202206 AS period, 2.0 AS a, true AS is_new"
        )
        for text in NESTED:
            try:
                formula = check(Formula("x", {}, text), VOCABULARY)
                sql = compile_rows([formula], "panel", View.MONTH, Dialect.DUCKDB)
            except FormulaError:
                continue
            (found,) = connection.execute(sql).fetchall()
            (expected,) = SqliteRowEvaluator().evaluate([formula], [row])
            assert found[2] == pytest.approx(expected), text
            taken += 1
    assert taken >= 15


@pytest.mark.parametrize(
    "text", ["1/(" * 39 + "a" + ")" * 39, "ln(" * 20 + "a" + ")" * 20, "round(" * 9 + "a" + ")" * 9]
)
def test_what_an_engine_would_multiply_out_is_refused(text: str) -> None:
    with pytest.raises(FormulaError, match="too_"):
        check(Formula("x", {}, text), VOCABULARY)
