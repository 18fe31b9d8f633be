#!/usr/bin/env bash
# avx512.sh [FILTER]...: builds the tests, and boots a Linux in Bochs whose initramfs holds them and the
# libraries that they load; their output comes over the serial port into a file. Called by run.sh.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

out=$target/avx512
guest=$out/guest # what goes into the machine; rebuilt each run
have strip || die "install binutils first"
rm -rf "$guest"
mkdir -p "$guest/root/bin" "$guest/root/tests" "$guest/root$checkout" "$guest/iso"
chroot=$("$here/chroot.sh" avx512)

say "avx512: building"
cd "$checkout"
host_test_binaries >"$out/binaries"
check_binaries "$out/binaries"

say "avx512: packing the guest"
mapfile -t binaries <"$out/binaries"
for binary in "${binaries[@]}"; do
    strip --strip-debug -o "$guest/root/tests/${binary##*/}" "$binary"
    printf '/tests/%s\n' "${binary##*/}"
done >"$guest/root/binaries"
# At their places here, the dynamic loader among them.
ldd "${binaries[@]}" >"$out/libraries" || die "not linked dynamically for this machine: see $out/libraries"
mapfile -t libraries < <(grep -o '/[^ ]* (0x' "$out/libraries" | sed 's/ (0x//' | sort -u)
cp -L --parents "${libraries[@]}" "$guest/root"
write_job "$guest/root/job" '' --test-threads=1 "$@"
cp "$here/init" "$here/each.sh" "$guest/root/"
# The sources as well, at their place, for tests that read them.
git ls-files -z --cached --others --exclude-standard |
    tar -c --null --ignore-failed-read -T - 2>/dev/null | tar -x -C "$guest/root$checkout" ||
    say "avx512: no git here, so no sources in the guest"
cat >"$guest/iso/isolinux.cfg" <<'END'
default linux
label linux
kernel vmlinuz
initrd initrd
append console=ttyS0 quiet loglevel=1 mitigations=off nokaslr tsc=reliable lpj=1000000 panic=-1
END
cat >"$guest/bochsrc" <<END
cpu: model=${ACTIVATIONS_BOCHS_CPU:-corei7_skylake_x}, ips=100000000
clock: sync=none
memory: guest=1024, host=1024
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
display_library: rfb, options="timeout=0"
sound: driver=dummy
com1: enabled=1, mode=file, dev=$guest/serial
ata0-master: type=cdrom, path=$guest/iso.img, status=inserted
boot: cdrom
log: $guest/bochs.log
END
echo c >"$guest/debugger" # Debian's Bochs starts in its debugger: continue
in_guest=(in_chroot "$chroot" "$(id -u):$(id -g)" "rw:$guest:$guest" --)
# shellcheck disable=SC2016 # for the shell in there to expand
"${in_guest[@]}" sh -ec '
    cd "$1"
    cp /bin/busybox root/bin/
    (cd root && find . | cpio --quiet -o -H newc -R 0:0) >iso/initrd
    cp /guest/vmlinuz /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 iso/
    xorriso -as mkisofs -quiet -o iso.img -b isolinux.bin -no-emul-boot \
        -boot-load-size 4 -boot-info-table iso 2>xorriso.log || { cat xorriso.log >&2 && exit 1; }
' pack "$guest"

say "avx512: booting Bochs (silent until Linux is up)"
: >"$guest/serial"
booted=$SECONDS
set -m # a process group of its own, to be killed whole
"${in_guest[@]}" bochs -q -f "$guest/bochsrc" -rc "$guest/debugger" </dev/null >"$guest/bochs.out" 2>&1 &
bochs=$!
set +m
stop() {
    # sudo passes on a TERM but not a KILL; the first process of a pid namespace heeds only a KILL.
    # shellcheck disable=SC2016 # for the shell in there, whose kill needs no package
    as_root sh -c 'kill -s TERM -- "-$1"; sleep 1; kill -s KILL -- "-$1"' stop "$bochs" 2>/dev/null || true
}
trap '! kill -0 "$bochs" 2>/dev/null || stop' EXIT

tail -f -n +1 --pid="$bochs" "$guest/serial" | tr -d '\r' &
stream=$! killed=''
while kill -0 "$bochs" 2>/dev/null; do
    if grep -q 'Kernel panic' "$guest/serial"; then
        killed='the guest panicked' # it reboots then, and would do so for ever
    elif ((SECONDS - booted > ACTIVATIONS_TEST_LIMIT)); then
        killed="the guest took longer than $ACTIVATIONS_TEST_LIMIT seconds"
    fi
    [ -z "$killed" ] || stop
    sleep 1
done
wait "$stream"
[ -z "$killed" ] || die "$killed"
