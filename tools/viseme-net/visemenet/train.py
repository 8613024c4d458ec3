"""Trains the network: `python -m visemenet.train CORPUS OUTPUT`. Writes viseme-net.onnx and training-log.jsonl."""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader

from . import sounds
from .coarticulation import curves, opening, viseme_at
from .data import Corpus, Examples
from .features import RATE_HZ, STEP_DELAY, log_mel
from .model import VisemeNet, to_onnx
from .phonemes import CLASS_OF_VISEME, PARAMS, SIL, TABLE, VISEMES

#: What an error in a parameter costs. Lips that should touch and don't are what people see first.
_WEIGHTS = torch.tensor([{"jaw": 2.0, "round": 1.5, "spread": 1.0, "press": 1.5, "upperLip": 1.0, "lowerLip": 1.0, "teeth": 1.5, "tongue": 0.5}[p] for p in PARAMS])
#: How much more it costs to miss one than to see it where it isn't. In a voice never heard the network is less sure, and must still shut.
_MISSED = torch.tensor([{"press": 5.0, "teeth": 5.0, "round": 1.5}.get(p, 0.0) for p in PARAMS])
_RARE = {"FF": 2.0, "PP": 1.5, "CH": 1.5, "TH": 1.5, "ou": 1.3, "oh": 1.3, "RR": 1.2}


def loss_of(params_logits, viseme_logits, params, visemes) -> tuple[torch.Tensor, dict]:
    said = torch.sigmoid(params_logits)
    error = ((said - params) ** 2 * (1 + _MISSED * params)) @ _WEIGHTS
    gap = (_opening(said) - _opening(params)) ** 2 * (1 + 3 * params[..., PARAMS.index("press")])
    speed = (said[:, 1:] - said[:, :-1] - params[:, 1:] + params[:, :-1]) ** 2 @ _WEIGHTS
    weight = torch.tensor([_RARE.get(v, 1.0) for v in VISEMES])
    named = F.cross_entropy(viseme_logits.flatten(0, 1), visemes.flatten(), weight=weight, label_smoothing=0.03)
    parts = {"params": error.mean(), "opening": gap.mean(), "speed": speed.mean(), "visemes": named}
    return parts["params"] + 4 * parts["opening"] + 2 * parts["speed"] + 0.12 * named, {k: round(v.item(), 5) for k, v in parts.items()}


def _opening(p: torch.Tensor) -> torch.Tensor:
    o, at = TABLE["opening"], {name: p[..., i] for i, name in enumerate(PARAMS)}
    return (o["jaw"] * at["jaw"] + o["upperLip"] * at["upperLip"] + o["lowerLip"] * at["lowerLip"]) * (1 - at["press"]) * (1 - o["teethCloses"] * at["teeth"])


