#!/usr/bin/env python3
"""Opens a sealed export from FORMAT.md alone, with libsodium's bindings and none of pith's code; checks its signature and that the
digest of its votes is the given one.

usage: read_sealed_export.py EXPORT PASSPHRASE_FILE [DIGEST]
"""
import datetime
import hashlib
import json
import struct
import sys

try:
    import nacl.bindings as sodium
    import nacl.pwhash.argon2id as argon2id
    import nacl.signing
except ImportError:
    print("needs python3-nacl")
    sys.exit(77)

HEAD, HEADER, CHUNK, EXTRA = 48, 24, 64 << 10, 17


def open_sealed(sealed, passphrase):
    assert sealed[:16] == b"pith sealed 1\n\0\0", "no sealed export"
    operations, memory = struct.unpack("<QQ", sealed[16:32])
    key = argon2id.kdf(32, passphrase, sealed[32:48], opslimit=operations, memlimit=memory)
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, sealed[HEAD : HEAD + HEADER], key)
    at, plain, bound = HEAD + HEADER, b"", sealed[:HEAD]
    while True:
        chunk = sealed[at : at + CHUNK + EXTRA]
        text, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, chunk, bound)
        plain, at, bound = plain + text, at + len(chunk), None
        if tag == sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL:
            assert at == len(sealed), "something follows the end"
            return plain


def check_signature(text):
    end = text.rindex(b',\n "signature": {')
    signature = json.loads(text)["signature"]
    nacl.signing.VerifyKey(bytes.fromhex(signature["key"])).verify(text[:end], bytes.fromhex(signature["value"]))


def varint(number):
    out = b""
    while number >= 128:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def string(text):
    return varint(len(text.encode())) + text.encode()


def day(text):
    if not text:
        return struct.pack("<I", 0x80000000)
    return struct.pack("<i", (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days)


def digest(profile):
    votes = sorted(profile["votes"], key=lambda vote: vote["id"].encode())
    pairs = sorted(profile["pairs"], key=lambda pair: (pair["winner"].encode(), pair["loser"].encode()))
    state = varint(len(votes))
    for vote in votes:
        state += string(vote["id"]) + bytes([{"down": 0, "up": 2}[vote["vote"]]]) + day(vote["date"])
    state += varint(len(pairs))
    for pair in pairs:
        state += string(pair["winner"]) + string(pair["loser"]) + day(pair["date"])
    return hashlib.blake2b(state, digest_size=32).hexdigest()


def main():
    sealed, passphrase = (open(path, "rb").read() for path in sys.argv[1:3])
    text = open_sealed(sealed, passphrase.splitlines()[0])
    check_signature(text)
    profile = json.loads(text)
    assert profile["format"] == "pith-profile" and profile["version"] == 1
    if len(sys.argv) > 3:
        wanted = open(sys.argv[3]).read().strip()
        assert digest(profile) == wanted, f"digest {digest(profile)}, not {wanted}"
    print(f"opened: {len(profile['votes'])} votes, {len(profile['pairs'])} comparisons, {len(profile['model']['weights'])} weights")


main()
