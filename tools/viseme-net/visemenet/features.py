"""Log-mel features as libs/viseme-net/README.md defines them; libs/viseme-net/src/log-mel.ts is the same in TypeScript."""

import numpy as np
from scipy import fft

RATE_HZ = 16_000
HOP = 160
WINDOW = 400
FFT = 512
BANDS = 40
LOW_HZ, HIGH_HZ = 50.0, 7600.0
FRAMES_PER_STEP = 2
LOOK_AHEAD_MS = 75
STEP_DELAY = 2
"""Step k speaks about media time 20 k − 40 ms: two steps before its own number."""


def _filters() -> np.ndarray:
    mel = lambda hz: 2595 * np.log10(1 + hz / 700)
    corners = 700 * (10 ** (np.linspace(mel(LOW_HZ), mel(HIGH_HZ), BANDS + 2) / 2595) - 1)
    hz = np.arange(FFT // 2 + 1) * RATE_HZ / FFT
    rising = (hz - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    falling = (corners[2:, None] - hz) / (corners[2:] - corners[1:-1])[:, None]
    return np.maximum(0, np.minimum(rising, falling))


_FILTERS = _filters().astype(np.float32).T
_WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


def log_mel(pcm: np.ndarray) -> np.ndarray:
    """Features (steps, 80) of mono samples in −1…1 at 16 kHz; only whole steps."""
    frames = 1 + (len(pcm) - WINDOW) // HOP if len(pcm) >= WINDOW else 0
    frames -= frames % FRAMES_PER_STEP
    if frames <= 0:
        return np.zeros((0, BANDS * FRAMES_PER_STEP), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(pcm.astype(np.float32), WINDOW)[::HOP][:frames] * _WINDOW
    spectrum = fft.rfft(windows, FFT, axis=1)
    energy = (spectrum.real**2 + spectrum.imag**2) @ _FILTERS
    return ((np.log(energy + 1e-4) + 4) / 4).astype(np.float32).reshape(-1, BANDS * FRAMES_PER_STEP)
