"""Trains the taggers: `python training/train.py --arrays DIR [--arrays DIR ...] --out DIR --minutes 120`.

Stages: teacher (six layers), pieces (student b), words (student a); the students learn from labels and, when a teacher was trained,
from its logits. The two students train side by side, a thread each: steps as small as theirs lose by being shared (`--in-turn`: after each
other). With `--start DIR` they go on from exported weights instead of from random ones and the base. Run again with the
same --out it goes on from the last checkpoint. One random state decides every draw; when the clock
and not the number of passes ends a stage, meta.json says so.
"""

import argparse
import json
import math
import multiprocessing
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from data import Arrays, bucket, join_arrays, load_arrays, piece_windows, word_windows
from export import export_all
from pieces import WINDOW, PieceBatches, PieceTagger
from start import load_exported
from words import LONGEST, Convolutional, WordBatches, WordTagger

CHECKPOINT_SECONDS = 600
STAGES = ("teacher", "pieces", "words")
TEACHER_SHARE = 0.5
WORDS_SHARE = 0.25
ROLE_WEIGHT = 0.3
SOFTNESS = 2.0


def tag_weights(arrays: Arrays) -> torch.Tensor:
    """Rare classes count a little more: the fourth root of how rare, at most 3."""
    tags = arrays.tags[arrays.known == 1]
    counts = np.bincount(tags, minlength=len(arrays.meta["tags"])).astype(np.float64)
    seen = counts[1:][counts[1:] > 0]
    middle = np.median(seen) if len(seen) else 1.0
    weights = np.clip((middle / np.maximum(counts, 1)) ** 0.25, 1.0, 3.0)
    weights[0] = 1.0
    return torch.tensor(weights, dtype=torch.float32)


def loss_of(outputs, batch, weights: torch.Tensor) -> torch.Tensor:
    tags, roles = (output.float().flatten(0, 1) for output in outputs)
    loss = F.cross_entropy(tags, batch["tags"].flatten(), weights, ignore_index=-100)
    if (batch["roles"] != -100).any():
        loss = loss + ROLE_WEIGHT * F.cross_entropy(roles, batch["roles"].flatten(), ignore_index=-100)
    if "teacher" in batch:
        inside = batch["inside"].flatten()
        goal = torch.log_softmax(batch["teacher"].flatten(0, 1)[inside] / SOFTNESS, -1)
        own = torch.log_softmax(tags[inside] / SOFTNESS, -1)
        loss = 0.5 * loss + 0.5 * SOFTNESS**2 * F.kl_div(own, goal, log_target=True, reduction="batchmean")
    return loss


class Average:
    """A running mean of the weights: what is exported."""

    def __init__(self, model: nn.Module, keep: float):
        self.keep = keep
        self.values = {name: value.detach().clone() for name, value in model.state_dict().items()}

    def update(self, model: nn.Module, step: int) -> None:
        keep = min(self.keep, (1 + step) / (10 + step))
        for name, value in model.state_dict().items():
            self.values[name].lerp_(value, 1 - keep) if value.is_floating_point() else self.values[name].copy_(value)


