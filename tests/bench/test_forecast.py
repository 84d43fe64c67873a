"""The forecast benchmark at a small size: every peer is judged by the same outcomes."""

from bench import forecast


def test_every_peer_is_judged_and_the_product_beats_the_naive():
    results = forecast.run(30, 12, workers=1, slow=False)
    by_name = {each.name: each for each in results}
    assert by_name["**gongmai forecast-file**"].smape < by_name["seasonal naive"].smape
    assert all(each.covered is not None and 0 < each.covered[95] <= 100 for each in results)
    table = forecast.to_markdown(results, 30, 12, 1)
    assert "| seasonal naive |" in table
    assert "| 1.00 |" in table
