#!/usr/bin/env bash
# chroot.sh neon|avx512: prints the path of a Debian chroot that has what that emulation needs, built if absent.
# The cache's folder is named by a hash of this file, so that a changed recipe makes a new chroot.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

suite=trixie # the first with Bochs 3.0: 2.7 makes Linux drop AVX
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

install_neon() { # ROOT
    # Debian's stable rustc is too old. Its cross libstd is that of the foreign architecture.
    run_in "$1" dpkg --add-architecture arm64
    run_in "$1" apt-get update
    run_in "$1" apt-get install -y -t "$suite-backports" rustc cargo libstd-rust-dev:arm64 \
        gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
}

install_avx512() { # ROOT
    run_in "$1" apt-get update
    run_in "$1" apt-get install -y \
        bochs bochsbios vgabios busybox-static cpio isolinux syslinux-common xorriso
    # Of the kernel's package only the kernel: nothing here boots the chroot, and the guest needs no module.
    # shellcheck disable=SC2016 # for the shell in there to expand
    run_in "$1" sh -ec 'mkdir /guest && cd /guest
        apt-get download "$(apt-cache depends linux-image-cloud-amd64 | sed -n "s/.*Depends: \(linux-image-\)/\1/p")"
        dpkg-deb --fsys-tarfile linux-image-*.deb | tar -x --strip-components=2 --wildcards "./boot/vmlinuz-*"
        rm linux-image-*.deb && mv vmlinuz-* vmlinuz'
}

run_in() { # ROOT COMMAND...
    network=yes in_chroot "$1" 0:0 -- DEBIAN_FRONTEND=noninteractive \
        http_proxy="${http_proxy-}" https_proxy="${https_proxy-}" "${@:2}"
}

# The host's own mirror where the host is a Debian; its proxies and checks in any case.
build() { # RECIPE ROOT
    local root=$2 mirror
    # shellcheck disable=SC2016 # apt-get's own $()
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
        awk '!found && /^https?:.*\/debian\/?$/ { found = $0 } END { print found }') || true
    mirror=${mirror:-http://deb.debian.org/debian}
    if have apt-config; then
        eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
        export http_proxy https_proxy
    fi
    debootstrap --variant=minbase --keyring="$keyring" --force-check-gpg "$suite" "$root" "$mirror"

    for name in http https Retries Check-Valid-Until Check-Date; do
        ! have apt-config || apt-config dump --format '%F "%v";%n' "Acquire::$name"
    done >"$root/etc/apt/apt.conf.d/90host"
    echo 'APT::Install-Recommends "false";' >"$root/etc/apt/apt.conf.d/91emulated"
    printf 'deb %s %s main\n' "$mirror" "$suite" "$mirror" "$suite-backports" >"$root/etc/apt/sources.list"
    [ ! -e /etc/ssl/certs/ca-certificates.crt ] ||
        install -D -m644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"

    "install_$1" "$root"
    rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*
}

install_debootstrap() {
    local tools=(debootstrap debian-archive-keyring gpgv)
    have debootstrap && [ -e "$keyring" ] && return
    have apt-get || die "install ${tools[*]} first"
    as_root apt-get install -y --no-install-recommends "${tools[@]}" || {
        as_root apt-get update || true # some other source of the host's may be down
        as_root apt-get install -y --no-install-recommends "${tools[@]}"
    }
}

# Renamed into place when complete, so that an interrupted setup never reads as a finished one;
# what one left behind goes first: the lock says that nobody else is at it.
setup() { # RECIPE ROOT
    install_debootstrap &&
        as_root rm -rf "$2.new" &&
        as_root unshare --mount --pid --fork --kill-child --mount-proc "$here/chroot.sh" --build "$1" "$2.new" &&
        as_root mv -T "$2.new" "$2"
}

if [ "$1" = --build ]; then
    build "$2" "$3"
    exit
fi

chroot=$cache/$1-$(sha256sum <"${BASH_SOURCE[0]}" | cut -c1-12)
if [ ! -d "$chroot" ]; then
    mkdir -p "$cache"
    exec 9>"$cache/$1.lock"
    flock --nonblock 9 || { say "waiting for another run's setup of $1" && flock 9; }
fi
if [ ! -d "$chroot" ]; then
    say "setting up $chroot (some minutes, once; log: $cache/$1.setup.log)"
    setup "$1" "$chroot" >"$cache/$1.setup.log" 2>&1 || {
        tail -n 20 "$cache/$1.setup.log" >&2
        die "the setup of $1 failed"
    }
fi
printf '%s\n' "$chroot"