def fit(name, model, batches, windows, forward, *, budget, rate, passes, minutes, out: Path, state: int, weights) -> dict:
    """Trains until the passes are made or the minutes are over; leaves the averaged weights in the model."""
    generator = batches.generator
    trained = [p for p in model.parameters() if p.requires_grad]
    flat = [p for p in trained if p.dim() < 2]
    optimiser = torch.optim.AdamW(
        [{"params": [p for p in trained if p.dim() >= 2], "weight_decay": 0.01}, {"params": flat, "weight_decay": 0.0}],
        lr=rate,
        fused=True,
    )
    average = Average(model, 0.998)
    per_pass = len(bucket(windows, budget, np.random.default_rng([state, 0])))
    total = passes * per_pass
    at = {"step": 0, "pass": 0, "batch": 0, "seconds": 0.0}
    path = out / f"{name}.checkpoint.pt"
    if path.exists():
        saved = torch.load(path, weights_only=False)
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        average.values = saved["average"]
        generator.bit_generator.state = saved["generator"]
        torch.set_rng_state(saved["torch"])
        at = saved["at"]
        print(f"{name}: goes on at step {at['step']}", flush=True)

    def save() -> None:
        state_now = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "average": average.values, "at": at}
        torch.save(state_now | {"generator": generator.bit_generator.state, "torch": torch.get_rng_state()}, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    model.train()
    last_saved, shown, sum_loss, sum_count = time.monotonic(), time.monotonic(), 0.0, 0
    while at["pass"] < passes and at["seconds"] < minutes * 60:
        order = bucket(windows, budget, np.random.default_rng([state, at["pass"]]))
        for batch_windows in order[at["batch"] :]:
            began = time.monotonic()
            done = min(1.0, max(at["step"] / total, at["seconds"] / (minutes * 60)))
            if at["seconds"] >= minutes * 60:
                break
            scale = min(1.0, (at["step"] + 1) / (0.03 * total + 20)) * max(0.02, 0.5 * (1 + math.cos(math.pi * done)))
            for group in optimiser.param_groups:
                group["lr"] = rate * scale
            batch = batches.make(batch_windows, withhold=True)
            loss = loss_of(forward(model, batch), batch, weights)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(trained, 1.0)
            optimiser.step()
            at["step"] += 1
            at["batch"] += 1
            average.update(model, at["step"])
            sum_loss, sum_count = sum_loss + float(loss.detach()), sum_count + 1
            now = time.monotonic()
            at["seconds"] += now - began
            if now - shown > 20:
                print(f"{name}: step {at['step']}/{total} {at['seconds']:.0f} s loss {sum_loss / sum_count:.4f}", flush=True)
                shown, sum_loss, sum_count = now, 0.0, 0
            if now - last_saved > CHECKPOINT_SECONDS:
                save()
                last_saved = now
        else:
            at["pass"] += 1
            at["batch"] = 0
    save()
    model.load_state_dict(average.values)
    model.eval()
    return {"steps": at["step"], "passes": round(at["step"] / per_pass, 2), "seconds": round(at["seconds"]), "endedBy": "passes" if at["pass"] >= passes else "clock"}


def forward_words(model, batch):
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=isinstance(model.body, Convolutional)):
        return model(batch["features"], batch["lengths"])


def forward_pieces(model, batch):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return model(batch["ids"], batch["shape"], batch["lists"], batch["mask"])


@torch.no_grad()
def cache_logits(model: PieceTagger, arrays: Arrays) -> np.ndarray:
    """The teacher's tag logits of every word of the training text, each from the window where it stands most central."""
    batches = PieceBatches(arrays, np.random.default_rng(0))
    windows = piece_windows(arrays, WINDOW - 2, 32)
    logits = np.zeros((len(arrays.tags), len(arrays.meta["tags"])), np.float16)
    depth = np.full(len(arrays.tags), -1, np.int32)
    for group in bucket(windows, 4096, np.random.default_rng(0)):
        tags = forward_pieces(model, batches.make(group, withhold=False))[0].float().numpy()
        for row, (start, end) in enumerate(group):
            pieces = np.arange(start, end)[batches.first[start:end]]
            words, at = arrays.piece_word[pieces], pieces - start
            central = np.minimum(at, end - start - 1 - at)
            better = central > depth[words]
            logits[words[better]] = tags[row, at[better] + 1]
            depth[words[better]] = central[better]
    return logits


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arrays", type=Path, action="append", required=True, help="a folder of featurise.ts; may be given again")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="a folder of exported weights to go on from; meta.json names their digests")
    parser.add_argument("--corpus", default="", help="what the arrays were made of, for meta.json")
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--in-turn", action="store_true", help="one thread in all: the students after each other, a quarter of the time for words")
    parser.add_argument("--stages", default="pieces,words", help="empty: export what is there")
    parser.add_argument("--state", type=int, default=20260)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--hidden", type=int, default=192)
    parser.add_argument("--words", choices=["lstm", "conv"], default="conv")
    parser.add_argument("--words-batch", type=int, default=3000)
    parser.add_argument("--student-layers", type=int, default=3)
    parser.add_argument("--passes-words", type=int, default=8)
    parser.add_argument("--passes-pieces", type=int, default=4)
    parser.add_argument("--rate-words", type=float, default=3e-3)
    parser.add_argument("--rate-pieces", type=float, default=3e-4)
    return parser.parse_args()


