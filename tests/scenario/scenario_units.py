#!/usr/bin/python3
"""What systemd hands to units: credentials in a made-up $CREDENTIALS_DIRECTORY, decrypted there by systemd-creds where it runs; the units
themselves by systemd-analyze where it runs.
usage: scenario_units.py PITH FOLDER_OF_UNITS"""
import glob, os, re, shutil, subprocess, sys, tempfile
from api_client import Checks

PITH, UNITS = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
check = Checks()
scratch = tempfile.TemporaryDirectory()
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../systemd")
home, credentials, encrypted = (os.path.join(scratch.name, name) for name in ("home", "credentials", "encrypted"))
for folder in (credentials, encrypted):
    os.mkdir(folder)
for name in [name for name in os.environ if name.startswith("PITH_")]:
    del os.environ[name]


def pith(*arguments, code=0, handed=True):
    environment = dict(os.environ, PITH_HOME=home)
    if handed:
        environment["CREDENTIALS_DIRECTORY"] = credentials
    ran = subprocess.run([PITH, *arguments], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, start_new_session=True)
    check(ran.returncode == code, f"pith {' '.join(arguments)}: exit code {ran.returncode}, not {code}: {ran.stderr}")
    return ran.stdout + ran.stderr


def hand(name, text, mode=0o440):
    """As systemd does: one user may read it by an ACL, which shows as a right of the group."""
    path = os.path.join(credentials, name)
    if os.path.exists(path):
        os.unlink(path)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


# ---- passphrases of commands that nobody watches ----
pith("init", code=5)
hand("pith-new-passphrase", "rusty anchor under a quiet bridge\n")
pith("init")
pith("key", "list", code=5)
hand("pith-passphrase", "rusty anchor under a quiet bridge")
said = pith("key", "list")
check("(opened the profile now)" in said and "others can read" not in said, f"a credential opens the profile without a warning: {said}")
pith("key", "list", code=5, handed=False)
hand("pith-passphrase", "another one altogether\n")
check("wrong passphrase" in pith("key", "list", code=5), "a wrong one is told")
right = hand("elsewhere", "rusty anchor under a quiet bridge\n")
pith("--passphrase-file", right, "key", "list")
hand("pith-passphrase", "")
check("empty first line" in pith("key", "list", code=2), "an empty one is told")
hand("pith-passphrase", "rusty anchor under a quiet bridge\n")

# ---- an export as the unit makes it, and its way back ----
hand("pith-new-passphrase", "seven lanterns beside the mill\n")
sealed = os.path.join(scratch.name, "ann.pith")
pith("export", "--sealed", sealed, "--force")
hand("pith-export-passphrase", "seven lanterns beside the mill\n")
pith("diff", sealed, sealed)
os.unlink(os.path.join(credentials, "pith-export-passphrase"))
pith("diff", sealed, sealed, code=5)

# ---- tokens ----
token = re.search(r"pith_[\w-]{70}", pith("token", "add", "script", "--allow", "vote")).group(0)
hand("pith-token", token + "\n")
check("may" not in pith("votes"), "a token opens it")
check("not" in pith("key", "list", code=5), "and may no more than it may")
os.unlink(os.path.join(credentials, "pith-token"))

# ---- encrypted as a unit loads them ----
if shutil.which("systemd-creds"):
    os.environ["SYSTEMD_CREDENTIAL_SECRET"] = os.path.join(scratch.name, "credential.secret")  # of the test, not of this machine
    made = subprocess.run(["systemd-creds", "--with-key=host", "--name=pith-passphrase", "encrypt", "-", os.path.join(encrypted, "passphrase")],
                          input="rusty anchor under a quiet bridge\n", text=True, capture_output=True)
    check(made.returncode == 0, f"systemd-creds encrypt: {made.stderr}")
    with open(os.path.join(encrypted, "passphrase")) as file:
        check("rusty" not in file.read(), "what lies on the disk is encrypted")
    os.unlink(os.path.join(credentials, "pith-passphrase"))
    opened = subprocess.run(["systemd-creds", "--name=pith-passphrase", "decrypt", os.path.join(encrypted, "passphrase"), "-"], capture_output=True, text=True)
    check(opened.returncode == 0, f"systemd-creds decrypt: {opened.stderr}")
    hand("pith-passphrase", opened.stdout, 0o400)
    check("(opened the profile now)" in pith("key", "list"), "what systemd decrypts opens the profile")
else:
    print("no systemd-creds here: credentials were not encrypted")

# ---- the units ----
units = sorted(glob.glob(os.path.join(UNITS, "*.service")))
check(len(units) == 4, f"units: {units}")
with open(os.path.join(SOURCE, "pith-mail-encrypted.conf")) as file:
    drop_in = file.read()
if shutil.which("systemd-analyze"):
    folder = os.path.join(scratch.name, "units")
    os.makedirs(os.path.join(folder, "pith-mail.service.d"))
    for path in units:
        with open(path) as file, open(os.path.join(folder, os.path.basename(path)), "w") as copy:
            copy.write(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", file.read(), flags=re.M))
    for path in glob.glob(os.path.join(SOURCE, "*.timer")) + [os.path.join(SOURCE, "pith.socket")]:
        shutil.copy(path, folder)
    with open(os.path.join(folder, "pith-mail.service.d/encrypted.conf"), "w") as file:
        file.write(drop_in)
    for path in sorted(os.listdir(folder)):
        if path.endswith(".d"):
            continue
        unit = path.replace("@.", "@ann.")
        if unit != path:
            os.symlink(path, os.path.join(folder, unit))
        looked = subprocess.run(["systemd-analyze", "verify", "--man=no", os.path.join(folder, unit)], capture_output=True, text=True,
                                env=dict(os.environ, SYSTEMD_UNIT_PATH=folder + ":"))
        faults = [line for line in looked.stderr.splitlines() if "pith" in line]
        check(looked.returncode == 0 and not faults, f"systemd-analyze verify {unit}: {looked.stderr}")
    rated = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", *[u for u in units if "@" not in u]], capture_output=True, text=True)
    check(rated.returncode == 0, f"systemd-analyze security: {rated.stdout[-200:]}{rated.stderr}")
else:
    print("no systemd-analyze here: the units were not looked at")
check.finish()
