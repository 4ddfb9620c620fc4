# Sourced by both commands: installs the carried wheels where Python finds them, and says how many workers render.
site=${SITE:-/tmp/site} python=${PYTHON:-python3}
if ls engine/train/gpu/carried/*.whl >/dev/null 2>&1 && ! $python -c "import tinysoundfont, soundfile, soxr, platformdirs" 2>/dev/null; then
  $python -m pip install -q --no-index --no-deps --no-compile --no-cache-dir --upgrade --target "$site" engine/train/gpu/carried/*.whl
fi
export PYTHONPATH="$PWD:$site${PYTHONPATH:+:$PYTHONPATH}" PYTHONUNBUFFERED=1 OUT="${OUT:-out/gpu}"
WORKERS=${WORKERS:-$(($(nproc) - 1))}
mkdir -p "$OUT"
