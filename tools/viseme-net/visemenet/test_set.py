"""Makes the committed test set of the bench: `python -m visemenet.test_set FOLDER`. Held-out voices, sentences of our own, Ogg Opus."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from .corpus import TEST_FLITE, TEST_VARIANTS
from .features import RATE_HZ
from .voices import flite
from .voices.espeak import Espeak

_SENTENCES = {
    "en": [
        "Bob put a paper boat on the pond, and it bobbed about all afternoon.",
        "My mother may move to Miami if the summer brings more rain.",
        "Five brave fishermen saved the ferry from the foggy river.",
        "Would you show me the shortest way to the old stone bridge?",
        "The judge changed her mind, which surprised the whole jury.",
        "Thick smoke drifted over the southern path through the woods.",
        "Who chose the blue shoes for the school photo?",
        "Please keep these three pieces of cheese in the deep freezer.",
        "A heavy van full of velvet chairs arrived before five.",
        "Papa bought apples, plums, and a bag of brown bread.",
        "I hope the phone below the window was not too loud.",
        "Ask your father whether the garden gate was left open.",
        "The price of copper jumped by about a percent on Monday.",
        "She sells the best yoghurt in the village, and everybody knows it.",
        "Maybe we could borrow a lamp from the people above the pub.",
        "Look how far the little balloon has flown above the valley!",
    ],
    "de": [
        "Der Bäcker bringt um fünf Uhr frische Brötchen und Butter.",
        "Wir möchten übermorgen mit dem Zug nach München fahren.",
        "Viele Vögel fliegen im Herbst über das weite Moor.",
        "Mein Bruder wohnt in einem schönen Haus am Fluss.",
        "Bitte schreiben Sie uns, ob Ihnen die Musik gefallen hat.",
        "Auf dem Pult lag ein Buch mit bunten Bildern.",
    ],
    "es": [
        "Mi abuela prepara una sopa muy buena con pimientos y tomates.",
        "El barco salió del puerto antes de la primera luz.",
        "Fuimos a ver una película famosa en el cine del pueblo.",
        "¿Puede usted abrir la ventana, por favor?",
        "Muchos jóvenes viven lejos de la ciudad donde nacieron.",
        "Un hombre bajo y una mujer alta bailaban en la plaza.",
    ],
    "fr": [
        "Ma voisine a vu un beau bateau bleu près du pont.",
        "Nous voudrions deux places pour le film de ce soir.",
        "Pourquoi faut-il toujours partir avant la fin de la fête ?",
        "Le chien du boucher dort sous la table de la cuisine.",
        "Vous pouvez boire un café au bout de la rue.",
        "Il fait plus beau chez vous que dans les montagnes.",
    ],
}


def _spoken() -> list:
    engine = Espeak()
    english = TEST_VARIANTS
    out = []
    for i, variant in enumerate(english):
        base = ["en-us", "en"][i % 2]
        for k in range(8):
            text = _SENTENCES["en"][(2 * i + k) % 16]
            out.append((f"espeak-{base}+{variant}", "espeak-ng", "en", "ipa", text, engine.speak(f"{base}+{variant}", text, 150 + 8 * i, 40 + 5 * i)))
    for base, variant in zip(["de", "es", "fr"], TEST_VARIANTS):
        for text in _SENTENCES[base]:
            out.append((f"espeak-{base}+{variant}", "espeak-ng", base, "ipa", text, engine.speak(f"{base}+{variant}", text)))
    for text in _SENTENCES["en"]:
        out.append((f"flite-{TEST_FLITE}", "flite", "en", "arpabet", text, flite.speak(TEST_FLITE, text)))
    return out


def main() -> None:
    folder = Path(sys.argv[1])
    clips = []
    for voice, engine, language, alphabet, text, (pcm, phones) in _spoken():
        # A little silence around, for the figure about it.
        quiet = 0.4
        pcm = np.concatenate([np.zeros(int(quiet * RATE_HZ)), pcm / np.abs(pcm).max() * 0.6, np.zeros(int(quiet * RATE_HZ))])
        name = voice.replace("+", "-")
        file = f"{name}/{sum(c['voice'] == voice for c in clips) + 1:02d}.ogg"
        (folder / name).mkdir(parents=True, exist_ok=True)
        command = ["ffmpeg", "-v", "error", "-y", "-f", "s16le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "-", "-c:a", "libopus", "-b:a", "32k", "-application", "audio", "-map_metadata", "-1", "-fflags", "+bitexact", str(folder / file)]
        subprocess.run(command, input=(pcm * 32767).astype(np.int16).tobytes(), check=True)
        times = [[symbol, round(start + quiet, 4), round(end + quiet, 4)] for symbol, start, end in phones]
        clips.append({"file": file, "voice": voice, "engine": engine, "language": language, "text": text, "alphabet": alphabet, "phones": times})
    rows = ",\n".join(json.dumps(c, ensure_ascii=False) for c in clips)
    (folder / "clips.json").write_text(f"[\n{rows}\n]\n")


if __name__ == "__main__":
    main()
