#!/usr/bin/env bash
# enter.sh ROOT USER:GROUP [MODE:SOURCE:PLACE]... -- COMMAND...: runs COMMAND in the chroot ROOT, with
# SOURCE mounted on PLACE, MODE ro or rw. Runs as root in a mount namespace of its own (in_chroot in lib.sh).
set -euo pipefail

root=$1 owner=$2
shift 2
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
    IFS=: read -r mode source place <<<"$1"
    shift
    mkdir -p "$root$place"
    mount --bind "$source" "$root$place"
    [ "$mode" = rw ] || mount -o "remount,bind,$mode" "$root$place"
done
shift
# A clean environment: the host's CARGO_*, RUST* and the like mean nothing, or worse, in there.
exec chroot --userspec="$owner" "$root" \
    /usr/bin/env -i HOME=/tmp LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
