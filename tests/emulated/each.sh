#!/bin/sh
# each.sh JOB LIST: runs every test binary that LIST names, as JOB says; run.sh reads the `==` lines.
# Plain sh: in the Bochs guest busybox runs it.

list=$2 runner='' threads=''
# shellcheck source=/dev/null # of run.sh's making; sets runner, threads and the filters
. "$1"
printf '\n== %s test binaries\n' "$(wc -l <"$list")"
while read -r binary; do
    printf '\n== begin %s\n' "${binary##*/}"
    status=0
    # shellcheck disable=SC2086 # both are lists of words, or nothing
    $runner "$binary" --nocapture $threads "$@" </dev/null 2>&1 || status=$?
    printf '\n== end %s: status %s\n' "${binary##*/}" "$status"
done <"$list"
