#!/usr/bin/python3
"""The config file: shown, read, set and edited, and read by every command.
usage: scenario_config.py PITH"""
import json, os, sys
from api_client import Checks
from one_person import Person

check = Checks()
me = Person(sys.argv[1], check)
CONFIG = ".config/pith/config"

check("not there yet" in me.run(0, "config"), f"a file that is not there yet is named: {me.out}")
me.run(4, "config", "get", "mail.to")
me.run(0, "config", "set", "mail.to", "Ann Lee <ann@lab.example>")
text = me.read(CONFIG)
check(text.startswith("# The config file of pith") and "\n# inbound = " in text, "the first key makes the commented sample")
check(os.stat(me.path(CONFIG)).st_mode & 0o777 == 0o600, "readable by its owner alone")
check(me.run(0, "config", "get", "mail.to") == "Ann Lee <ann@lab.example>\n", f"and holds what was set: {me.out}")
me.run(0, "config", "set", "source.morning.from", "arxiv:cs.LG")
me.run(0, "config", "set", "source.morning.only", "new")
check("source.morning.from = arxiv:cs.LG\nsource.morning.only = new\n" in me.run(0, "config"), f"all is shown: {me.out}")
check({"name": "mail.to", "value": "Ann Lee <ann@lab.example>"} in [json.loads(line) for line in me.run(0, "config", "--json").splitlines()], "as JSON too")
me.run(0, "config", "set", "source.morning.only", "")
me.run(4, "config", "get", "source.morning.only")

before = me.read(CONFIG)
for name, value, said in [("smtp.retries", "99", "retries is a number"), ("smtp.from", "nobody", "an address is written"), ("mail.too", "a@b", "[mail] has the keys"),
                          ("pit.home", "x", "a section is"), ("mail.to", 'a"b', "without quotes")]:
    me.run(2 if "quotes" in said else 3, "config", "set", name, value)
    check(said in me.err, f"{name} = {value}: {me.err}")
me.run(2, "config", "set", "mail", "x")
me.run(2, "config", "become")
check(me.read(CONFIG) == before, "what is refused changes nothing")

os.chmod(me.path(CONFIG), 0o644)
me.run(0, "config", "edit", EDITOR="sed -i s/arxiv:cs.LG/arxiv:cs.CL/")
check(me.run(0, "config", "get", "source.morning.from") == "arxiv:cs.CL\n" and os.stat(me.path(CONFIG)).st_mode & 0o777 == 0o644, "edited, and who may read it stays")
me.run(3, "config", "edit", EDITOR="sed -i s/^from/frm/")
check("frm" in me.read(CONFIG + ".draft") and "frm" not in me.read(CONFIG), "what does not read is kept aside")
me.run(0, "config", "edit", EDITOR="sed -i s/^frm/from/")
check(not os.path.exists(me.path(CONFIG + ".draft")), "and taken once it reads")
me.run(1, "config", "edit", EDITOR="false")

# ---- read by every command ----

me.write(".config/pith/secret", "correct horse battery\n")
me.run(0, "config", "set", "pith.home", "~/papers")
me.run(0, "config", "set", "pith.passphrase-file", "secret")
me.run(0, "import", os.path.join(os.environ["PITH_TEST_DATA"], "demo-day1.jsonl"))
me.run(0, "init", "--strength", "interactive", "--new-passphrase-file", ".config/pith/secret")
check(os.path.exists(me.path("papers/pith.db")) and not os.path.exists(me.path(".local/share/pith")), "the home that it names is used")
me.run(0, "votes")
me.run(5, "votes", "--passphrase-file", me.write("wrong", "incorrect horse\n"))
me.run(4, "votes", PITH_HOME=me.path("elsewhere"))
me.run(0, "--home", me.path("second"), "import", os.path.join(os.environ["PITH_TEST_DATA"], "demo-day1.jsonl"))
me.run(4, "--home", me.path("second"), "votes")
check("secret" not in me.err, "what opens this home is not tried on another")
me.write("other", "[pith]\nhome = third\n")
me.run(4, "votes", "--config", "other")
check("third" in me.err, f"files are meant beside the config file: {me.err}")
me.write(CONFIG, "[pith]\nhom = x\n")
me.run(3, "votes")
check("config:2: [pith] has the keys" in me.err, f"a wrong line is named: {me.err}")
me.run(0, "--help")
check.finish()
