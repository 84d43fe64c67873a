"""The fence around webhooks: the corpus of server-side request forgery, against listeners that count."""

import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.adapters.webhook_http import MAX_REPLY_BYTES, FencedSender, resolve
from gongmai.core.notify.rules.address import choose_address, is_global, parse_target
from gongmai.core.notify.types import Call, NotifyError, SendFailed


class Listener:
    """A server on 127.0.0.1 that counts the connections it gets."""

    def __init__(self, answer: Any = None) -> None:
        outer = self
        self.hits = 0
        self.last: dict[str, str] = {}

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.hits += 1
                outer.last = dict(self.headers)
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if answer is not None:
                    answer(self)
                    return
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"errcode":0}')

            do_GET = do_POST  # noqa: N815 - the server calls it by this name

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    one = Listener()
    yield one
    one.close()


HOSTS = [
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "0", "0.0.0.0", "2130706433", "0x7f000001", "0x7f.1",
    "017700000001", "0177.0.0.1", "localhost", "localhost.", "LOCALHOST", "[::1]", "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]", "[fe80::1]", "[fe80::1%25lo]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "10.0.0.1",
    "172.16.0.1", "192.168.1.1", "169.254.169.254", "169.254.0.1", "100.64.0.1", "192.0.0.1", "198.18.0.1",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "127.0.0.1.",
    "a@127.0.0.1", "example.com@127.0.0.1", "127.0.0.1#.example.com", "127.0.0.1\\.example.com",
    "127.0.0.1%00.example.com", "127.0.0.1%2f.example.com", "intranet", "metadata", "-a.example.com",
    "example..com", "2852039166", "0251.0376.0251.0376", "0xa9fea9fe",
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("host", HOSTS)
def test_no_dress_of_a_private_address_reaches_the_listener(
    host: str, scheme: str, listener: Listener
) -> None:
    sender = FencedSender()
    for place in (f"{host}:{listener.port}", host):
        with pytest.raises(NotifyError):
            sender.send(Call(f"{scheme}://{place}/x", b"{}"))
    assert listener.hits == 0


@pytest.mark.parametrize(
    "url",
    [
        "", "file:///etc/passwd", "gopher://example.com/", "ftp://example.com/", "//example.com/", "https://",
        "https:///x", "javascript:alert(1)", "https://example.com:22/", "https://example.com:80/",
        "http://example.com/", "https://example.com/\r\nX: y", "https://exa mple.com/", "https://例子.example/",
        "https://example.com/#a", "https://user:pw@example.com/", "https://[::1", "https://example.com:x/",
        "https://" + "a" * 700 + ".com/",
    ],
)  # fmt: skip
def test_an_address_that_is_not_plain_https_is_refused(url: str) -> None:
    with pytest.raises(NotifyError):
        parse_target(url)


def test_a_plain_address_passes() -> None:
    target = parse_target("https://qyapi.weixin.example.com/cgi-bin/webhook/send?key=a-b")
    assert (target.host, target.port, target.path) == (
        "qyapi.weixin.example.com", 443, "/cgi-bin/webhook/send?key=a-b",
    )  # fmt: skip
    assert parse_target("https://8.8.8.8/").host == "8.8.8.8"


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:10.0.0.1"], [], ["fe80::1%lo"]]
)
def test_a_name_with_one_bad_address_is_refused_as_a_whole(addresses: list[str], listener: Listener) -> None:
    sender = FencedSender(resolver=lambda _host, _port: addresses)
    with pytest.raises(NotifyError):
        sender.send(Call("https://hooks.example.com/x", b"{}"))
    assert listener.hits == 0


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_passes_in_an_ipv6_dress(address) -> None:
    number = int(address)
    for text in (
        f"::ffff:{address}",
        f"::{address}",
        f"64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}",
        f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1",
    ):
        assert not is_global(text)
    assert is_global(str(address)) <= address.is_global


