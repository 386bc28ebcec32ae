#!/bin/sh
# Sees a suite under ThreadSanitizer fail where two threads race, and only there: planted_race.sh LEAK-CHECK PLANTED-SUITE
set -u
output=$("$1" "$2" 2>&1) && { echo "a race passes"; exit 1; }
case $output in *"ThreadSanitizer: data race"*) ;; *) echo "no race is reported: $output"; exit 1 ;; esac
case $output in *"race::with_a_lock failed"*) echo "a lock counts as a race: $output"; exit 1 ;; esac
case $output in *"2 tests, 1 failed"*) ;; *) echo "not one of two tests fails: $output"; exit 1 ;; esac