@torch.no_grad()
def judge(net: VisemeNet, corpus: Corpus) -> dict:
    """A quick look at whole clips, for the log; the figures that count come from the bench."""
    r, right, frames, lags = [], 0, 0, []
    met = {"PP": [0, 0], "FF": [0, 0], "round": [0, 0]}
    falsely = 0
    classes = np.array(CLASS_OF_VISEME)
    for i in range(len(corpus.clips)):
        pcm = np.concatenate([corpus.sample(i), np.zeros(RATE_HZ // 2, np.float32)])
        logits, named = net(torch.from_numpy(log_mel(pcm))[None])
        said = torch.sigmoid(logits)[0, STEP_DELAY:].numpy()
        steps = len(said)
        truth = curves(corpus.segments[i], steps)
        viseme = viseme_at(corpus.segments[i], steps)
        gap, true_gap = opening(said), opening(truth)
        r.append(np.corrcoef(gap, true_gap)[0, 1])
        right += int((classes[named[0, STEP_DELAY:].argmax(-1).numpy()] == classes[viseme]).sum())
        frames += steps
        shifts = range(-6, 7)
        lags.append(20 * shifts[int(np.argmax([np.corrcoef(np.roll(gap, -s), true_gap)[0, 1] for s in shifts]))])
        near = np.zeros(steps, bool)
        for s in corpus.segments[i]:
            name = VISEMES[s.viseme]
            lo, hi = max(int((s.start - 0.04) * 50 + 0.999), 0), min(int((s.end + 0.04) * 50) + 1, steps)
            if name == "PP":
                near[max(lo - 2, 0) : hi + 2] = True
                met["PP"][0] += bool(((said[lo:hi, 3] >= 0.5) & (gap[lo:hi] <= 0.1)).any())
                met["PP"][1] += 1
            elif name == "FF":
                met["FF"][0] += bool((said[lo:hi, 6] >= 0.5).any())
                met["FF"][1] += 1
            elif name in ("oh", "ou"):
                inside = said[max(int(s.start * 50 + 0.999), 0) : int(s.end * 50) + 1]
                if len(inside):
                    best = inside[inside[:, 1].argmax()]
                    met["round"][0] += bool(best[1] >= 0.4 and best[1] > best[2])
                    met["round"][1] += 1
        falsely += int(((said[:, 3] >= 0.5) & ~near).sum())
    chance = np.random.default_rng(5)
    open_frames = []
    for make in (lambda n: sounds.coloured(chance, n, 0), lambda n: sounds.coloured(chance, n, 1), lambda n: sounds.hum(chance, n), lambda n: sounds.music(chance, n), lambda n: sounds.breath(chance, n), lambda n: sounds.clatter(chance, n)):
        for level in (-40, -20):
            noise = (10 ** (level / 20) * make(8 * RATE_HZ)).astype(np.float32)
            open_frames.append((opening(torch.sigmoid(net(torch.from_numpy(log_mel(noise))[None])[0])[0].numpy()) > 0.08).mean())
    return {
        "r": round(float(np.mean(r)), 4),
        "class_accuracy": round(right / frames, 4),
        **{k: round(hit / max(of, 1), 4) for k, (hit, of) in met.items()},
        "false_press": round(falsely / frames, 4),
        "lag_ms": float(np.median(lags)),
        "open_in_noise": round(float(np.mean(open_frames)), 4),
    }


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("corpus", type=Path)
    asked.add_argument("output", type=Path)
    asked.add_argument("--steps", type=int, default=4000)
    asked.add_argument("--batch", type=int, default=32)
    asked.add_argument("--rate", type=float, default=3e-3)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--without", help="a kind of voices to leave out, such as stamps")
    asked.add_argument("--resume", type=Path, help="weights to go on from")
    args = asked.parse_args()
    args.output.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    # The recurrent layers are too small to share: one core is faster than two, and the other one makes examples.
    torch.set_num_threads(1)
    net = VisemeNet()
    if args.resume:
        net.load_state_dict(torch.load(args.resume))
    train, valid = Corpus(args.corpus, "train", args.without), Corpus(args.corpus, "valid")
    loader = iter(DataLoader(Examples(train, args.seed), batch_size=args.batch, num_workers=1, prefetch_factor=4))
    optimiser = torch.optim.AdamW(net.parameters(), lr=args.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.rate, total_steps=args.steps, pct_start=0.08)
    log = (args.output / "training-log.jsonl").open("w")
    began, recent = time.time(), []
    for step in range(1, args.steps + 1):
        mel, params, visemes = next(loader)
        loss, parts = loss_of(*net(mel), params, visemes)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        recent.append(loss.item())
        if step % 200 == 0 or step == args.steps:
            net.eval()
            line = {"step": step, "minutes": round((time.time() - began) / 60, 1), "loss": round(float(np.mean(recent)), 5), **parts, "valid": judge(net, valid)}
            net.train()
            recent.clear()
            log.write(json.dumps(line) + "\n")
            log.flush()
            print(json.dumps(line), flush=True)
            torch.save(net.state_dict(), args.output / "weights.pt")
            onnx.save(to_onnx(net), args.output / "viseme-net.onnx")


if __name__ == "__main__":
    main()
