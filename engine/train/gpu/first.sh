#!/bin/bash
# Trains everything from nothing in at most 10 minutes; the model comes back in $OUT. See README.md.
set -u
cd "$(dirname "$0")/../../.."
. engine/train/gpu/prepare.sh
timeout -s INT -k 20 "${LIMIT:-575}" $python -m engine.cli train all --preset "${PRESET:-studio}" \
  --minutes "${MINUTES:-9.0}" --out "${RUN:-runs/gpu}" --workers "$WORKERS" ${MORE:-} 2>&1 | tee "$OUT/log"
$python -m engine.cli train pack "${RUN:-runs/gpu}/model" "$OUT/model"
