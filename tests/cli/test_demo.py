"""``gongmai demo``: a build cut short is done again, a real city is left alone, time stays in the window."""

import datetime as dt
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings
from tests.core.registry.sample import write_city

import gongmai.cli.demo as command
from gongmai.core.period import clock
from gongmai.core.registry.models import City
from gongmai.demo.people import demo_people

BEGIN = dt.datetime(2023, 7, 6, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def silent(done: int, total: int, text: str) -> None:
    """Show no progress."""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, in which the generator writes a city that nobody chases or forecasts."""
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    monkeypatch.setattr(command, "write_city", lambda folder, progress: write_city(folder))
    monkeypatch.setattr(command.chasing, "play", lambda: None)  # its officers are people of the whole city
    monkeypatch.setattr(command, "foresee", lambda _item, **_: None)  # the small city has filed nothing
    return tmp_path


@pytest.mark.django_db(transaction=True)
def test_a_finished_build_is_ready_and_leaves_no_mark(data: Path) -> None:
    assert not command.is_ready()
    counts = command.build(silent)
    assert counts["enterprises"] == 5
    assert command.is_ready()
    assert not (data / command.BUILDING).exists()


@pytest.mark.django_db(transaction=True)
def test_a_build_cut_short_is_not_ready_and_is_done_again(data, monkeypatch) -> None:
    def die(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("gongmai.cli.city.publish_all", die)
        with pytest.raises(KeyboardInterrupt):
            command.build(silent)
    assert City.objects.exists()  # the registry was written, the panel was not
    assert not command.is_ready()
    command.build(silent)
    assert command.is_ready()


@pytest.mark.django_db(transaction=True)
def test_a_city_that_is_not_the_demonstration_is_left_alone(data: Path) -> None:
    City.objects.create(
        code="999900", label_zh="示例市", label_en="Sample", bureau_zh="局", bureau_en="Bureau"
    )
    result = CliRunner().invoke(command.demo, ["--build-only"])
    assert result.exit_code == 2
    assert "not the demonstration" in result.output
    assert City.objects.get().code == "999900"


def test_a_port_in_use_is_refused_before_anything_is_built() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = CliRunner().invoke(command.demo, ["--port", str(taken.getsockname()[1])])
    assert result.exit_code == 2
    assert "--port" in result.output


def test_time_runs_on_between_starts_but_not_out_of_the_open_month(data: Path) -> None:
    command.set_clock()
    assert dt.timedelta() <= clock.now() - BEGIN < dt.timedelta(minutes=5)
    clock.simulate(BEGIN + dt.timedelta(days=2))
    command.set_clock()
    assert clock.now() >= BEGIN + dt.timedelta(days=2)
    clock.simulate(BEGIN + dt.timedelta(days=9))
    command.set_clock()
    assert clock.now() < BEGIN + dt.timedelta(minutes=5)


def test_the_bar_of_the_whole_build_never_goes_back_and_ends_full() -> None:
    seen: list[int] = []
    report = command.whole(lambda done, total, text: seen.append(done))
    for text in (
        "demo: files",
        "reading",
        "registry",
        "returns: reading monthly",
        "panel: 202306",
        "forecast",
    ):
        for done in range(3):
            report(done, 2, text)
    assert seen == sorted(seen)
    assert seen[-1] == 100


def test_the_printed_table_names_every_account_in_both_languages(capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    command.print_logins(8123)
    text = capsys.readouterr().out
    assert "http://127.0.0.1:8123" in text
    for person in demo_people():
        assert person.username in text
    assert "系统管理员 / System administrator" in text
