"""A real speaker: the prompts of Debian's asterisk-core-sounds-en-g722 (Allison Smith; CC BY-SA 3.0), aligned by pocketsphinx.

The package has no transcripts, so pocketsphinx also says what was said; a prompt that it is not sure of is left out.
"""

import subprocess
from pathlib import Path

import numpy as np
from pocketsphinx import Decoder

FOLDER = Path("/usr/share/asterisk/sounds/en_US_f_Allison")


def prompts() -> list[Path]:
    return sorted(f for f in FOLDER.rglob("*.g722") if f.stat().st_size > 8000 and "silence" not in f.parts)


def read(path: Path) -> np.ndarray:
    """Mono float32 at 16 kHz."""
    command = ["ffmpeg", "-v", "error", "-f", "g722", "-i", str(path), "-f", "s16le", "-ar", "16000", "-ac", "1", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.int16).astype(np.float32) / 32768


class Aligner:
    def __init__(self) -> None:
        self._decoder = Decoder(loglevel="FATAL")
        self._forced = Decoder(loglevel="FATAL", bestpath=False, beam=1e-80, wbeam=1e-60, pbeam=1e-80)

    def transcribe(self, pcm: np.ndarray) -> str:
        self._run(self._decoder, pcm)
        found = self._decoder.hyp()
        return "" if found is None else " ".join(w.word.split("(")[0] for w in self._decoder.seg() if not w.word.startswith(("<", "[", "+")))

    def align(self, pcm: np.ndarray, text: str) -> list | None:
        """[(ARPAbet symbol, start s, end s)] or None when the text doesn't fit the sound."""
        try:
            self._forced.set_align_text(text)
            self._run(self._forced, pcm)
            if self._forced.hyp() is None:
                return None
            self._forced.set_alignment()
            self._run(self._forced, pcm)
            return [(p.name, p.start / 100, (p.start + p.duration) / 100) for word in self._forced.get_alignment() for p in word]
        except (RuntimeError, ValueError):
            return None

    @staticmethod
    def _run(decoder: Decoder, pcm: np.ndarray) -> None:
        decoder.start_utt()
        decoder.process_raw((np.clip(pcm, -1, 1) * 32767).astype(np.int16).tobytes(), full_utt=True)
        decoder.end_utt()
