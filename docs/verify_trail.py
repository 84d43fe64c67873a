#!/usr/bin/env python3
"""Verify an exported trail without the product that wrote it.

    python3 verify_trail.py TRAIL.zip [--key FINGERPRINT] [--anchors COPY.jsonl]

--key      the fingerprint of the first public key, as it was noted when the system was set up
--anchors  the copy of the anchor file that was kept elsewhere: every line of it must stand in the package

One file, standard library only. SM3: GB/T 32905-2016, SM2: GB/T 32918.2-2016 with the curve of GB/T 32918.5-2017.
Exit code 0: everything holds; 1: something does not, each place is printed; 2: the package cannot be read.
"""

import argparse
import hashlib
import json
import sys
import zipfile

# ---- SM3 -------------------------------------------------------------------------------------------------

MASK = 0xFFFFFFFF
START = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)


def rotate(word, places):
    places %= 32
    return ((word << places) | (word >> (32 - places))) & MASK


def sm3_in_python(data):
    """SM3 written out, for interpreters whose hashlib lacks it (about three hundred times slower)."""
    size = len(data) * 8
    data = data + b"\x80" + b"\x00" * ((55 - len(data)) % 64) + size.to_bytes(8, "big")
    state = START
    for begin in range(0, len(data), 64):
        w = [int.from_bytes(data[begin + 4 * i : begin + 4 * i + 4], "big") for i in range(16)]
        for i in range(16, 68):
            x = w[i - 16] ^ w[i - 9] ^ rotate(w[i - 3], 15)
            w.append(x ^ rotate(x, 15) ^ rotate(x, 23) ^ rotate(w[i - 13], 7) ^ w[i - 6])
        a, b, c, d, e, f, g, h = state
        for i in range(64):
            constant = 0x79CC4519 if i < 16 else 0x7A879D8A
            ss1 = rotate((rotate(a, 12) + e + rotate(constant, i)) & MASK, 7)
            ss2 = ss1 ^ rotate(a, 12)
            ff = a ^ b ^ c if i < 16 else (a & b) | (a & c) | (b & c)
            gg = e ^ f ^ g if i < 16 else (e & f) | (~e & g)
            tt1 = (ff + d + ss2 + (w[i] ^ w[i + 4])) & MASK
            tt2 = (gg + h + ss1 + w[i]) & MASK
            a, b, c, d = tt1, a, rotate(b, 9), c
            e, f, g, h = tt2 ^ rotate(tt2, 9) ^ rotate(tt2, 17), e, rotate(f, 19), g
        state = tuple(old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h)))
    return b"".join(word.to_bytes(4, "big") for word in state).hex()


def sm3(data):
    """SM3 as 64 hexadecimal digits."""
    try:
        return hashlib.new("sm3", data).hexdigest()
    except ValueError:
        return sm3_in_python(data)


# ---- SM2 -------------------------------------------------------------------------------------------------

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
USER = b"1234567812345678"


def add(one, other):
    """The sum of two points of the curve; None is the point at infinity."""
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2:
        if (y1 + y2) % P == 0:
            return None
        slope = (3 * x1 * x1 + A) * pow(2 * y1, -1, P) % P
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, P) % P
    x3 = (slope * slope - x1 - x2) % P
    return x3, (slope * (x1 - x3) - y1) % P


def times(factor, point):
    """A multiple of a point, by doubling and adding."""
    total = None
    while factor:
        if factor & 1:
            total = add(total, point)
        point = add(point, point)
        factor >>= 1
    return total


def sm2_holds(public, message, signature, user=USER):
    """Whether a signature (r and s, 128 hexadecimal digits) is that of a public key (x and y) over a message."""
    try:
        x, y = int(public[:64], 16), int(public[64:128], 16)
        r, s = int(signature[:64], 16), int(signature[64:128], 16)
    except (ValueError, TypeError):
        return False
    if len(public) != 128 or len(signature) != 128 or not (0 < r < N and 0 < s < N):
        return False
    if x >= P or y >= P or (y * y - x * x * x - A * x - B) % P:
        return False
    parts = b"".join(number.to_bytes(32, "big") for number in (A, B, *G, x, y))
    about = bytes.fromhex(sm3((len(user) * 8).to_bytes(2, "big") + user + parts))
    digest = int(sm3(about + message), 16)
    t = (r + s) % N
    point = add(times(s, G), times(t, (x, y))) if t else None
    return point is not None and (digest + point[0]) % N == r


# ---- the package -----------------------------------------------------------------------------------------


