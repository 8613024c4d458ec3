"""Adds real speakers to a corpus: `python -m visemenet.realign CORPUS WEIGHTS`.

Their recordings have texts and no times. espeak-ng tells the texts' phones, and a network that was trained on the rest of the corpus where
they are: the likeliest way through its visemes (Viterbi). What doesn't fit is left out.
"""

import json
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import soundfile
import torch

from .features import RATE_HZ, STEP_DELAY, log_mel
from .model import VisemeNet
from .phonemes import SIL, VISEMES, segments
from .voices import stamps
from .voices.espeak import Espeak

CLIPS_PER_LANGUAGE = 520
#: Mean log likelihood a step, above which a recording is taken to be its text.
FITS = -1.5
#: One step that the network is sure to be something else must not outweigh all others.
_FLOOR = np.log(1e-3)


def align(scores: np.ndarray, visemes: list[int]) -> tuple[list[tuple[int, int, int]], float]:
    """Scores (steps, 15) of log likelihoods and visemes in order → [(viseme, first step, step after)], mean score of the visemes' steps.
    Silence may stand before, after and between; every viseme lasts one step or more."""
    states: list[tuple[int, bool]] = [(SIL, True)]
    for v in visemes:
        states += [(v, False), (SIL, True)]
    n, steps = len(states), len(scores)
    best = np.full(n, -np.inf)
    best[0], best[1] = scores[0, SIL], scores[0, states[1][0]]
    came = np.zeros((steps, n), np.int32)
    emit = np.array([s for s, _ in states])
    optional = np.array([o for _, o in states])
    # A pause inside a text must be worth it.
    cost = np.where(optional, -1.0, -0.4)
    for t in range(1, steps):
        stay = best
        step = np.concatenate([[-np.inf], best[:-1]]) + cost
        skip = np.concatenate([[-np.inf, -np.inf], best[:-2]]) + cost
        skip[optional] = -np.inf
        choices = np.stack([stay, step, skip])
        which = choices.argmax(0)
        came[t] = which
        best = choices.max(0) + scores[t, emit]
    state = n - 1 if best[n - 1] > best[n - 2] else n - 2
    path = []
    for t in range(steps - 1, -1, -1):
        path.append(state)
        state -= came[t, state]
    path.reverse()
    score = float(np.mean([scores[t, emit[s]] for t, s in enumerate(path) if not optional[s]] or [-np.inf]))
    out: list[tuple[int, int, int]] = []
    before = -1
    for t, s in enumerate(path):
        if s != before:
            out.append((int(emit[s]), t, t + 1))
        else:
            out[-1] = (out[-1][0], out[-1][1], t + 1)
        before = s
    return out, score


@torch.no_grad()
def likelihoods(net: VisemeNet, pcm: np.ndarray, prior: np.ndarray) -> np.ndarray:
    pcm = np.concatenate([pcm, np.zeros(RATE_HZ // 5, np.float32)])
    _, named = net(torch.from_numpy(log_mel(pcm))[None])
    posterior = torch.log_softmax(named, -1)[0, STEP_DELAY:].numpy()
    return np.maximum(posterior, _FLOOR) - 0.3 * np.log(prior)


def main() -> None:
    corpus, weights = Path(sys.argv[1]), Path(sys.argv[2])
    clips = [c for c in json.loads((corpus / "clips.json").read_text()) if not c["voice"].startswith("stamps")]
    share = np.ones(len(VISEMES))
    for c in clips[::7]:
        for s in segments(c["phones"], c["alphabet"]):
            share[s.viseme] += s.end - s.start
    prior = share / share.sum() * len(VISEMES)
    jobs = [(corpus, weights, language, prior) for language in stamps.LANGUAGES]
    with ProcessPoolExecutor(2) as pool:
        for language, (taken, tried) in zip(stamps.LANGUAGES, pool.map(_realigned, *zip(*jobs))):
            clips += taken
            print(f"stamps-{language or 'en'}: {len(taken)} of {tried}, {sum(c['seconds'] for c in taken):.0f} s", flush=True)
    (corpus / "clips.json").write_text(json.dumps(clips, ensure_ascii=False))


def _realigned(corpus: Path, weights: Path, language: str, prior: np.ndarray) -> tuple[list[dict], int]:
    """Clips of one language's speaker, and how many recordings were tried."""
    torch.set_num_threads(1)
    net = VisemeNet()
    net.load_state_dict(torch.load(weights))
    net.eval()
    engine, voice = Espeak(), stamps.LANGUAGES[language]
    described = stamps.described(language)
    random.Random(language).shuffle(described)
    taken, tried = [], 0
    folder = corpus / f"stamps-{language or 'en'}"
    folder.mkdir(exist_ok=True)
    for path, text in described[:CLIPS_PER_LANGUAGE]:
        pcm = stamps.read(path)
        if not 0.5 < len(pcm) / RATE_HZ < 14 or np.abs(pcm).max() < 0.02:
            continue
        tried += 1
        _, phones = engine.speak(voice, text)
        visemes = [s.viseme for s in segments(phones, "ipa") if s.viseme != SIL]
        level = pcm / np.abs(pcm).max() * 0.6
        scores = likelihoods(net, level.astype(np.float32), prior)
        if len(visemes) < 2 or len(visemes) * 2 > len(scores):
            continue
        found, fit = align(scores, visemes)
        if fit < FITS:
            continue
        # Times of visemes, not of phones: a viseme's own name stands for it.
        times = [[VISEMES[v], round(max(a * 0.02 - 0.01, 0), 3), round(b * 0.02 - 0.01, 3)] for v, a, b in found]
        file = f"stamps-{language or 'en'}/{len(taken):04d}.wav"
        soundfile.write(corpus / file, pcm, RATE_HZ, subtype="PCM_16")
        taken.append({"voice": f"stamps-{language or 'en'}", "split": "train", "alphabet": "visemes", "text": text, "language": voice, "phones": times, "file": file, "seconds": round(len(pcm) / RATE_HZ, 3), "fit": round(fit, 3)})
    return taken, tried


if __name__ == "__main__":
    main()
