"""Sounds that are not speech: what a mouth must not open for, and what lies behind speech."""

import numpy as np
from scipy import fft

from .features import RATE_HZ


def coloured(chance: np.random.Generator, count: int, slope: float) -> np.ndarray:
    """Noise whose power falls with f^slope: 0 white, 1 pink, 2 brown. RMS 1."""
    size = fft.next_fast_len(count, real=True)
    spectrum = fft.rfft(chance.standard_normal(size))
    spectrum *= np.maximum(np.arange(len(spectrum)), 1.0) ** (-slope / 2)
    return _level(fft.irfft(spectrum, size)[:count])


def hum(chance: np.random.Generator, count: int) -> np.ndarray:
    """Mains, fans and engines: harmonics of one low tone in a little noise."""
    t = np.arange(count) / RATE_HZ
    base = chance.uniform(45, 180)
    tones = sum(chance.uniform(0.1, 1) / k * np.sin(2 * np.pi * (base * k * t + chance.random())) for k in range(1, chance.integers(3, 12)))
    return _level(tones + 0.2 * coloured(chance, count, 1))


def music(chance: np.random.Generator, count: int) -> np.ndarray:
    """Chords, a tune and a beat out of plain oscillators."""
    out = np.zeros(count)
    beat = int(RATE_HZ * chance.uniform(0.18, 0.6))
    root = chance.uniform(80, 240)
    scale = 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16]) / 12)
    harmonics = chance.uniform(0, 1, 8) / np.arange(1, 9)
    percussion = chance.random() < 0.6
    for start in range(0, count, beat):
        length = min(int(beat * chance.uniform(0.8, 3)), count - start)
        t = np.arange(length) / RATE_HZ
        shape = np.minimum(t / chance.uniform(0.003, 0.06), 1) * np.exp(-t / chance.uniform(0.1, 1.2))
        for _ in range(chance.integers(1, 4)):
            hz = root * chance.choice(scale) * chance.choice([1, 1, 2, 4])
            vibrato = 1 + 0.004 * np.sin(2 * np.pi * 5.5 * t)
            phase = 2 * np.pi * np.cumsum(hz * vibrato) / RATE_HZ
            out[start : start + length] += shape * sum(h * np.sin(k * phase) for k, h in enumerate(harmonics, 1))
        if percussion:
            hit = min(int(0.12 * RATE_HZ), count - start)
            out[start : start + hit] += chance.uniform(0.3, 1.5) * chance.standard_normal(hit) * np.exp(-np.arange(hit) / (RATE_HZ * chance.uniform(0.01, 0.05)))
    return _level(out)


def breath(chance: np.random.Generator, count: int) -> np.ndarray:
    """In and out: noise through the vocal tract's wide resonances, rising and falling."""
    noise = coloured(chance, count, 0.5)
    size = fft.next_fast_len(count, real=True)
    spectrum = fft.rfft(noise, size)
    hz = fft.rfftfreq(size, 1 / RATE_HZ)
    resonances = sum(np.exp(-0.5 * ((hz - f) / chance.uniform(250, 700)) ** 2) for f in chance.uniform([400, 1200, 2300], [900, 2000, 3800]))
    noise = fft.irfft(spectrum * (resonances + 0.05), size)[:count]
    t = np.arange(count) / RATE_HZ
    rhythm = np.maximum(np.sin(2 * np.pi * chance.uniform(0.2, 0.9) * t + chance.uniform(0, 6.28)), 0) ** chance.uniform(0.5, 2)
    return _level(noise * rhythm)


def clatter(chance: np.random.Generator, count: int) -> np.ndarray:
    """Keys, doors, plates: short bursts with a ring."""
    out = 0.003 * coloured(chance, count, 1)
    for start in chance.integers(0, count, chance.integers(3, 30)):
        length = min(int(RATE_HZ * chance.uniform(0.01, 0.25)), count - start)
        t = np.arange(length) / RATE_HZ
        ring = np.sin(2 * np.pi * chance.uniform(200, 5000) * t) * chance.random() + chance.standard_normal(length) * 0.7
        out[start : start + length] += chance.uniform(0.2, 1) * ring * np.exp(-t / chance.uniform(0.004, 0.06))
    return _level(out)


class Bank:
    """A supply of noises of 30 s each; making them anew for every example would cost more than the network."""

    def __init__(self, chance: np.random.Generator, size: int = 96) -> None:
        self._noises = [any_noise(chance, 30 * RATE_HZ).astype(np.float32) for _ in range(size)]

    def draw(self, chance: np.random.Generator, count: int) -> np.ndarray:
        noise = self._noises[chance.integers(len(self._noises))]
        return np.roll(noise, chance.integers(len(noise)))[:count]


def any_noise(chance: np.random.Generator, count: int) -> np.ndarray:
    make = chance.choice([lambda: coloured(chance, count, chance.uniform(0, 2)), lambda: hum(chance, count), lambda: music(chance, count), lambda: clatter(chance, count), lambda: breath(chance, count)], p=[0.4, 0.12, 0.24, 0.12, 0.12])
    return make()


def _level(x: np.ndarray) -> np.ndarray:
    return x / (np.sqrt(np.mean(x**2)) + 1e-9)
