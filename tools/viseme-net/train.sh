#!/usr/bin/env bash
# Trains viseme-net from nothing: see README.md. Needs, from Debian: python3 python3-venv espeak-ng libespeak-ng1 flite ffmpeg
# fortunes fortunes-min fortunes-de fortunes-es fortunes-it fortunes-br fortunes-cs fortunes-pl fortunes-ru wfrench wdutch wswedish
# asterisk-core-sounds-en-g722
set -euo pipefail
cd "$(dirname "$0")"
work="${XDG_CACHE_HOME:-$HOME/.cache}/visavis/viseme-net"
mkdir -p "$work"
for program in espeak-ng flite ffmpeg; do
  command -v "$program" >/dev/null || { echo "Please install $program first; the head of $0 lists all packages." >&2; exit 1; }
done
[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement requirements.txt
[ -f "$work/corpus/clips.json" ] || "$work/venv/bin/python" -m visemenet.corpus "$work/corpus"
"$work/venv/bin/python" -m visemenet.train "$work/corpus" "$work/run" --steps "${STEPS:-2800}"
cp "$work/run/viseme-net.onnx" "$work/run/training-log.jsonl" ../../libs/viseme-net/assets/
