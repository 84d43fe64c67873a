"""Calls webhooks over HTTP from behind the fence: resolve once, judge, connect to the judged address.

The name is looked up here and nowhere after: the request goes to the address that passed, with the name in
the Host header and in the TLS handshake, so a name that answers differently the second time gains nothing.
No proxy of the environment, no redirect, no compressed answer; bounded time and bounded answer.
"""

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from threading import Timer
from time import monotonic
from typing import Any

import httpx
from django.conf import settings

from gongmai.core.notify.rules.address import choose_address, parse_target
from gongmai.core.notify.types import Call, NotifyError, Reply, SendFailed, Target

CONNECT_SECONDS = 5.0
READ_SECONDS = 5.0
WHOLE_SECONDS = 12.0
MAX_REPLY_BYTES = 64 * 1024

Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, each once, as the system's resolver gives them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class FencedSender:
    """Fills `core.notify.ports.WebhookSender`."""

    def __init__(self, resolver: Resolve = resolve, verify: ssl.SSLContext | bool = True) -> None:
        self._resolve, self._verify = resolver, verify

    def send(self, call: Call) -> Reply:
        """POST once; see the port."""
        target = parse_target(call.url, settings.GONGMAI_WEBHOOK_HOSTS)
        address = choose_address(self._resolve(target.host, target.port), is_listed=target.is_listed)
        host = f"[{address}]" if ":" in address else address
        named = f"[{target.host}]" if ":" in target.host else target.host
        extensions: dict[str, Any] = {"sni_hostname": target.host} if target.scheme == "https" else {}
        limits = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        client = httpx.Client(
            trust_env=False, follow_redirects=False, timeout=limits, verify=self._verify, http2=False
        )
        # a receiver that answers one byte at a time is cut off as a whole, not byte by byte
        cut = Timer(WHOLE_SECONDS, client.close)
        cut.daemon = True
        cut.start()
        try:
            return self._read(
                client,
                call,
                f"{target.scheme}://{host}:{target.port}{target.path}",
                _named(target, named),
                extensions,
            )
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, RuntimeError, OSError) as error:
            raise SendFailed(f"{type(error).__name__}: {error}"[:300]) from error
        finally:
            cut.cancel()
            with suppress(RuntimeError):
                client.close()

    def _read(
        self, client: httpx.Client, call: Call, url: str, host: str, extensions: dict[str, Any]
    ) -> Reply:
        headers = {**call.headers, "Host": host, "User-Agent": "gongmai", "Accept-Encoding": "identity"}
        started = monotonic()
        with client.stream("POST", url, content=call.body, headers=headers, extensions=extensions) as answer:
            if answer.is_redirect:
                raise NotifyError("bad_address", why="redirect")
            body = b""
            for piece in answer.iter_raw():
                body += piece
                if len(body) > MAX_REPLY_BYTES:
                    raise SendFailed("the answer is too long")
                if monotonic() - started > WHOLE_SECONDS:
                    raise SendFailed("the answer takes too long")
            return Reply(answer.status_code, body)


def _named(target: Target, host: str) -> str:
    """The Host header: with the port where it is not the scheme's own."""
    standard = 443 if target.scheme == "https" else 80
    return host if target.port == standard else f"{host}:{target.port}"
