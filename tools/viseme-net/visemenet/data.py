"""Examples for training: clips of several voices in a row, in rooms, noise and bands of their own, with what the mouth should do."""

import json
from pathlib import Path

import numpy as np
import soundfile
import torch
from scipy import fft

from . import sounds
from .coarticulation import curves, viseme_at
from .features import BANDS, RATE_HZ, STEP_DELAY, log_mel
from .phonemes import PARAMS, SIL, Segment, segments

SECONDS = 8
STEPS = SECONDS * 50


class Corpus:
    """Clips of one split in memory, with their visemes' times."""

    def __init__(self, folder: Path, split: str, without: str | None = None) -> None:
        self.clips = [c for c in json.loads((folder / "clips.json").read_text()) if c["split"] == split and c["voice"].split("-")[0] != without]
        self.pcm = [(soundfile.read(folder / c["file"], dtype="int16")[0]) for c in self.clips]
        self.segments = [segments(c["phones"], c["alphabet"]) for c in self.clips]
        # Few natural voices, many of espeak-ng: each is drawn by a weight of its kind.
        kinds = [c["voice"].split("-")[0] for c in self.clips]
        share = {"espeak": 0.25, "flite": 0.25, "recorded": 0.18, "stamps": 0.32}
        total = {k: sum(c["seconds"] for c, kind in zip(self.clips, kinds) if kind == k) for k in set(kinds)}
        weights = np.array([share.get(k, 1) * c["seconds"] / total[k] for c, k in zip(self.clips, kinds)])
        self.weights = weights / weights.sum()

    def sample(self, i: int) -> np.ndarray:
        return self.pcm[i].astype(np.float32) / 32768


