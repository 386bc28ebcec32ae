"""A FIDO2 security key in software, for tests: CTAPHID over a Unix socket, CTAP 2.0 with PIN protocol 1 and the extension hmac-secret.
Written from the FIDO Alliance's "Client to Authenticator Protocol" alone. Its behaviour is set by attributes while it runs."""
import hashlib, hmac, os, socket, struct, threading
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

REPORT = 64
INIT, CBOR, KEEPALIVE, CANCEL, ERROR = 0x06, 0x10, 0x3B, 0x11, 0x3F
MAKE, GET, INFO, PIN = 0x01, 0x02, 0x04, 0x06
MISSING, UNSUPPORTED, NO_CREDENTIALS, TIMED_OUT, PIN_INVALID, PIN_BLOCKED, PIN_AUTH_INVALID, PIN_REQUIRED = (
    0x14, 0x2B, 0x2E, 0x2F, 0x31, 0x32, 0x33, 0x36)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def head(major, value):
    for bits, code in ((8, 24), (16, 25), (32, 26)):
        if value < 24:
            return bytes([major << 5 | value])
        if value < 1 << bits:
            return bytes([major << 5 | code]) + value.to_bytes(bits // 8, "big")


def encode(value):
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(encode, value))
    return head(5, len(value)) + b"".join(encode(k) + encode(v) for k, v in value.items())


def decode(data, at=0):
    major, value, at = data[at] >> 5, data[at] & 31, at + 1
    if major == 7:
        return value == 21, at
    if value >= 24:
        size = 1 << (value - 24)
        value, at = int.from_bytes(data[at:at + size], "big"), at + size
    if major == 0:
        return value, at
    if major == 1:
        return -1 - value, at
    if major in (2, 3):
        text = bytes(data[at:at + value])
        return (text if major == 2 else text.decode()), at + value
    items = []
    for _ in range(value * (2 if major == 5 else 1)):
        item, at = decode(data, at)
        items.append(item)
    return (dict(zip(items[::2], items[1::2])) if major == 5 else items), at


class Refused(Exception):
    pass


