#!/bin/bash
# Goes on from what first.sh made, in at most 3 minutes. See README.md.
set -u
cd "$(dirname "$0")/../../.."
. engine/train/gpu/prepare.sh
first=${RUN:-runs/gpu}
if [ -d "$first/encoded/train" ]; then
  from="--run $first"
else
  $python -m engine.cli train unpack engine/train/gpu/carried/model runs/unpacked || exit 1
  from="--model runs/unpacked"
fi
timeout -s INT -k 10 "${LIMIT:-165}" $python -m engine.cli train all --preset "${PRESET:-studio}" \
  --minutes "${MINUTES:-2.5}" --out "$first-2" --seed 1 --workers "$WORKERS" $from ${MORE:-} 2>&1 | tee "$OUT/log"
$python -m engine.cli train pack "$first-2/model" "$OUT/model"
