"""Writes a text file as a C array: embed.py NAME IN OUT."""
import sys

name, source, target = sys.argv[1:]
with open(source, "rb") as text, open(target, "w") as code:
    numbers = ",".join(str(byte - 256 * (byte > 127)) for byte in text.read() + b"\0")
    code.write(f"extern const char {name}[];\nconst char {name}[] = {{{numbers}}};\n")
