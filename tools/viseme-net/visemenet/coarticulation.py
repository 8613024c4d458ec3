"""Truth from phone times: dominance functions after Cohen and Massaro (1993), closures after JALI (Edwards et al. 2016).

The words and numbers are fixed in libs/viseme-net/README.md and phonemes.json; libs/viseme-net/src/coarticulation.ts is the same in
TypeScript, and a test holds the two together.
"""

import numpy as np

from .phonemes import PARAMS, SIL, TABLE, VISEMES, Segment

STEP_S = 0.02
_FINE = 4
"""Curves are made at four times the rate and averaged by the last smoothing: closures don't start on the grid."""

_TARGETS = np.array([[TABLE["targets"][v][p] for p in PARAMS] for v in VISEMES])


def curves(segments: list[Segment], steps: int) -> np.ndarray:
    """Parameters (steps, 8) in 0…1 at times 0, 20, 40 … ms."""
    times = np.arange(steps * _FINE) * (STEP_S / _FINE)
    out = np.zeros((len(times), len(PARAMS)))
    segments = _with_rests(segments, steps * STEP_S)
    dominant = [s for s in segments if not (s.viseme == SIL and s.end - s.start < TABLE["holdPauseMs"] / 1000)]
    for group, params in TABLE["groups"].items():
        columns = [PARAMS.index(p) for p in params]
        before, after = (TABLE["decayMs"][group][side] / 1000 for side in ("before", "after"))
        weight = np.full(len(times), 1e-9)
        total = np.zeros((len(times), len(columns)))
        for s in dominant:
            alpha = TABLE["dominance"][VISEMES[s.viseme]][group]
            lo, hi = np.searchsorted(times, [s.start - 8 * before, s.end + 8 * after])
            t = times[lo:hi]
            d = alpha * np.exp(-np.maximum(s.start - t, 0) / before - np.maximum(t - s.end, 0) / after)
            weight[lo:hi] += d
            total[lo:hi] += d[:, None] * _TARGETS[s.viseme, columns]
        out[:, columns] = total / weight[:, None]
    for param, rule in TABLE["closures"].items():
        viseme = VISEMES.index(rule["viseme"])
        column = PARAMS.index(param)
        for s in segments:
            if s.viseme == viseme:
                np.maximum(out[:, column], _closure(times, s, rule), out=out[:, column])
    return _smoothed(out)[::_FINE]


def _with_rests(segments: list[Segment], end: float) -> list[Segment]:
    """Where no phone is given the mouth rests as in a pause: before the first, in gaps, after the last; neighbouring pauses are one."""
    out: list[Segment] = []
    before = -1.0
    for s in [*segments, Segment(SIL, end + 1, end + 2, False)]:
        if s.start > before + 1e-3:
            out.append(Segment(SIL, before, s.start, False))
        out.append(s)
        before = max(before, s.end)
    joined: list[Segment] = []
    for s in out:
        if joined and s.viseme == SIL and joined[-1].viseme == SIL:
            joined[-1] = Segment(SIL, joined[-1].start, s.end, False)
        else:
            joined.append(s)
    return joined


def _closure(times: np.ndarray, s: Segment, rule: dict) -> np.ndarray:
    """Shut when the segment begins, opened by the burst of a plosive or at the end of a nasal."""
    released = 0 if s.nasal else min(rule["releasedPart"] * (s.end - s.start), rule["releasedMostMs"] / 1000)
    shut_until = max(s.end - released, s.start + rule["leastMs"] / 1000)
    rise = (times - (s.start - rule["riseMs"] / 1000)) / (rule["riseMs"] / 1000)
    fall = (shut_until + rule["fallMs"] / 1000 - times) / (rule["fallMs"] / 1000)
    return _eased(np.clip(np.minimum(rise, fall), 0, 1))


def _eased(x: np.ndarray) -> np.ndarray:
    return x * x * (3 - 2 * x)


def _smoothed(values: np.ndarray) -> np.ndarray:
    sigma = TABLE["smoothMs"] / 1000 / (STEP_S / _FINE)
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(values, ((reach, reach), (0, 0)), mode="edge")
    return np.stack([np.convolve(padded[:, i], kernel, mode="valid") for i in range(values.shape[1])], axis=1)


def opening(params: np.ndarray) -> np.ndarray:
    """The gap between the lips, 0…1, of parameters (…, 8)."""
    o = TABLE["opening"]
    p = {name: params[..., i] for i, name in enumerate(PARAMS)}
    gap = o["jaw"] * p["jaw"] + o["upperLip"] * p["upperLip"] + o["lowerLip"] * p["lowerLip"]
    return gap * (1 - p["press"]) * (1 - o["teethCloses"] * p["teeth"])


def viseme_at(segments: list[Segment], steps: int) -> np.ndarray:
    """The viseme (steps,) that is being said at times 0, 20, 40 … ms; silence outside."""
    out = np.full(steps, SIL)
    for s in segments:
        lo, hi = int(np.ceil(s.start / STEP_S - 1e-9)), int(np.ceil(s.end / STEP_S - 1e-9))
        out[max(lo, 0) : max(hi, 0)] = s.viseme
    return out
