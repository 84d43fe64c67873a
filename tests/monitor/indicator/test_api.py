import pytest

from gongmai.core.access.models import User

URL = "/api/v1/indicators/"


@pytest.fixture
def city_client(client, small_city):
    user = User.objects.create_user(username="u", password="a-long-password-1")
    user.grants.create(role="city", scope_kind="city")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_catalogue_lists_formulas_with_their_sources(city_client):
    answer = city_client.get(URL).json()
    growth = next(entry for entry in answer if entry["code"] == "growth")
    assert growth["formula"] == "sum({item}) / sum(base({item})) - 1"
    assert growth["source"]


def test_a_table_by_two_cuts_with_a_filter(city_client):
    answer = city_client.get(
        URL + "table",
        {
            "period": "2022-12",
            "by": ["industry", "county"],
            "filter": ["region=999902"],
            "indicators": ["va_growth"],
        },
    ).json()
    assert [row["codes"]["industry_division"] for row in answer["rows"]] == ["20", "31"]
    assert answer["total"]["values"]["level"] == 1150
    assert answer["formulas"]["growth"] == "sum(output) / sum(base(output)) - 1"


def test_the_bridge_and_the_firms_and_the_trend_answer(city_client):
    query = {"period": "2022-12"}
    assert city_client.get(URL + "bridge", query).json()[0]["exits"] == -70
    firms = city_client.get(URL + "firms", {**query, "size": 2}).json()
    assert (firms["total"], firms["pages"], len(firms["firms"])) == (5, 3, 2)
    trend = city_client.get(URL + "trend", {**query, "periods": 12}).json()
    assert trend["series"][0]["values"]["level"][-1] == 3200
    assert len(trend["periods"]) == 12
    assert "region" in {cut["code"] for cut in city_client.get(URL + "cuts").json()}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"period": "2022-12", "by": "moon"}, 422, "unknown_cut"),
        ({"period": "2023-05"}, 404, "not_published"),
        ({"period": "2022-12", "vintage": 7}, 404, "not_published"),
    ],
)
def test_a_refusal_has_a_code_and_a_sentence(city_client, query, status, code):
    response = city_client.get(URL + "table", query)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["message"]


def test_january_is_not_a_period(city_client):
    assert city_client.get(URL + "table", {"period": "2022-01"}).status_code == 422


def test_an_enterprise_may_not_ask(client, small_city):
    user = User.objects.create_user(username="e", password="a-long-password-1")
    user.grants.create(role="enterprise", scope_kind="enterprise", scope_value="1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(URL + "table", {"period": "2022-12"}).status_code == 403
