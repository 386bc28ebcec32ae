#!/usr/bin/python3
"""Security keys and TPMs as ways in, through the command: a security key in software behind libfido2, and swtpm behind tpm2-tss.
usage: scenario_devices.py PITH PLUGGED_KEYS.so"""
import json, os, pty, re, shutil, socket, sqlite3, subprocess, sys, tempfile, time
from api_client import Checks
from mail_server import free_port
from security_key import SecurityKey

PITH, PLUGS = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
check = Checks()
scratch = tempfile.TemporaryDirectory()
home = os.path.join(scratch.name, "home")
words = os.path.join(scratch.name, "words")
with open(words, "w") as file:
    file.write("rusty anchor under a quiet bridge\n")
os.chmod(words, 0o600)


def environment(keys=(), tpm=None):
    sanitizer = os.environ.get("ASAN_OPTIONS", "")
    made = dict(os.environ, PITH_HOME=home, LD_PRELOAD=PLUGS, PITH_TEST_KEYS=":".join(key.path for key in keys),
                ASAN_OPTIONS=f"{sanitizer}:verify_asan_link_order=0")
    if tpm:
        made["PITH_TPM"] = tpm
    return made


def pith(*arguments, keys=(), tpm=None, code=0):
    ran = subprocess.run([PITH, *arguments], env=environment(keys, tpm), capture_output=True, text=True, stdin=subprocess.DEVNULL,
                         start_new_session=True)
    check(ran.returncode == code, f"pith {' '.join(arguments)}: exit code {ran.returncode}, not {code}: {ran.stderr}")
    return ran.stdout + ran.stderr


