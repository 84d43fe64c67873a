r"""The bodies that webhooks expect.

wecom: group robot of enterprise WeChat, `markdown` (content at most 4,096 bytes) or `text` (2,048 bytes).
dingtalk: custom group robot, `markdown` with a title; with a secret the address carries `timestamp` (ms) and
`sign` = base64(HMAC-SHA256(secret, "timestamp\nsecret")).
json: our own format for a firm's system, signed in headers.
Source: the two vendors' published robot interfaces, as of 2023.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote_plus

from gongmai.core.notify.types import Call, Line, Robot, SendFailed

WECOM_MARKDOWN_BYTES = 4096
WECOM_TEXT_BYTES = 2048
DINGTALK_BYTES = 20000
JSON_TYPE = "application/json; charset=utf-8"
ELLIPSIS = "\u2026"
# marks that a robot would read as a link, a mention or a heading become their full-width twins
_INERT = str.maketrans(
    {
        "<": "\uff1c", ">": "\uff1e", "[": "\uff3b", "]": "\uff3d", "*": "\uff0a", "`": "\uff40",
        "#": "\uff03", "@": "\uff20", "_": "\uff3f", "~": "\uff5e",
    }
)  # fmt: skip


def inert(text: str) -> str:
    """A text in which a robot's markdown finds nothing to do."""
    return text.translate(_INERT)


def cut(text: str, limit: int) -> str:
    """The text within `limit` bytes of UTF-8, with an ellipsis where it was cut."""
    data = text.encode()
    if len(data) <= limit:
        return text
    room = limit - len(ELLIPSIS.encode())
    return data[:room].decode(errors="ignore") + ELLIPSIS


def build_call(
    robot: Robot, url: str, secret: str, title: str, lines: Sequence[Line], at_ms: int, number: str
) -> Call:
    """The request for some notices. `at_ms`: milliseconds since 1970; `number`: the message's own id."""
    if robot is Robot.WECOM:
        return _call(url, wecom_markdown(title, lines))
    if robot is Robot.DINGTALK:
        return _call(sign_dingtalk(url, secret, at_ms), dingtalk_markdown(title, lines))
    body = plain_json(lines, at_ms, number)
    headers = {"X-Gongmai-Delivery": number, "X-Gongmai-Timestamp": str(at_ms)}
    if secret:
        headers["X-Gongmai-Signature"] = f"sha256={sign_body(secret, at_ms, body)}"
    return Call(url, body, {"Content-Type": JSON_TYPE, **headers})


def wecom_markdown(title: str, lines: Sequence[Line]) -> dict[str, object]:
    """``{"msgtype": "markdown", "markdown": {"content": ...}}``."""
    return {
        "msgtype": "markdown",
        "markdown": {"content": cut(_markdown(title, lines), WECOM_MARKDOWN_BYTES)},
    }


def wecom_text(title: str, lines: Sequence[Line]) -> dict[str, object]:
    """``{"msgtype": "text", "text": {"content": ...}}``, for clients that show no markdown."""
    parts = [title, *(f"{line.subject}\n{line.body}\n{line.url}".strip() for line in lines)]
    return {"msgtype": "text", "text": {"content": cut("\n".join(parts), WECOM_TEXT_BYTES)}}


def dingtalk_markdown(title: str, lines: Sequence[Line]) -> dict[str, object]:
    """``{"msgtype": "markdown", "markdown": {"title": ..., "text": ...}}``."""
    text = cut(_markdown(title, lines), DINGTALK_BYTES)
    return {"msgtype": "markdown", "markdown": {"title": inert(title), "text": text}}


def sign_dingtalk(url: str, secret: str, at_ms: int) -> str:
    """The address with `timestamp` and `sign`; as it is where the robot has no secret."""
    if not secret:
        return url
    digest = hmac.new(secret.encode(), f"{at_ms}\n{secret}".encode(), hashlib.sha256).digest()
    sign = quote_plus(base64.b64encode(digest).decode())
    return f"{url}{'&' if '?' in url else '?'}timestamp={at_ms}&sign={sign}"


def plain_json(lines: Sequence[Line], at_ms: int, number: str) -> bytes:
    """Our own format: ``{"id", "sent_at_ms", "notices": [{"key", "kind", "subject", "body", "url"}]}``."""
    notices = [
        {"key": line.key, "kind": line.kind, "subject": line.subject, "body": line.body, "url": line.url}
        for line in lines
    ]
    return _dump({"id": number, "sent_at_ms": at_ms, "notices": notices})


def sign_body(secret: str, at_ms: int, body: bytes) -> str:
    """Hex HMAC-SHA256 of ``timestamp.body``: the receiver checks it and refuses old timestamps."""
    return hmac.new(secret.encode(), f"{at_ms}.".encode() + body, hashlib.sha256).hexdigest()


def check_reply(robot: Robot, status: int, body: bytes) -> None:
    """Raise SendFailed unless the message was taken: robots answer 200 with an `errcode` that is 0."""
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise SendFailed(f"HTTP {status}")
    if robot is Robot.JSON:
        return
    try:
        answer = json.loads(body)
        code = answer["errcode"]
    except (ValueError, KeyError, TypeError) as error:
        raise SendFailed("the answer is not that of a robot") from error
    if code != 0:
        raise SendFailed(f"errcode {code}: {str(answer.get('errmsg', ''))[:200]}")


def _markdown(title: str, lines: Sequence[Line]) -> str:
    parts = [f"### {inert(title)}"]
    for line in lines:
        link = f"\n[\u2192]({line.url})" if line.url else ""
        parts.append(f"**{inert(line.subject)}**\n{inert(line.body)}{link}")
    return "\n\n".join(parts)


def _call(url: str, body: dict[str, object]) -> Call:
    return Call(url, _dump(body), {"Content-Type": JSON_TYPE})


def _dump(body: dict[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