class Examples(torch.utils.data.IterableDataset):
    """Without end: (features (400, 80), parameters (400, 8), visemes (400,)) of 8 seconds, targets delayed as the network is."""

    def __init__(self, corpus: Corpus, seed: int) -> None:
        self.corpus, self.seed = corpus, seed

    def __iter__(self):
        info = torch.utils.data.get_worker_info()
        chance = np.random.default_rng([self.seed, info.id if info else 0])
        self.noises = sounds.Bank(chance)
        while True:
            yield self.example(chance)

    def example(self, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        count = SECONDS * RATE_HZ + 560
        pcm = np.zeros(count, np.float32)
        said: list[Segment] = []
        silent = _digital_silence(chance)
        if chance.random() > 0.2:
            # Sounds that begin anywhere: before the speech does, with it, or in the middle of a word.
            at = silent + int(chance.choice([chance.uniform(0, 1.2), 0, -chance.uniform(0.1, 1.2)], p=[0.6, 0.2, 0.2]) * RATE_HZ)
            while at < count - RATE_HZ // 4:
                i = chance.choice(len(self.corpus.clips), p=self.corpus.weights)
                clip, parts = _at_speed(self.corpus.sample(i), self.corpus.segments[i], chance)
                clip = clip / (np.abs(clip).max() + 1e-6) * chance.uniform(0.4, 0.9)
                clip = clip[: count - at]
                first = min(max(0, silent - at), len(clip))
                pcm[at + first : at + len(clip)] += clip[first:]
                start, end, heard = at / RATE_HZ, (at + len(clip)) / RATE_HZ, silent / RATE_HZ
                said += [Segment(s.viseme, max(s.start + start, heard), min(s.end + start, end), s.nasal) for s in parts if s.start + start < end and s.end + start > heard]
                at += len(clip) + int(chance.choice([0.0, 0.1, 0.4, 1.5], p=[0.2, 0.3, 0.3, 0.2]) * chance.uniform(0.3, 1.2) * RATE_HZ)
        pcm = self._heard(pcm, bool(said), chance)
        pcm[:silent] = 0
        mel = _with_other_formants(log_mel(pcm)[:STEPS], chance)
        params = np.zeros((STEPS, len(PARAMS)), np.float32)
        visemes = np.full(STEPS, SIL)
        if said:
            params[STEP_DELAY:] = curves(said, STEPS)[:-STEP_DELAY]
            visemes[STEP_DELAY:] = viseme_at(said, STEPS)[:-STEP_DELAY]
        return mel, params, visemes.astype(np.int64)

    def _heard(self, pcm: np.ndarray, speech: bool, chance: np.random.Generator) -> np.ndarray:
        """A room, a channel, noise, and a level."""
        count = len(pcm)
        if speech:
            pcm = _through_channel(pcm, chance)
            level = np.sqrt(np.mean(pcm**2)) + 1e-6
            if chance.random() < 0.65:
                pcm = pcm + level * 10 ** (-chance.uniform(3, 35) / 20) * self.noises.draw(chance, count)
            if chance.random() < 0.12:
                pcm = pcm + level * 10 ** (-chance.uniform(10, 25) / 20) * self._babble(count, chance)
            if chance.random() < 0.1:
                limit = np.abs(pcm).max() * chance.uniform(0.3, 0.8)
                pcm = np.clip(pcm, -limit, limit)
            pcm = pcm * 10 ** (chance.uniform(-26, 2) / 20)
        elif chance.random() < 0.85:
            pcm = 10 ** (chance.uniform(-55, -12) / 20) * self.noises.draw(chance, count)
        if chance.random() < 0.7:
            pcm = pcm + 10 ** (chance.uniform(-85, -58) / 20) * chance.standard_normal(count)
        return np.clip(pcm, -1, 1)

    def _babble(self, count: int, chance: np.random.Generator) -> np.ndarray:
        out = np.zeros(count)
        for _ in range(chance.integers(1, 6)):
            clip = self.corpus.sample(chance.integers(len(self.corpus.clips)))
            out += np.resize(clip, count) / (np.sqrt(np.mean(clip**2)) + 1e-6)
        return out / (np.sqrt(np.mean(out**2)) + 1e-6)


def _digital_silence(chance: np.random.Generator) -> int:
    """Samples before the sound that are exactly zero, as in a session before somebody speaks, and before a noise, too."""
    return int(chance.choice([0, chance.uniform(0.02, 0.4), chance.uniform(0.4, 2.5)], p=[0.4, 0.25, 0.35]) * RATE_HZ)


def _with_other_formants(mel: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Vocal tract length perturbation (Jaitly and Hinton 2013) on the bands: formants move, the pitch stays."""
    if chance.random() < 0.45:
        return mel
    bands = mel.reshape(-1, BANDS)
    places = np.clip(np.arange(BANDS) * np.exp(chance.uniform(-0.14, 0.14)), 0, BANDS - 1)
    low = np.minimum(places.astype(int), BANDS - 2)
    part = (places - low).astype(np.float32)
    return (bands[:, low] * (1 - part) + bands[:, low + 1] * part).reshape(mel.shape)


def _at_speed(pcm: np.ndarray, parts: list[Segment], chance: np.random.Generator) -> tuple[np.ndarray, list[Segment]]:
    """Faster and higher, or slower and lower: another size of head."""
    if chance.random() < 0.25:
        return pcm, parts
    speed = float(np.exp(chance.uniform(-0.25, 0.25)))
    times = np.arange(int(len(pcm) / speed)) * speed
    pcm = np.interp(times, np.arange(len(pcm)), pcm).astype(np.float32)
    return pcm, [Segment(s.viseme, s.start / speed, s.end / speed, s.nasal) for s in parts]


def _through_channel(pcm: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Microphone and loudspeaker colour, sometimes a telephone's band, sometimes a room."""
    size = fft.next_fast_len(len(pcm) + RATE_HZ, real=True)
    spectrum = fft.rfft(pcm.astype(np.float32), size)
    hz = fft.rfftfreq(size, 1 / RATE_HZ).astype(np.float32)
    octaves = np.log2(np.maximum(hz, 40) / 1000)
    if chance.random() < 0.7:
        gain = chance.uniform(-4, 4) * octaves + sum(chance.uniform(-6, 6) * np.exp(-0.5 * ((octaves - chance.uniform(-3, 3)) / chance.uniform(0.3, 1)) ** 2) for _ in range(3))
        spectrum *= (10 ** (gain / 20)).astype(np.float32)
    if chance.random() < 0.12:
        low, high = chance.uniform(150, 350), chance.uniform(3000, 3800)
        spectrum *= 1 / np.sqrt((1 + (low / np.maximum(hz, 1)) ** 8) * (1 + (hz / high) ** 12))
    elif chance.random() < 0.15:
        spectrum *= 1 / np.sqrt(1 + (hz / chance.uniform(4000, 7500)) ** 12)
    if chance.random() < 0.3:
        decay = chance.uniform(0.02, 0.12)
        tail = chance.standard_normal(int(RATE_HZ * min(6 * decay, 0.9))) * np.exp(-np.arange(int(RATE_HZ * min(6 * decay, 0.9))) / (RATE_HZ * decay))
        tail *= chance.uniform(0.05, 0.6) / (np.sqrt(np.sum(tail**2)) + 1e-9)
        tail[0] = 1
        spectrum *= fft.rfft(tail.astype(np.float32), size)
    return fft.irfft(spectrum, size)[: len(pcm)]
