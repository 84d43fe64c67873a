"""The components of a page that need a little logic: icons, charts, the title said twice."""

from typing import Any
from uuid import uuid4

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon of ui/icons.svg. With a label it is an image that is read out, without one it is decoration."""
    href = f"{static('ui/icons.svg')}#tabler-{name}"
    if label:
        return format_html(
            '<svg class="ico {}" role="img" aria-label="{}"><use href="{}"></use></svg>', css, label, href
        )
    return format_html('<svg class="ico {}" aria-hidden="true"><use href="{}"></use></svg>', css, href)


@register.inclusion_tag("ui/chart.html")
def chart(
    name: str,
    option: dict[str, Any],
    height: int = 300,
    table: dict[str, Any] | None = None,
    title: str = "",
) -> dict[str, Any]:
    """A chart with its data table and picture export.

    `option` is an ECharts option of plain values; `table` is ``{"columns": [...], "rows": [[...], ...]}``
    with display-ready text (screen readers and printouts use it); `height` in pixels; `name` is the file
    name of the exported picture.
    """
    return {
        "name": name,
        "part": f"chart-{name}-{uuid4().hex[:8]}",
        "option": option,
        "height": height,
        "table": table,
        "title": title,
    }


class _Again(template.Node):
    """Renders a block of the page a second time, such as the title as the heading."""

    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, context: Context) -> SafeString:
        """The block's innermost version."""
        blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
        block = blocks.get_block(self.name) if blocks else None
        return block.nodelist.render(context) if block else SafeString("")


@register.tag
def again(parser: Parser, token: Token) -> _Again:  # noqa: ARG001 - Django's signature
    """``{% again "title" %}``: the content of a block once more."""
    return _Again(token.split_contents()[1].strip("\"'"))