def typing(answers, *arguments, keys=(), code=0):
    """pith on a terminal, with these answers typed where it asks."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(PITH, [PITH, *arguments], environment(keys))
    said, left = "", list(answers)
    while True:
        try:
            more = os.read(terminal, 4096).decode()
        except OSError:
            break
        if not more:
            break
        said += more
        if left and said.endswith(": "):
            os.write(terminal, left.pop(0).encode() + b"\n")
    left_code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    check(left_code == code, f"pith {' '.join(arguments)} on a terminal: exit code {left_code}, not {code}: {said}")
    return said


def says(text, *wanted):
    for want in wanted:
        check(want in text, f'"{want}" is not said in: {text}')


def ways():
    return [key["way"] for key in json.loads(pith("key", "list", "--json", "--passphrase-file", words))["keys"]]


def another_way_is_open():
    says(pith("check", "--passphrase-file", words), "ways in: all")
    says(typing([code], "--recovery", "key", "list"), "recovery")


pith("init", "--passphrase-file", words)

# ---- only beside a recovery code ----
first = SecurityKey(os.path.join(scratch.name, "first"))
says(pith("key", "add", "fido2", "--passphrase-file", words, keys=[first], code=4), "beside a recovery code", "pith key add recovery")
check(first.touches == 0, "the key was touched although nothing could be added")
check(ways() == ["passphrase"], "a way in was added that was refused")
code = re.search(r"(\w{5}-){7}\w{5}", pith("key", "add", "recovery", "--passphrase-file", words)).group(0)

# ---- a security key without a PIN ----
says(pith("key", "add", "fido2", "--label", "blue", "--passphrase-file", words, code=1), "no security key is plugged in")
says(pith("key", "add", "fido2", "--label", "blue", "--passphrase-file", words, keys=[first]), "--fido2", "Touch the security key")
check(first.touches == 2 and ways() == ["passphrase", "recovery", "fido2"], f"{first.touches} touches; ways in: {ways()}")
says(pith("--fido2", "key", "list", keys=[first]), "fido2", "blue", "(opened the profile now)")
says(pith("readers"), "1 security key")
touches = first.touches
says(pith("--fido2", "status", code=1), "no security key is plugged in", "another way")
first.touched = False
says(pith("--fido2", "key", "list", keys=[first], code=5), "nobody touched the security key")
says(pith("key", "add", "fido2", "--passphrase-file", words, keys=[first], code=5), "nobody touched the security key")
first.touched = True
other = SecurityKey(os.path.join(scratch.name, "other"))
says(pith("--fido2", "key", "list", keys=[other], code=5), "does not open this profile")
check(other.touches == 0, "a key that does not know the profile had to be touched")
says(pith("--fido2", "key", "list", keys=[other, first]), "blue")
says(pith("key", "add", "fido2", "--passphrase-file", words, keys=[other, first], code=4), "2 security keys are plugged in")
other.secrets = False
says(pith("key", "add", "fido2", "--passphrase-file", words, keys=[other], code=1), "hmac-secret")
first.garbage = True
pith("--fido2", "key", "list", keys=[first], code=1)
first.garbage = False
another_way_is_open()

# ---- one with a PIN ----
careful = SecurityKey(os.path.join(scratch.name, "careful"), pin="1470")
says(pith("key", "add", "fido2", "--passphrase-file", words, keys=[careful], code=5), "no terminal to ask on")
says(typing(["wrong"], "key", "add", "fido2", "--passphrase-file", words, keys=[careful], code=5), "wrong PIN")
says(typing(["1470"], "key", "add", "fido2", "--label", "green", "--passphrase-file", words, keys=[careful]), "PIN of the security key")
says(typing(["1470"], "--fido2", "key", "list", keys=[careful]), "green", "(opened the profile now)")
touches = careful.touches
says(typing(["0000"], "--fido2", "key", "list", keys=[careful], code=5), "wrong PIN")
check(careful.touches == touches, "a wrong PIN still asked for a touch")
careful.retries = 0
says(typing(["1470"], "--fido2", "key", "list", keys=[careful], code=5), "blocked", "another way")
says(pith("--fido2", "key", "list", keys=[first]), "green")
another_way_is_open()

# ---- the recovery code stays while a device is there ----
numbers = {key["way"]: key["slot"] for key in json.loads(pith("key", "list", "--json", "--passphrase-file", words))["keys"]}
says(pith("key", "revoke", str(numbers["recovery"]), "--passphrase-file", words, code=2), "last recovery code", "revoke them first")
check("recovery" in ways(), "the last recovery code is gone")


# ---- the TPM ----
class Tpm:
    def __init__(self, name):
        self.folder = os.path.join(scratch.name, name)
        os.mkdir(self.folder)
        self.start()

    def start(self):
        while True:  # the control channel has the port after
            self.port = free_port()
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", self.port + 1))
                    break
                except OSError:
                    continue
        self.process = subprocess.Popen(
            ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.folder}", "--server", f"type=tcp,port={self.port},bindaddr=127.0.0.1",
             "--ctrl", f"type=tcp,port={self.port + 1},bindaddr=127.0.0.1", "--flags", "not-need-init,startup-clear"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.name = f"swtpm:host=127.0.0.1,port={self.port}"
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port + 1)).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("swtpm does not start")

    def stop(self):
        self.process.kill()
        self.process.wait()

    def clear(self):
        """TPM2_Clear by the lockout hierarchy, whose authorisation is empty."""
        command = bytes.fromhex("80020000001b00000126" "4000000a" "00000009" "40000009" "0000" "00" "0000")
        with socket.create_connection(("127.0.0.1", self.port)) as link:
            link.sendall(command)
            answer = link.recv(64)
        check(answer[6:10] == bytes(4), f"TPM2_Clear answered {answer.hex()}")


if not shutil.which("swtpm"):
    print("no swtpm here: TPMs were not tried")
    check.finish()
mine = Tpm("mine")
says(pith("key", "add", "tpm", "--passphrase-file", words, tpm="swtpm:host=127.0.0.1,port=1", code=1), "no TPM answers at swtpm:host=127.0.0.1,port=1")
said = pith("key", "add", "tpm", "--label", "desk", "--passphrase-file", words, tpm=mine.name)
says(said, "--tpm", "recovery")
check("ERROR" not in said, f"the library's own log is printed: {said}")
says(pith("--tpm", "key", "list", tpm=mine.name), "desk", "(opened the profile now)")
says(pith("readers"), "1 TPM")
mine.stop()
said = pith("--tpm", "key", "list", tpm=mine.name, code=1)
says(said, "no TPM answers", "another way")
mine.start()
says(pith("--tpm", "key", "list", tpm=mine.name), "desk")
theirs = Tpm("theirs")
says(pith("--tpm", "key", "list", tpm=theirs.name, code=5), "another machine's, or it was cleared", "pith key add tpm")
theirs.stop()
mine.clear()
said = pith("--tpm", "key", "list", tpm=mine.name, code=5)
says(said, "it was cleared", "another way")
check("ERROR" not in said, f"the library's own log is printed: {said}")
another_way_is_open()
says(pith("--fido2", "key", "list", keys=[first]), "desk")
says(pith("key", "add", "tpm", "--label", "desk again", "--passphrase-file", words, tpm=mine.name), "--tpm")
says(pith("--tpm", "key", "list", tpm=mine.name), "desk again")
mine.stop()

# ---- a slot that somebody changed is named, and costs nothing else ----
database = sqlite3.connect(os.path.join(home, "pith.db"))
for kind in (5, 6):
    slot, blob = database.execute("SELECT slot, blob FROM slots WHERE kind = ? ORDER BY slot LIMIT 1", (kind,)).fetchone()
    broken = bytearray(blob)
    broken[215] ^= 1
    database.execute("UPDATE slots SET blob = ? WHERE slot = ?", (bytes(broken), slot))
    database.commit()
    says(pith("check", "--passphrase-file", words, code=6), f"key slot {slot} is damaged")
    says(pith("key", "list", "--passphrase-file", words), "damaged")
    database.execute("UPDATE slots SET blob = ? WHERE slot = ?", (blob, slot))
    database.commit()
database.close()
says(pith("check", "--passphrase-file", words), "ways in: all")

# ---- a rotation ends devices, as it ends all but the one way ----
pith("key", "rotate", "--passphrase-file", words, "--new-passphrase-file", words)
check(ways() == ["passphrase"], f"ways in after a rotation: {ways()}")
says(pith("--fido2", "key", "list", keys=[first], code=5), "no way in of this kind")
check.finish()
