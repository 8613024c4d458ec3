"""espeak-ng, with the times of its phonemes from libespeak-ng's events (IPA)."""

import ctypes as C

import numpy as np
from scipy.signal import resample_poly

from ..features import RATE_HZ

_PHONEME, _END = 7, 0
_SYNCHRONOUS, _PHONEMES_IN_IPA = 2, 3
_UTF8 = 1
_RATE, _PITCH, _RANGE = 1, 3, 4


class _Id(C.Union):
    _fields_ = [("number", C.c_int), ("name", C.c_char_p), ("string", C.c_char * 8)]


class _Event(C.Structure):
    _fields_ = [("type", C.c_int), ("unique", C.c_uint), ("text_position", C.c_int), ("length", C.c_int), ("audio_ms", C.c_int), ("sample", C.c_int), ("user", C.c_void_p), ("id", _Id)]


_CALLBACK = C.CFUNCTYPE(C.c_int, C.POINTER(C.c_short), C.c_int, C.POINTER(_Event))
_STOPS = set("pbtdkgɡqcʈɖɟ")


class Espeak:
    """One per process: the library is one global voice."""

    def __init__(self) -> None:
        self._lib = C.CDLL("libespeak-ng.so.1")
        self._rate = self._lib.espeak_Initialize(_SYNCHRONOUS, 200, None, _PHONEMES_IN_IPA)
        self._pcm: list[np.ndarray] = []
        self._events: list[tuple[str, int]] = []
        # Kept here, or it would be collected while the library calls it.
        self._callback = _CALLBACK(self._collect)
        self._lib.espeak_SetSynthCallback(self._callback)

    def _collect(self, wav, count, events) -> int:
        if wav and count:
            self._pcm.append(np.ctypeslib.as_array(wav, (count,)).copy())
        i = 0
        while events[i].type != _END:
            if events[i].type == _PHONEME:
                self._events.append((events[i].id.string.decode("utf-8", "ignore"), events[i].sample))
            i += 1
        return 0

    def speak(self, voice: str, text: str, words_per_minute: int = 165, pitch: int = 50, pitch_range: int = 50) -> tuple[np.ndarray, list]:
        """Mono float32 at 16 kHz and [(symbol, start s, end s)]. @raises ValueError for a voice that isn't there."""
        if self._lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice}")
        for parameter, value in ((_RATE, words_per_minute), (_PITCH, pitch), (_RANGE, pitch_range)):
            self._lib.espeak_SetParameter(parameter, value, 0)
        self._pcm.clear()
        self._events.clear()
        data = text.encode()
        self._lib.espeak_Synth(data, len(data) + 1, 0, 0, 0, _UTF8, None, None)
        self._lib.espeak_Synchronize()
        pcm = np.concatenate(self._pcm).astype(np.float32) / 32768
        starts = [(symbol, sample / self._rate) for symbol, sample in self._events] + [("", len(pcm) / self._rate)]
        phones = [[symbol or "_", start, following] for (symbol, start), (_, following) in zip(starts, starts[1:])]
        _own_closures(phones, pcm, self._rate)
        return resample_poly(pcm, 320, 441).astype(np.float32), [tuple(p) for p in phones]


def _own_closures(phones: list, pcm: np.ndarray, rate: int) -> None:
    """espeak-ng marks a stop where its burst begins: the silence before it, up to 90 ms, is its closure."""
    hop = rate // 200
    loud = np.array([np.sqrt(np.mean(pcm[i : i + hop] ** 2)) for i in range(0, max(len(pcm) - hop, 1), hop)])
    for i, (symbol, start, end) in enumerate(phones):
        if not any(c in _STOPS for c in symbol[:1]):
            continue
        if i == 0 or phones[i - 1][0] == "_":
            moved = max(start - 0.06, phones[i - 1][1] if i else 0)
        else:
            at = int(start * 200)
            while at > 0 and start - (at - 1) / 200 <= 0.09 and loud[min(at - 1, len(loud) - 1)] < 0.03:
                at -= 1
            moved = max(min(at / 200, start), phones[i - 1][1] + 0.03)
        if moved < start:
            phones[i][1] = moved
            if i:
                phones[i - 1][2] = moved
