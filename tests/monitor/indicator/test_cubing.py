"""Which cells of the fixed cube a question asks for, and that no two questions differ by one firm."""

import random

from tests.core.disclosure.tables import PARAMETERS, random_cube

from gongmai.adapters.highs_suppression import HighsSuppressor
from gongmai.monitor.indicator.rules import cubing
from gongmai.monitor.indicator.rules.cubing import Protected, cells_asked, why_hidden

ABOVE = {
    ("industry_division", "20"): {"industry_section": frozenset({"C"})},
    ("industry_division", "06"): {"industry_section": frozenset({"B"})},
}
CUBE = Protected(
    shapes=frozenset({("unit",), ("industry_division",), ("industry_section", "unit")}),
    rolled_up=frozenset({("industry_division", "unit")}),
    hidden=frozenset({(("unit", "b"),)}),
    above=ABOVE,
)


def ask(codes, *filters):
    return why_hidden(cells_asked(codes, filters, ABOVE), CUBE)


def test_a_division_within_its_section_is_the_division():
    assert cells_asked({"industry_division": "20"}, [("industry_section", ("C",))], ABOVE) == [
        (("industry_division", "20"),)
    ]


def test_of_divisions_only_those_within_the_section_count():
    filters = [("industry_division", ("20", "06"))]
    assert cells_asked({"industry_section": "B"}, filters, ABOVE) == [(("industry_division", "06"),)]


def test_several_codes_are_shown_only_when_each_is():
    assert ask({}, ("unit", ("a", "c"))) == ""
    assert ask({}, ("unit", ("a", "b"))) == cubing.SUPPRESSED


def test_what_is_no_part_of_the_cube_is_refused_with_its_reason():
    assert ask({"unit": "a"}, ("size", ("L",))) == cubing.OUTSIDE
    assert ask({"industry_division": "20"}, ("unit", ("a",))) == cubing.ROLLED_UP
    assert ask({"industry_class": "2011"}) == cubing.OUTSIDE


def test_a_question_for_too_many_cells_is_refused_instead_of_worked_out():
    many = tuple(str(number) for number in range(200))
    assert ask({}, ("unit", many), ("industry_section", many)) == cubing.OUTSIDE


def test_a_thousand_pairs_of_questions_that_differ_by_one_or_two_firms_never_show_them():
    """Both answers shown would show the difference: whatever the filters, one of the two is hidden."""
    chance, pairs = random.Random(7), 0
    while pairs < 1000:
        cube = random_cube(chance.randint(0, 10**6), sections=2, width=3, places=4)
        (layer,) = cube.layers
        found = HighsSuppressor().protect(cube, PARAMETERS)
        shapes = frozenset(cubing.shape_of(key) for key in cube.keys)
        protected = Protected(shapes, frozenset(), found.hidden)
        leaves = {
            (dict(key)["division"], dict(key)["place"]): one
            for key, one in layer.items()
            if {cut for cut, _code in key} == {"division", "place"}
        }
        divisions = sorted({division for division, _place in leaves})
        places = sorted({place for _division, place in leaves})
        for _ in range(60):
            down = [chance.sample(divisions, chance.randint(1, len(divisions)))] * 2
            across = [chance.sample(places, chance.randint(1, len(places)))] * 2
            axis = chance.choice([down, across])
            axis[1] = [*axis[0], chance.choice(divisions if axis is down else places)]
            questions = list(zip(down, across, strict=True))
            firms = [
                sum(leaves[d, p].count for d in set(ds) for p in set(ps) if (d, p) in leaves)
                for ds, ps in questions
            ]
            if firms[1] - firms[0] not in {1, 2}:
                continue
            pairs += 1
            shown = [
                not why_hidden(cells_asked({}, [("division", ds), ("place", ps)], {}), protected)
                for ds, ps in questions
            ]
            assert not all(shown)