def test_a_rebinding_resolver_is_asked_once_and_what_it_says_later_does_not_matter() -> None:
    answers = iter([["203.0.113.7"], ["127.0.0.1"]])
    asked = []

    def fickle(host: str, _port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    # 203.0.113.0/24 is documentation space and itself refused; a public one is judged and pinned
    with pytest.raises(NotifyError):
        FencedSender(resolver=fickle).send(Call("https://hooks.example.com/x", b"{}"))
    assert asked == ["hooks.example.com"]


def test_the_connection_goes_to_the_judged_address_and_the_name_only_into_the_handshake(
    settings, tmp_path, monkeypatch
) -> None:
    certificate = make_certificate(tmp_path, "hooks.example.com")
    secure = Listener()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    secure.server.socket = context.wrap_socket(secure.server.socket, server_side=True)
    trust = ssl.create_default_context(cafile=str(certificate[0]))
    settings.GONGMAI_WEBHOOK_HOSTS = [f"hooks.example.com:{secure.port}", f"other.example.com:{secure.port}"]
    asked = []

    def pinned(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    # whoever looks a name up behind our back fails
    monkeypatch.setattr(socket, "getaddrinfo", refuse_names)
    sender = FencedSender(resolver=pinned, verify=trust)
    reply = sender.send(Call(f"https://hooks.example.com:{secure.port}/x?a=1", b"{}", {"X-A": "1"}))
    assert (reply.status, secure.hits) == (200, 1)
    assert secure.last["Host"] == f"hooks.example.com:{secure.port}"
    assert asked == ["hooks.example.com"]
    with pytest.raises(
        SendFailed, match=r"hostname|certificate"
    ):  # another name does not match the certificate
        sender.send(Call(f"https://other.example.com:{secure.port}/x", b"{}"))
    assert secure.hits == 1
    secure.close()


_lookup = socket.getaddrinfo


def refuse_names(host, *rest, **options):
    assert host in {"127.0.0.1", b"127.0.0.1"}, host
    return _lookup(host, *rest, **options)


def test_a_listed_host_is_called_by_http_inside_the_network(listener: Listener, settings) -> None:
    settings.GONGMAI_WEBHOOK_HOSTS = [f"127.0.0.1:{listener.port}"]
    assert FencedSender().send(Call(f"http://127.0.0.1:{listener.port}/x", b"{}")).status == 200
    assert listener.hits == 1
    with pytest.raises(NotifyError):
        FencedSender().send(Call(f"http://127.0.0.2:{listener.port}/x", b"{}"))
    assert listener.hits == 1


def test_a_redirect_is_not_followed(settings) -> None:
    inner = Listener()

    def send_on(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(307)
        handler.send_header("Location", f"http://127.0.0.1:{inner.port}/")
        handler.end_headers()

    outer = Listener(send_on)
    settings.GONGMAI_WEBHOOK_HOSTS = [f"127.0.0.1:{outer.port}"]
    with pytest.raises(NotifyError):
        FencedSender().send(Call(f"http://127.0.0.1:{outer.port}/x", b"{}"))
    assert (outer.hits, inner.hits) == (1, 0)
    outer.close()
    inner.close()


def test_an_endless_answer_is_cut_off(settings) -> None:
    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(400):
                handler.wfile.write(b"x" * 8192)
        except OSError:
            pass

    flooding = Listener(flood)
    settings.GONGMAI_WEBHOOK_HOSTS = [f"127.0.0.1:{flooding.port}"]
    with pytest.raises(SendFailed, match="too long"):
        FencedSender().send(Call(f"http://127.0.0.1:{flooding.port}/x", b"{}"))
    assert MAX_REPLY_BYTES < 400 * 8192
    flooding.close()


def test_a_dripping_answer_is_cut_off_as_a_whole(settings, monkeypatch) -> None:
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not stop.wait(0.1):
                handler.wfile.write(b"X-A: b\r\n")
        except OSError:
            pass

    dripping = Listener(drip)
    settings.GONGMAI_WEBHOOK_HOSTS = [f"127.0.0.1:{dripping.port}"]
    monkeypatch.setattr("gongmai.adapters.webhook_http.WHOLE_SECONDS", 0.8)
    with pytest.raises(SendFailed):
        FencedSender().send(Call(f"http://127.0.0.1:{dripping.port}/x", b"{}"))
    stop.set()
    dripping.close()


def test_proxies_of_the_environment_are_not_used(listener: Listener, settings, monkeypatch) -> None:
    proxy = Listener()
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
    settings.GONGMAI_WEBHOOK_HOSTS = [f"127.0.0.1:{listener.port}"]
    FencedSender().send(Call(f"http://127.0.0.1:{listener.port}/x", b"{}"))
    assert (listener.hits, proxy.hits) == (1, 0)
    proxy.close()


def test_a_host_that_nobody_knows_is_refused() -> None:
    assert resolve("no-such-host.invalid", 443) == []
    with pytest.raises(NotifyError):
        choose_address([], is_listed=False)


def make_certificate(folder, name: str):
    """A certificate for a name, signed by itself."""
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths
