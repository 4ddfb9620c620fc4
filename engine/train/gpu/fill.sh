#!/bin/sh
# Fetches what a machine without a network lacks into engine/train/gpu/carried, which git ignores.
set -eu
cd "$(dirname "$0")/../../.."
python=${PYTHON:-python3}
[ -x .venv/bin/python ] && python=.venv/bin/python
mkdir -p engine/train/gpu/carried
rm -f engine/train/gpu/carried/*.whl
$python -m pip download -q --no-deps --only-binary=:all: --python-version 3.12 --implementation cp \
  --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform manylinux_2_17_x86_64 \
  --platform manylinux2014_x86_64 --platform manylinux1_x86_64 \
  -d engine/train/gpu/carried tinysoundfont soundfile soxr cffi pycparser platformdirs
ls -l engine/train/gpu/carried
if [ "${1:-}" = "--sparse" ]; then
  git sparse-checkout set --no-cone '/*' '!/tests/' '!/desktop/' '!/resources/screenshots/' '!/resources/fonts/' \
    '!/resources/models/melody-starter/pictures/' '!/resources/models/melody-starter/lm.safetensors' \
    '!/resources/models/melody-starter/dpd.safetensors' '!/resources/models/melody-starter/vae.safetensors' \
    '!/resources/models/melody-starter/ssl.safetensors' '!/engine/train/kept/'
fi
