#!/usr/bin/env python3
"""Ranks the papers of a file by a taste told in words, through libpith and ctypes: rank.py HOME FILE WORDS"""
import ctypes
import ctypes.util
import json
import os
import sys
import time

OK, PASSPHRASE, INTERACTIVE, NO_DAY = 0, 1, 0, -2**31


class Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("message", ctypes.c_char * 512)]


class RankRequest(ctypes.Structure):  # struct pith_rank_request of <pith/ranking.h>, member by member
    _fields_ = [("size", ctypes.c_size_t), ("first", ctypes.c_int32), ("last", ctypes.c_int32), ("all", ctypes.c_bool), ("announce", ctypes.c_uint),
                ("limit", ctypes.c_size_t), ("expect", ctypes.c_double), ("unwanted", ctypes.c_double),
                ("diverse", ctypes.c_double), ("seen", ctypes.c_bool), ("duplicates", ctypes.c_bool),
                ("reasons", ctypes.c_size_t), ("remember", ctypes.c_bool)]


def main(home, path, words):
    pith = ctypes.CDLL(os.environ.get("LIBPITH") or ctypes.util.find_library("pith"))
    error, handle = Error(), ctypes.c_void_p()

    def call(name, *arguments):
        if getattr(pith, name)(*arguments, ctypes.byref(error)) != OK:
            sys.exit("rank.py: " + error.message.decode())

    with open(path, "rb") as file:
        data = file.read()
    report = ctypes.create_string_buffer(8192)  # larger than struct pith_import_report
    seeded, ranking, text = ctypes.c_bool(), ctypes.c_void_p(), ctypes.c_char_p()
    today = int(time.time()) // 86400
    request = RankRequest(size=ctypes.sizeof(RankRequest), first=NO_DAY, last=NO_DAY, limit=10)
    call("pith_open", home.encode(), True, ctypes.byref(handle))
    call("pith_import", handle, data, ctypes.c_size_t(len(data)), today, report)
    call("pith_create_profile", handle, b"a passphrase", ctypes.c_size_t(12), INTERACTIVE)
    call("pith_unlock", handle, PASSPHRASE, b"a passphrase", ctypes.c_size_t(12), ctypes.c_int64(0))
    call("pith_seed_words", handle, words.encode(), today, ctypes.byref(seeded))
    call("pith_rank", handle, ctypes.byref(request), ctypes.byref(ranking))
    call("pith_json_ranking", ranking, ctypes.byref(text))
    for paper in json.loads(text.value)["papers"]:
        print(f"{paper['rank']:2}  {paper['score']:+.2f}  {paper['title']}")
    pith.pith_free(text)
    pith.pith_ranking_free(ranking)
    pith.pith_close(handle)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: rank.py HOME FILE WORDS")
    main(*sys.argv[1:])