def compact(value, sort=False):
    """The JSON text that is hashed: UTF-8, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=sort, separators=(",", ":")).encode()


class Package:
    """The package and everything found wrong in it."""

    def __init__(self, path):
        self.zip = zipfile.ZipFile(path)
        self.faults = []
        self.lines = self.signatures = 0
        self.first_key = self.key = ""
        self.heads, self.batches, self.texts = {}, {}, set()

    def fault(self, text):
        self.faults.append(text)

    def rows(self, name):
        """The lines of a part, one by one."""
        with self.zip.open(name) as handle:
            yield from handle

    def check_manifest(self):
        """The manifest is signed, and every part is what it says."""
        text = self.zip.read("manifest.json")
        self.manifest = json.loads(text)
        signature = self.zip.read("manifest.sig").decode().strip()
        if not sm2_holds(self.manifest["key"], text, signature):
            self.fault("manifest.json: the signature does not hold")
        for name, expected in self.manifest["files"].items():
            try:
                whole = hashlib.new("sm3")
                for row in self.rows(name):
                    whole.update(row)
                found = whole.hexdigest()
            except ValueError:
                found = sm3_in_python(self.zip.read(name))
            if found != expected:
                self.fault(f"{name}: differs from what the manifest says")

    def check_anchors(self, pinned):
        """Anchors follow one another; each signature holds under the key that the anchor before allows."""
        number, previous, old = 0, None, b""
        for place, row in enumerate(self.rows("anchors.jsonl"), 1):
            text = row.rstrip(b"\n")
            self.texts.add(text)
            try:
                anchor = json.loads(text)
                for stream, (at, mark) in anchor["heads"].items():
                    if at:
                        self.heads.setdefault(int(stream), {}).setdefault(at, set()).add(mark)
            except (ValueError, KeyError, TypeError, AttributeError):
                self.fault(f"anchors.jsonl {place}: cannot be read")
                continue
            if "number" not in anchor:  # from before anchors were numbered; the first numbered one covers them
                if previous is not None:
                    self.fault(f"anchors.jsonl {place}: out of order")
                old += text + b"\n"
                continue
            previous = sm3(old) if previous is None else previous
            if anchor["number"] != number + 1 or anchor.get("previous") != previous:
                self.fault(f"anchors.jsonl {place}: does not follow the anchor before it")
            number, previous = anchor["number"], sm3(text)
            if "readings" in anchor:
                self.batches[number] = tuple(anchor["readings"])
            if "signature" in anchor:
                self.check_signature(place, anchor, pinned)
        if self.key != self.manifest["key"]:
            self.fault("manifest.json: its key is not the one that the anchors end with")

    def check_signature(self, place, anchor, pinned):
        key = anchor.get("key", "")
        if not self.first_key:
            self.first_key = self.key = key
            if pinned and fingerprint(key) != pinned.lower():
                self.fault(f"anchors.jsonl {place}: the first key is not the one with that fingerprint")
        if key != self.key:
            self.fault(f"anchors.jsonl {place}: signed with a key that no earlier anchor names")
        rest = {name: value for name, value in anchor.items() if name != "signature"}
        if sm2_holds(key, compact(rest, sort=True), anchor["signature"]):
            self.signatures += 1
            self.key = anchor.get("next_key") or key
        else:
            self.fault(f"anchors.jsonl {place}: the signature does not hold")

    def check_lines(self):
        """Each line's hash follows from the line before; anchored places hold what was anchored."""
        start, end = self.manifest["start"], self.manifest["end"]
        places = {int(stream): (number, mark) for stream, (number, mark) in start.items()}
        lows = {stream: number for stream, (number, _) in places.items()}
        for row in self.rows("lines.jsonl"):
            stream, number, *fields, stored = json.loads(row)
            before, previous = places.get(stream, (0, "0" * 64))
            if number != before + 1:
                self.fault(f"chain {stream}, line {number}: follows line {before}")
            if sm3(compact([previous, stream, number, *fields])) != stored:
                self.fault(f"chain {stream}, line {number}: was changed after it was written")
            marks = self.heads.get(stream, {}).get(number)
            if marks and marks != {stored}:
                self.fault(f"chain {stream}, line {number}: differs from what was anchored")
            places[stream] = (number, stored)
            self.lines += 1
        for stream, place in end.items():
            if places.get(int(stream)) != tuple(place):
                self.fault(f"chain {stream}: does not end where the manifest says")
        for stream, (number, mark) in start.items():
            if number == 0 and mark != "0" * 64:
                self.fault(f"chain {stream}: does not begin with nothing")
        if not self.manifest["to"]:
            for stream, marks in self.heads.items():
                if max(marks) > places.get(stream, (0, ""))[0] and (stream in lows or not self.manifest["from"]):
                    self.fault(f"chain {stream}: a line that was anchored is gone")

    def check_readings(self):
        """The log of readings is what the anchors say, batch by batch."""
        texts = {}
        for row in self.rows("readings.jsonl"):
            batch, *fields = json.loads(row)
            texts.setdefault(batch, []).append(compact(fields) + b"\n")
        for batch, rows in texts.items():
            if self.batches.get(batch) != (len(rows), sm3(b"".join(rows))):
                self.fault(f"readings of anchor {batch}: differ from what was anchored")
        if not (self.manifest["from"] or self.manifest["to"]):
            for batch in sorted(set(self.batches) - set(texts)):
                self.fault(f"readings of anchor {batch}: are missing")


def fingerprint(key):
    return sm3(bytes.fromhex(key))[:32] if len(key) == 128 else ""


def verify(path, pinned="", copy=""):
    """Check a package; give it with `faults`."""
    package = Package(path)
    package.check_manifest()
    package.check_anchors(pinned)
    package.check_lines()
    package.check_readings()
    if copy:
        with open(copy, "rb") as handle:
            for place, row in enumerate(handle, 1):
                if row.rstrip(b"\n") not in package.texts:
                    package.fault(f"{copy} {place}: an anchor kept elsewhere is not in the package")
    return package


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package")
    parser.add_argument("--key", default="", help="fingerprint of the first public key")
    parser.add_argument("--anchors", default="", help="copy of the anchor file kept elsewhere")
    given = parser.parse_args()
    try:
        package = verify(given.package, given.key, given.anchors)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        print(f"cannot be read: {error}", file=sys.stderr)
        return 2
    for text in package.faults:
        print(text)
    print(f"{package.lines} lines, {package.signatures} signatures, first key {fingerprint(package.first_key)}")
    if not given.key:
        print("compare the first key with the fingerprint that was noted when the system was set up")
    print("DOES NOT HOLD" if package.faults else "holds")
    return 1 if package.faults else 0


if __name__ == "__main__":
    sys.exit(main())
