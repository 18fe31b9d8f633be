#!/usr/bin/env bash
# Runs the test suite on an instruction set that this machine may lack: see --help.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

# How much of the work each way does by default, and the seconds after which a run counts as failed:
# ACTIVATIONS_TEST_SCALE, PROPTEST_CASES, ACTIVATIONS_TEST_LIMIT.
defaults() {
    case $1 in
    native) echo 1 256 3600 ;;
    neon) echo 1 256 3600 ;;   # qemu-user: some tenths of the machine's speed
    avx512) echo 1 256 3600 ;; # Bochs: about 100 million instructions a second
    long) echo 1 4096 172800 ;;
    esac
}

usage() {
    cat <<'END'
usage: tests/emulated/run.sh neon|avx512 [--long] [--native|--emulated] [FILTER]...

Builds the library's unit tests and every tests/*/main.rs, and runs them on NEON or AVX-512: natively where
this CPU has it, otherwise emulated, by qemu-aarch64 or Bochs. A run in which no test reports to have
run on that instruction set fails. FILTERs pick tests by name, as in `cargo test`.

  --long      sixteen times the cases a property: hours, under Bochs
  --native    on this CPU, whether or not it looks able
  --emulated  in the emulator, even where this CPU is able

Emulation needs Linux on x86-64, cargo, root or sudo, and either debootstrap or an apt-get that has it.
Everything else comes from Debian's archive, once, into a cache that may be deleted at any time.

Environment (a value set by you wins over the defaults at the top of run.sh):
  ACTIVATIONS_TEST_SCALE  divides the work of the heavy loops
  PROPTEST_CASES          cases a property
  ACTIVATIONS_ONLY_ISA    tests this instruction set alone; under Bochs avx512, unless set to nothing
  ACTIVATIONS_TEST_LIMIT  seconds until the run is killed and counts as failed
  ACTIVATIONS_BOCHS_CPU   the CPU that Bochs plays (default: corei7_skylake_x)
  ACTIVATIONS_CACHE       where the emulators live (default: ~/.cache/activations)
END
}

wrong() {
    printf 'error: %s\n\n' "$1" >&2
    usage >&2
    exit 2
}

able() { # ISA
    case $1 in
    neon) [ "$(uname -m)" = aarch64 ] ;;
    avx512) cpu_has avx512{f,bw,cd,dq,vl} ;;
    esac
}

# Sums up a log of each.sh. A binary that crashed, a guest that died, a run without the required
# instruction set are failures like any other: what did not run never reads as passed.
report() { # ISA STATUS <LOG
    awk -v required="$1" -v status="$2" -v only="${ACTIVATIONS_ONLY_ISA-}" '
        function fault(text) { faults[++faulty] = text; failed++ }
        { sub(/\r$/, "") }
        /^== [0-9]+ test binaries$/ { expected = $2 }
        /^== begin / { running = $3; begun++; summed = bad = 0 }
        /^== end / {
            if (!summed) fault(running " ended without a test result (status " $NF ")")
            else if ($NF != 0 && !bad) fault(running " ended with status " $NF)
            running = ""
        }
        match($0, /isa-run: [a-z0-9_]+ /) { isas[substr($0, RSTART + 9, RLENGTH - 10)]++ }
        match($0, /test result: (ok|FAILED)\. [0-9]+ passed; [0-9]+ failed/) {
            split(substr($0, RSTART, RLENGTH), word, " ")
            passed += word[4]; failed += bad = word[6]; summed = 1
        }
        END {
            if (running != "") fault(running " did not end")
            if (begun < expected) fault(expected - begun " of " expected " test binaries did not start")
            if (passed + failed == 0) fault("no test ran")
            if (!isas[required]) fault("no test ran on " required)
            if (only == "" && isas[required] != isas["scalar"]) fault("not the same tests ran on " required " as on scalar")
            if (status != 0 && !failed) fault("the run ended with status " status)
            printf "\n%-10s %s\n", "ISA", "tests run on it"
            sorted = "sort"
            for (isa in isas) if (isas[isa]) printf "%-10s %d\n", isa, isas[isa] | sorted
            close(sorted)
            printf "\n"
            for (i = 1; i <= faulty; i++) print "failure: " faults[i]
            printf "%d passed, %d failed\n", passed, failed
            exit failed > 0
        }'
}

isa='' way='' amount='' filters=()
for argument; do
    case $argument in
    -h | --help) usage && exit ;;
    --native | --emulated)
        [ -z "$way" ] || wrong "$argument after --$way"
        way=${argument#--}
        ;;
    --long) amount=long ;;
    -*) wrong "unknown option $argument" ;;
    *)
        if [ -n "$isa" ]; then filters+=("$argument"); else isa=$argument; fi
        ;;
    esac
done
case $isa in
neon | avx512) ;;
'') wrong "which instruction set?" ;;
*) wrong "unknown instruction set $isa" ;;
esac

if [ -z "$way" ]; then
    if able "$isa"; then way=native; else way=emulated; fi
fi
if [ "$way" = native ]; then runner=native; else runner=$isa; fi
read -r scale cases limit < <(defaults "${amount:-$runner}")
export ACTIVATIONS_REQUIRE_ISA=$isa
# Bochs runs the binaries that `cargo test` runs on this machine, with all of its instruction sets.
[ "$runner" != avx512 ] || export ACTIVATIONS_ONLY_ISA=${ACTIVATIONS_ONLY_ISA-avx512}
export ACTIVATIONS_TEST_SCALE=${ACTIVATIONS_TEST_SCALE:-$scale}
export PROPTEST_CASES=${PROPTEST_CASES:-$cases}
export ACTIVATIONS_TEST_LIMIT=${ACTIVATIONS_TEST_LIMIT:-$limit}

mkdir -p "$target"
exec 8>"$target/$runner.lock"
flock --nonblock 8 || { say "waiting for another run in this checkout" && flock 8; }
say "$isa, $way: ACTIVATIONS_TEST_SCALE=$ACTIVATIONS_TEST_SCALE PROPTEST_CASES=$PROPTEST_CASES"
log=$target/$runner.log
status=0
"$here/$runner.sh" "${filters[@]}" 8>&- | tee "$log" || status=$?
report "$isa" "$status" <"$log"
