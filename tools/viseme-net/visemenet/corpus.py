"""Makes the corpus: `python -m visemenet.corpus FOLDER`. One WAV and one line of clips.json per sentence, split by voice."""

import json
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import soundfile

from . import texts
from .features import RATE_HZ
from .voices import flite, recordings
from .voices.espeak import Espeak

# Variants change a language's voice into another person; the robots among them are left out.
_PEOPLE = (
    "m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 Alex Alicia Andrea Andy Annie Denis Diogo Gene Henrique Hugo Jacky Lee Marco Mario Michael Mike "
    "Nguyen Storm adam anika antonio aunty belinda benjamin boris caleb david ed edward grandma grandpa gustave iven john linda marcelo max "
    "michel miguel norbert pablo paul pedro quincy rob robert sandro shelby steph travis victor zac klatt klatt2 klatt3 klatt4 klatt5 klatt6"
).split()
_LANGUAGES = {"en-us": "en", "en": "en", "en-gb-scotland": "en", "de": "de", "es": "es", "it": "it", "pt-br": "pt", "cs": "cs", "pl": "pl", "ru": "ru", "fr": "fr", "nl": "nl", "sv": "sv"}
#: Never trained on. Variants are held out in every language.
TEST_VARIANTS = ["Andrea", "Michael", "f2", "klatt4", "m5", "steph"]
VALID_VARIANTS = ["m2", "Annie", "klatt2", "pedro"]
TEST_FLITE = "awb"

SECONDS_PER_ESPEAK_VOICE = 110
SECONDS_OF_FLITE = 2700
SECONDS_PER_TEST_VOICE = 60


def _espeak_clips(voice: str, split: str, seconds: float) -> list:
    base, _ = voice.split("+")
    chance = random.Random(voice)
    engine = Espeak()
    out, spoken = [], 0.0
    for text in texts.sentences(_LANGUAGES[base], sum(map(ord, voice))):
        pcm, phones = engine.speak(voice, text, chance.randint(125, 215), chance.randint(25, 75), chance.randint(30, 80))
        out.append((pcm, {"voice": f"espeak-{voice}", "split": split, "alphabet": "ipa", "text": text, "language": base, "phones": phones}))
        spoken += len(pcm) / RATE_HZ
        if spoken > seconds:
            break
    return out


def _flite_clips(voice: str, split: str, seconds: float, seed: int) -> list:
    chance = random.Random(f"{voice} {seed}")
    out, spoken = [], 0.0
    for text in texts.sentences("en", seed):
        pitch = None if split == "test" or chance.random() < 0.4 else chance.uniform(75, 190)
        pcm, phones = flite.speak(voice, text, 1.0 if split == "test" else chance.uniform(0.8, 1.3), pitch)
        out.append((pcm, {"voice": f"flite-{voice}", "split": split, "alphabet": "arpabet", "text": text, "language": "en-us", "phones": phones}))
        spoken += len(pcm) / RATE_HZ
        if spoken > seconds:
            break
    return out


def _recorded_clips() -> list:
    aligner = recordings.Aligner()
    out = []
    for path in recordings.prompts():
        pcm = recordings.read(path)
        text = aligner.transcribe(pcm)
        phones = aligner.align(pcm, text) if text else None
        if phones:
            out.append((pcm, {"voice": "recorded-allison", "split": "train", "alphabet": "arpabet", "text": text, "language": "en-us", "phones": phones}))
    return out


def _jobs() -> list:
    chance = random.Random(1)
    jobs = []
    variants = [v for v in _PEOPLE if v not in TEST_VARIANTS + VALID_VARIANTS]
    for base in _LANGUAGES:
        chosen = variants if base == "en-us" else chance.sample(variants, 18 if base == "en" else 6)
        jobs += [(_espeak_clips, (f"{base}+{v}", "train", SECONDS_PER_ESPEAK_VOICE)) for v in chosen]
    for i, v in enumerate(TEST_VARIANTS):
        jobs.append((_espeak_clips, (f"{['en-us', 'en'][i % 2]}+{v}", "test", SECONDS_PER_TEST_VOICE)))
    jobs += [(_espeak_clips, (f"{base}+{v}", "test", SECONDS_PER_TEST_VOICE)) for base, v in zip(["de", "es", "fr"], TEST_VARIANTS)]
    for v in VALID_VARIANTS:
        jobs.append((_espeak_clips, (f"en-us+{v}", "valid", SECONDS_PER_TEST_VOICE)))
    jobs += [(_flite_clips, ("rms", "train", SECONDS_OF_FLITE / 6, seed)) for seed in range(6)]
    jobs.append((_flite_clips, (TEST_FLITE, "test", 2 * SECONDS_PER_TEST_VOICE, 99)))
    jobs.append((_recorded_clips, ()))
    return jobs


def _run(job) -> list:
    make, arguments = job
    return make(*arguments)


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    clips = []
    with ProcessPoolExecutor(2) as pool:
        for made in pool.map(_run, _jobs()):
            for pcm, clip in made:
                clip["file"] = f"{clip['voice']}/{len(clips):05d}.wav"
                (folder / clip["voice"]).mkdir(exist_ok=True)
                soundfile.write(folder / clip["file"], np.clip(pcm, -1, 1), RATE_HZ, subtype="PCM_16")
                clips.append({**clip, "seconds": round(len(pcm) / RATE_HZ, 3)})
            print(f"{made[0][1]['voice']}: {sum(len(p) for p, _ in made) / RATE_HZ:.0f} s", flush=True)
    (folder / "clips.json").write_text(json.dumps(clips, ensure_ascii=False))
    for split in ("train", "valid", "test"):
        chosen = [c for c in clips if c["split"] == split]
        print(f"{split}: {sum(c['seconds'] for c in chosen) / 3600:.2f} h, {len({c['voice'] for c in chosen})} voices")


if __name__ == "__main__":
    main()