def train_stage(stage: str, options: argparse.Namespace, minutes: float) -> dict:
    """Trains one model and leaves its weights (and a teacher's logits) in the folder; what the run was goes to STAGE.json."""
    at = STAGES.index(stage)
    torch.manual_seed(options.state + at)
    torch.set_num_threads(options.threads if stage == "teacher" else 1)
    arrays = join_arrays([load_arrays(folder) for folder in options.arrays])
    print(f"{stage}: {arrays.docs} texts, {len(arrays.tags)} words, {len(arrays.piece_ids)} pieces", flush=True)
    logits = options.out / "teacher.npy"
    teacher = np.load(logits, mmap_mode="r") if stage != "teacher" and logits.exists() else None
    generator = np.random.default_rng([options.state, at])
    shared = {"minutes": minutes, "out": options.out, "state": options.state + at, "weights": tag_weights(arrays)}
    model = new_model(stage, arrays.meta, options)
    begun = {}
    if options.start and stage != "teacher":
        begun = {"startedFrom": load_exported(options.start / f"{stage}.onnx", model)}
    if stage == "words":
        batches, windows = WordBatches(arrays, generator, teacher), word_windows(arrays, LONGEST)
        run = fit(stage, model, batches, windows, forward_words, budget=options.words_batch, rate=options.rate_words, passes=options.passes_words, **shared)
    else:
        batches, windows = PieceBatches(arrays, generator, teacher), piece_windows(arrays, WINDOW - 2, 16)
        run = fit(stage, model, batches, windows, forward_pieces, budget=2048, rate=options.rate_pieces, passes=options.passes_pieces, **shared)
    run |= begun
    print(stage, json.dumps(run), flush=True)
    torch.save(model.state_dict(), options.out / f"{stage}.pt")
    (options.out / f"{stage}.json").write_text(json.dumps(run) + "\n")
    if stage == "teacher":
        np.save(logits, cache_logits(model, arrays))
    return run


def new_model(stage: str, meta: dict, options: argparse.Namespace) -> nn.Module:
    if stage == "words":
        model = WordTagger(meta["wordFeatures"], len(meta["tags"]), len(meta["roles"]), options.words, options.hidden)
    else:
        layers = 6 if stage == "teacher" else options.student_layers
        model = PieceTagger(meta["pieceShapes"], meta["pieceGaz"], len(meta["tags"]), len(meta["roles"]), layers)
    model.load_base()
    return model


def export_stages(options: argparse.Namespace) -> None:
    """Exports every model whose weights are in the folder."""
    meta = load_arrays(options.arrays[0]).meta
    models, runs = {}, {}
    for stage in STAGES:
        path = options.out / f"{stage}.pt"
        if not path.exists():
            continue
        models[stage] = new_model(stage, meta, options)
        models[stage].load_state_dict(torch.load(path, weights_only=True))
        runs[stage] = json.loads((options.out / f"{stage}.json").read_text())
    arguments = {name: value for name, value in vars(options).items() if name not in ("arrays", "out", "stages", "start", "corpus")}
    about = {"randomState": options.state, "runs": runs, "arguments": arguments, "corpus": options.corpus}
    if options.start:
        before = json.loads((options.start / "meta.json").read_text())
        about["before"] = {key: before.get(key) for key in ("runs", "arguments", "corpus", "before") if key in before}
    export_all(models, meta, options.out, about)


def main() -> None:
    options = parse()
    options.out.mkdir(parents=True, exist_ok=True)
    stages = options.stages.split(",") if options.stages else []
    minutes = options.minutes
    if "teacher" in stages:
        minutes *= TEACHER_SHARE
        train_stage("teacher", options, minutes)
    students = [stage for stage in stages if stage != "teacher"]
    if options.in_turn:
        torch.set_num_threads(1)
        for stage in sorted(students, reverse=True):
            train_stage(stage, options, minutes * (WORDS_SHARE if stage == "words" else 1 - WORDS_SHARE))
        students = []
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=train_stage, args=(stage, options, minutes)) for stage in students]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode != 0 for worker in workers):
        raise SystemExit("a stage failed: run the same command again to go on from its checkpoint")
    export_stages(options)


if __name__ == "__main__":
    main()
