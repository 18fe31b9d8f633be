#!/usr/bin/env bash
# The table of PyTorch and ONNX Runtime: benches/peers/python/run.sh [options of peers.py]
#
# PEERS_VENV   where they are installed; benches/peers/target/venv by default
# PEERS_TORCH  no: without PyTorch, whose packages take 4 GB
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=${CARGO_TARGET_DIR:-$here/../target}
venv=${PEERS_VENV:-$here/../target/venv}

# skip WHY: what cannot be installed cannot be measured, and is no fault of this crate.
skip() {
    echo "SKIPPED: $1"
    exit 0
}

# install FILE: what it lists, if it is not there yet; installed without looking at dependencies,
# which would bring in gigabytes more.
install() {
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/$1"
}

command -v python3 >/dev/null || skip "no python3"
[ -x "$venv/bin/pip" ] || python3 -m venv "$venv" || skip "python3 cannot make a virtual environment"
install requirements.txt || skip "ONNX Runtime cannot be installed"
if [ "${PEERS_TORCH:-yes}" != no ]; then
    install requirements-torch.txt || echo "SKIPPED: PyTorch cannot be installed; ONNX Runtime alone"
fi

cargo build --quiet --release --locked --manifest-path "$here/../Cargo.toml" -p activations-native
exec "$venv/bin/python" "$here/peers.py" --library "$target/release/libactivations_native.so" "$@"
