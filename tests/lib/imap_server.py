"""An IMAP server on loopback for tests: one folder, one user, as much of RFC 3501 as a reader of answers asks."""
import re, socketserver, threading


class Folder(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self, user, password):
        self.user, self.password = user, password
        self.mails, self.flags, self.asked = {}, {}, []
        super().__init__(("127.0.0.1", 0), Session)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def put(self, mail):
        number = len(self.mails) + 1
        self.mails[number], self.flags[number] = mail, set()
        return number


class Session(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        folder, self.known = self.server, False
        self.say("* OK ready")
        while line := self.rfile.readline():
            tag, _, command = line.decode().strip().partition(" ")
            folder.asked.append(command)
            verb = command.upper()
            if verb.startswith("CAPABILITY"):
                self.say("* CAPABILITY IMAP4rev1")
            elif verb.startswith("LOGIN"):
                self.known = command.split()[1:] == [folder.user, folder.password]
                if not self.known:
                    self.say(f"{tag} NO wrong password")
                    continue
            elif verb.startswith("LOGOUT"):
                self.say(f"* BYE\r\n{tag} OK")
                return
            elif not self.known:
                self.say(f"{tag} NO log in first")
                continue
            elif verb.startswith("SELECT"):
                self.say(f"* {len(folder.mails)} EXISTS\r\n* OK [UIDVALIDITY 1] here")
            elif verb.startswith("UID SEARCH"):
                self.say("* SEARCH " + " ".join(str(number) for number in folder.mails if "\\Answered" not in folder.flags[number]))
            elif found := re.match(r"UID FETCH (\d+)", verb):
                number = int(found.group(1))
                mail = folder.mails[number]
                self.wfile.write(f"* {number} FETCH (UID {number} BODY[] {{{len(mail)}}}\r\n".encode() + mail + b")\r\n")
            elif found := re.match(r"UID STORE (\d+) \+FLAGS \((.*)\)", command, re.I):
                folder.flags[int(found.group(1))] |= set(found.group(2).split())
            self.say(f"{tag} OK done")
