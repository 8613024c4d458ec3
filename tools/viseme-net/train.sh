#!/usr/bin/env bash
# Trains viseme-net from nothing: see README.md. Needs, from Debian: python3 python3-venv espeak-ng libespeak-ng1 flite ffmpeg
# fortunes fortunes-min fortunes-de fortunes-es fortunes-it fortunes-br fortunes-cs fortunes-pl fortunes-ru wfrench wdutch wswedish
# asterisk-core-sounds-en-g722 tuxpaint-stamps-default
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
steps="${STEPS:-2600}"
# First with voices whose phone times are known. What it learned then finds the times of real speakers, whom the second part adds.
"$work/venv/bin/python" -m visemenet.train "$work/corpus" "$work/first" --without stamps --steps "$steps"
"$work/venv/bin/python" -m visemenet.realign "$work/corpus" "$work/first/weights.pt"
"$work/venv/bin/python" -m visemenet.train "$work/corpus" "$work/second" --resume "$work/first/weights.pt" --steps "$((steps * 5 / 13))" --rate 2e-3 --seed 2
# What has heard them finds more of them.
"$work/venv/bin/python" -m visemenet.realign "$work/corpus" "$work/second/weights.pt"
"$work/venv/bin/python" -m visemenet.train "$work/corpus" "$work/third" --resume "$work/second/weights.pt" --steps "$((steps * 6 / 13))" --rate 1.5e-3 --seed 3
# Once more, slower.
"$work/venv/bin/python" -m visemenet.train "$work/corpus" "$work/fourth" --resume "$work/third/weights.pt" --steps "$((steps * 6 / 13))" --rate 1e-3 --seed 4
cp "$work/fourth/viseme-net.onnx" ../../libs/viseme-net/assets/
cat "$work"/{first,second,third,fourth}/training-log.jsonl >../../libs/viseme-net/assets/training-log.jsonl
