"""flite, with the segments and end times that `-psdur` prints (ARPAbet). Voices kal and slt are kept for judging and refused here."""

import os
import subprocess
import tempfile

import numpy as np
import soundfile

ALLOWED = ("rms", "awb")


def speak(voice: str, text: str, stretch: float = 1.0, pitch_hz: float | None = None) -> tuple[np.ndarray, list]:
    """Mono float32 at 16 kHz and [(symbol, start s, end s)]."""
    if voice not in ALLOWED:
        raise ValueError(f"flite's {voice} is not for training")
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "speech.wav")
        settings = ["--setf", f"duration_stretch={stretch}"] + (["--setf", f"int_f0_target_mean={pitch_hz}"] if pitch_hz else [])
        command = ["flite", "-voice", voice, *settings, "-psdur", "-t", text, "-o", file]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        pcm, _ = soundfile.read(file, dtype="float32")
    phones, before = [], 0.0
    for entry in printed.split():
        symbol, end = entry.rsplit(":", 1)
        phones.append((symbol, before, float(end)))
        before = float(end)
    return pcm, phones