class SecurityKey:
    def __init__(self, path, pin=None):
        self.path, self.pin, self.touched, self.retries, self.garbage, self.secrets = path, pin, True, 8, False, True
        self.seed, self.token, self.touches = os.urandom(32), os.urandom(32), 0
        self.agreement = ec.generate_private_key(ec.SECP256R1())
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(path)
        self.listener.listen()
        threading.Thread(target=self.listen, daemon=True).start()

    # ---- transport ----

    def listen(self):
        while True:
            link = self.listener.accept()[0]
            threading.Thread(target=self.serve, args=(link,), daemon=True).start()

    def serve(self, link):
        message, wanted, command = b"", 0, 0
        while report := link.recv(REPORT):
            channel, rest = report[:4], report[4:]
            if rest[0] & 0x80:
                command, wanted, message = rest[0] & 0x7F, struct.unpack(">H", rest[1:3])[0], rest[3:]
            else:
                message += rest[1:]
            if len(message) < wanted:
                continue
            message = message[:wanted]
            try:
                if command == INIT:
                    self.send(link, channel, INIT, message[:8] + b"\x00\x00\x00\x07" + bytes([2, 1, 0, 0, 0x04 | 0x08]))
                elif command == CBOR:
                    self.send(link, channel, CBOR, self.answer(message))
                elif command != CANCEL:
                    self.send(link, channel, ERROR, b"\x01")
            except OSError:
                return  # unplugged

    def send(self, link, channel, command, message):
        room = REPORT - 7
        link.send((channel + bytes([0x80 | command]) + struct.pack(">H", len(message)) + message[:room]).ljust(REPORT, b"\0"))
        for number, at in enumerate(range(room, len(message), REPORT - 5)):
            link.send((channel + bytes([number]) + message[at:at + REPORT - 5]).ljust(REPORT, b"\0"))

    # ---- commands ----

    def answer(self, message):
        if self.garbage:
            return os.urandom(200)
        asked = decode(message, 1)[0] if len(message) > 1 else {}
        try:
            does = {MAKE: self.make, GET: self.get, INFO: self.info, PIN: self.client_pin}[message[0]]
            return b"\0" + encode(does(asked))
        except Refused as refused:
            return bytes([refused.args[0]])

    def info(self, _):
        return {1: ["FIDO_2_0"], 2: ["hmac-secret"] if self.secrets else [], 3: bytes(16), 4: {"rk": True, "up": True, "clientPin": self.pin is not None},
                5: 1200, 6: [1]}

    def touch(self):
        if not self.touched:
            raise Refused(TIMED_OUT)
        self.touches += 1

    def derive(self, credential, purpose):
        return hmac.digest(self.seed, purpose + credential, "sha256")

    def signer(self, credential):
        return ec.derive_private_key(int.from_bytes(self.derive(credential, b"sign"), "big") % (ORDER - 1) + 1, ec.SECP256R1())

    def verified(self, asked, hashed, given, protocol):
        if given not in asked:
            return False
        if asked.get(protocol) != 1 or asked[given] != hmac.digest(self.token, hashed, "sha256")[:16]:
            raise Refused(PIN_AUTH_INVALID)
        return True

    def make(self, asked):
        verified = self.verified(asked, asked[1], 8, 9)
        if self.pin is not None and not verified:
            raise Refused(PIN_REQUIRED)
        self.touch()
        nonce = os.urandom(48)
        credential = nonce + self.derive(nonce, b"id")[:16]
        point = self.signer(credential).public_key().public_numbers()
        public = encode({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        data = (hashlib.sha256(asked[2]["id"].encode()).digest() + bytes([0x01 | 0x40 | 0x80 | (0x04 if verified else 0)]) + bytes(4) +
                bytes(16) + struct.pack(">H", len(credential)) + credential + public + encode({"hmac-secret": True}))
        return {1: "none", 2: data, 3: {}}

    def get(self, asked):
        verified = self.verified(asked, asked[2], 6, 7)
        mine = [c["id"] for c in asked.get(3, []) if len(c["id"]) == 64 and self.derive(c["id"][:48], b"id")[:16] == c["id"][48:]]
        if not mine:
            raise Refused(NO_CREDENTIALS)
        up = asked.get(5, {}).get("up", True)
        if up:
            self.touch()
        wanted = asked.get(4, {}).get("hmac-secret")
        data = hashlib.sha256(asked[1].encode()).digest() + bytes([(0x01 if up else 0) | (0x04 if verified else 0) | (0x80 if wanted else 0)]) + bytes(4)
        if wanted:
            data += encode({"hmac-secret": self.secret(mine[0], wanted, verified)})
        signed = self.signer(mine[0]).sign(data + asked[2], ec.ECDSA(hashes.SHA256()))
        return {1: {"id": mine[0], "type": "public-key"}, 2: data, 3: signed}

    # ---- PIN protocol 1 ----

    def shared(self, cose):
        point = ec.EllipticCurvePublicNumbers(int.from_bytes(cose[-2], "big"), int.from_bytes(cose[-3], "big"), ec.SECP256R1())
        return hashlib.sha256(self.agreement.exchange(ec.ECDH(), point.public_key())).digest()

    @staticmethod
    def cipher(key):
        return Cipher(algorithms.AES(key), modes.CBC(bytes(16)))

    def secret(self, credential, wanted, verified):
        key = self.shared(wanted[1])
        if hmac.digest(key, wanted[2], "sha256")[:16] != wanted[3]:
            raise Refused(PIN_AUTH_INVALID)
        salt = self.cipher(key).decryptor().update(wanted[2])
        kept = self.derive(credential, b"with PIN" if verified else b"without")
        return self.cipher(key).encryptor().update(hmac.digest(kept, salt, "sha256"))

    def client_pin(self, asked):
        if asked[2] == 1:
            return {3: self.retries}
        if asked[2] == 2:
            point = self.agreement.public_key().public_numbers()
            return {1: {1: 2, 3: -25, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}}
        if asked[2] != 5:
            raise Refused(UNSUPPORTED)
        if self.retries == 0:
            raise Refused(PIN_BLOCKED)
        key = self.shared(asked[3])
        if self.cipher(key).decryptor().update(asked[6]) != hashlib.sha256(self.pin.encode()).digest()[:16]:
            self.retries -= 1
            raise Refused(PIN_INVALID if self.retries else PIN_BLOCKED)
        self.retries = 8
        return {2: self.cipher(key).encryptor().update(self.token)}
