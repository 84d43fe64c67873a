"""The outlier methods of `outliers` for a whole city as one SELECT (dialect of the default engine).

Relation `panel`: earlier published periods. Parameters: item, firm, now, base, finest group, broader group,
each a list. Item codes and cell keys come from the item dictionary, never from input.
"""

from collections.abc import Sequence

from gongmai.monitor.filing.rules.outliers import NORMAL, Bounds


def outliers_sql(items: Sequence[str], bounds: Bounds, *, month: bool, history: bool) -> str:
    """Columns item, firm, hb, centre, members, z, typical (growth ratio usual for the firm).

    `month`: growth of the month, else of the cumulative figures. `history`: whether `panel` exists.
    """
    past = _past(items, month=month) if history else _NO_PAST
    distance = f"greatest({{0}}, abs({bounds.share!r} * middle))"
    return f"""
WITH now AS (SELECT unnest(?) AS item, unnest(?) AS firm, unnest(?) AS x, unnest(?) AS b,
  unnest(?) AS fine, unnest(?) AS broad),
pair AS (SELECT *, x / b AS r FROM now WHERE x > 0 AND b > 0),
member AS (SELECT item, firm, x, b, r, 3 AS level, fine AS grp FROM pair
  UNION ALL SELECT item, firm, x, b, r, 2, broad FROM pair
  UNION ALL SELECT item, firm, x, b, r, 1, '' FROM pair),
centre AS (SELECT item, level, grp, median(r) AS centre, count(*) AS members FROM member
  GROUP BY item, level, grp HAVING count(*) >= {bounds.group}),
effect AS (SELECT m.*, centre, members, (CASE WHEN r < centre THEN 1 - centre / r ELSE r / centre - 1 END)
  * power(greatest(x, b), {bounds.exponent!r}) AS e FROM member m JOIN centre USING (item, level, grp)),
quartile AS (SELECT item, level, grp, quantile_cont(e, 0.25) AS low, median(e) AS middle,
  quantile_cont(e, 0.75) AS high FROM effect GROUP BY item, level, grp),
scored AS (SELECT item, firm, centre, members, CASE WHEN e = middle THEN 0.0
  WHEN e < middle THEN coalesce((e - middle) / nullif({distance.format("middle - low")}, 0), '-inf'::DOUBLE)
  ELSE coalesce((e - middle) / nullif({distance.format("high - middle")}, 0), 'inf'::DOUBLE) END AS hb
  FROM effect JOIN quartile USING (item, level, grp)
  QUALIFY row_number() OVER (PARTITION BY item, firm ORDER BY level DESC) = 1),
past AS ({past}),
middle AS (SELECT item, firm, median(g) AS m, count(*) AS n FROM past GROUP BY item, firm
  HAVING count(*) >= {bounds.z_periods}),
spread AS (SELECT item, firm, any_value(m) AS m, median(abs(g - m)) AS d FROM past JOIN middle
  USING (item, firm) GROUP BY item, firm)
SELECT p.item, p.firm, s.hb, s.centre, s.members,
  {NORMAL} * (ln(p.r) - t.m) / greatest(t.d, {bounds.z_floor!r}) AS z, exp(t.m) AS typical
FROM pair p LEFT JOIN scored s ON s.item = p.item AND s.firm = p.firm
LEFT JOIN spread t ON t.item = p.item AND t.firm = p.firm"""


_NO_PAST = "SELECT NULL::VARCHAR AS item, NULL::BIGINT AS firm, NULL::DOUBLE AS g WHERE FALSE"


def _past(items: Sequence[str], *, month: bool) -> str:
    """Logarithms of growth on last year in the earlier periods."""
    now, base = ("", "__base") if month else ("__ytd", "__ytd_base")
    return " UNION ALL ".join(
        f"SELECT '{item}' AS item, enterprise_id AS firm, ln({item}{now} / {item}{base}) AS g FROM panel "
        f"WHERE {item}{now} > 0 AND {item}{base} > 0"
        for item in items
    )
