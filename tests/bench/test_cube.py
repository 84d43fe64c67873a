"""The cube benchmark at a small size: every peer gives the same figures."""

import pytest

from bench import cube


def test_peers_agree_on_growth_contribution_and_pull(tmp_path):
    figures = cube.run(3000, 3, 1, {"spark"}, tmp_path, unknown=0)
    assert figures["rows"] == 9000
    assert [peer["name"].split()[0].strip(",") for peer in figures["peers"]] == [
        "DuckDB",
        "Gongmai",
        "polars",
        "pandas",
    ]
    assert "| polars |" in cube.to_markdown(figures)


def test_a_peer_that_differs_is_found(tmp_path):
    files = cube.generate(tmp_path, 3000, 2, unknown=0)
    right = cube.by_hand(files)
    wrong = right.set_column(
        right.column_names.index("output_pull"), "output_pull", right.column("output_growth")
    )
    with pytest.raises(AssertionError, match="output_pull differs"):
        cube.check_equal("peer", wrong, right)


@pytest.mark.spark
def test_a_spark_cluster_of_a_master_and_two_workers_agrees(tmp_path, settings):
    settings.GONGMAI_SPARK_MASTER = "local[1]"
    files = cube.generate(tmp_path, 3000, 2, unknown=0)
    assert cube.on_spark(files, 1, cube.by_hand(files))
