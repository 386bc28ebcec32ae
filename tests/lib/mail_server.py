"""A mail server on loopback for tests: keeps every message it accepted, in order, and misbehaves when told."""
import asyncio, os, socket, ssl, subprocess
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


def make_certificate(folder, name="127.0.0.1"):
    """A certificate that nobody trusts who is not told to; its path, and its key's."""
    certificate, key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "1", "-subj", f"/CN={name}",
                    "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"], check=True, stderr=subprocess.DEVNULL)
    return certificate, key


class Mailbox(Controller):
    """`said`: what to answer to an address, a list of replies taken one by one; after them, and to others, the mail is accepted."""

    def __init__(self, certificate=None, implicit=False, user=None, port=0):
        self.messages, self.said, self.asked, self.user = [], {}, [], user
        self.slow = 0  # seconds from taking a mail to saying so
        context = None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
        self.starttls = context if not implicit else None
        super().__init__(self, hostname="127.0.0.1", port=port or free_port(), ssl_context=context if implicit else None)

    def factory(self):
        return SMTP(self.handler, tls_context=self.starttls, require_starttls=bool(self.starttls), auth_required=bool(self.user),
                    auth_require_tls=bool(self.starttls), authenticator=self.authenticate if self.user else None)

    def authenticate(self, server, session, envelope, mechanism, data):
        good = (data.login.decode(), data.password.decode()) == self.user
        return AuthResult(success=good, handled=good)

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.asked.append(address)
        answers = self.said.get(address)
        if answers and not answers[0].startswith("data "):
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        answers = self.said.get(address)
        if answers and answers[0] != "data lost":
            return answers.pop(0).removeprefix("data ")
        self.messages.append((address, envelope.original_content))
        await asyncio.sleep(self.slow)
        if answers:  # taken, but the answer never comes
            answers.pop(0)
            server.transport.abort()
        return "250 taken"

    def of(self, address):
        return [content for to, content in self.messages if to == address]


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
