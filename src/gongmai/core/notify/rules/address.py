"""The fence around webhook addresses: our server must not be sent where only it can go.

Only https, on the standard port, to a name or a global address written the plain way; the operator may list
hosts (`name`, `name:port`) that are let through whatever their address and, only those, over http. What a
name resolves to is judged address by address; the caller connects to the judged address, never to the name.
"""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from gongmai.core.notify.types import NotifyError, Target

MAX_URL = 600
HTTPS_PORT, HTTP_PORT = 443, 80
_NAME = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?\Z")
_LISTED = re.compile(r"[a-z0-9.:\[\]-]+\Z")
_PRINTABLE = re.compile(r"[\x21-\x7e]+\Z")
# addresses that carry another address inside: whatever they translate to is not ours to guess
_CARRIERS = tuple(
    IPv6Network(text)
    for text in (
        "::/96",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
    )
)


def parse_target(url: str, listed: Iterable[str] = ()) -> Target:
    """Read an address strictly. Raises NotifyError `bad_address` with what is wrong."""
    if not url or len(url) > MAX_URL or not _PRINTABLE.match(url) or "\\" in url:
        raise NotifyError("bad_address", why="characters")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise NotifyError("bad_address", why="shape") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise NotifyError("bad_address", why="scheme")
    if "@" in parts.netloc or parts.fragment:
        raise NotifyError("bad_address", why="user")
    number = port if port is not None else (HTTPS_PORT if parts.scheme == "https" else HTTP_PORT)
    is_listed = bool({host, f"{host}:{number}"} & {name.strip().lower() for name in listed if name.strip()})
    if not is_listed:
        _check_plain(parts.scheme, host, number)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, number, path, is_listed)


def choose_address(addresses: Sequence[str], *, is_listed: bool) -> str:
    """The address to connect to. One bad address among several refuses the name. Raises NotifyError."""
    if not addresses:
        raise NotifyError("bad_address", why="unknown")
    if not is_listed:
        for text in addresses:
            if not is_global(text):
                raise NotifyError("bad_address", why="private")
    return addresses[0]


def is_global(text: str) -> bool:
    """Whether an address is a unicast address of the open internet that carries no other inside."""
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and (
        address.scope_id or any(address in carrier for carrier in _CARRIERS)
    ):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _check_plain(scheme: str, host: str, port: int) -> None:
    if scheme != "https":
        raise NotifyError("bad_address", why="https")
    if port != HTTPS_PORT:
        raise NotifyError("bad_address", why="port")
    if _NAME.match(host):
        return
    # a number in any other dress (decimal, octal, hexadecimal, short) is neither a name nor a plain address
    try:
        plain = str(ip_address(host)) == host
    except ValueError:
        plain = False
    if not plain:
        raise NotifyError("bad_address", why="name")
    if not is_global(host):
        raise NotifyError("bad_address", why="private")
