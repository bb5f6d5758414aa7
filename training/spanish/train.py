"""Trains the linear-chain CRF of the Spanish tagger on the arrays of featurise.ts and packs its weights.

train.py ARRAYS --out FILE [--algorithm l2sgd --c2 0.3 --iterations 15 --smallest 0.01]: deterministic (its one random state is fixed in crfsuite).
"""
import argparse
import json
import struct
import time
from pathlib import Path

import numpy as np
import pycrfsuite

parser = argparse.ArgumentParser()
parser.add_argument("arrays", type=Path)
parser.add_argument("--out", type=Path, required=True)
parser.add_argument("--c1", type=float, default=0.05)
parser.add_argument("--c2", type=float, default=0.3)
parser.add_argument("--iterations", type=int, default=15)
parser.add_argument("--algorithm", choices=["l2sgd", "lbfgs", "ap"], default="l2sgd")
parser.add_argument("--smallest", type=float, default=0.01, help="weights nearer to nothing are left out")
parser.add_argument("--parts", default="train")
given = parser.parse_args()

tags = json.loads((given.arrays / "tags.json").read_text())
trainer = pycrfsuite.Trainer(verbose=False)
for part in given.parts.split(","):
    features = np.fromfile(given.arrays / f"{part}.features.u32", "<u4")
    counts = np.fromfile(given.arrays / f"{part}.counts.u8", "u1").astype(np.int64)
    gold = np.fromfile(given.arrays / f"{part}.tags.u8", "u1")
    lines = np.fromfile(given.arrays / f"{part}.lines.u32", "<u4")
    # Numbers that occur once in the whole part carry nothing over to other texts: left out before the trainer sees them.
    values, inverse, times = np.unique(features, return_inverse=True, return_counts=True)
    names = np.array([f"{value:x}" for value in values], dtype=object)
    kept = times[inverse] >= 2
    at, word = 0, 0
    ends = np.concatenate([[0], np.cumsum(counts)])
    for length in lines:
        rows, labels = [], []
        for index in range(word, word + length):
            low, high = ends[index], ends[index + 1]
            rows.append(list(names[inverse[low:high][kept[low:high]]]))
            labels.append(tags[gold[index]])
        word += int(length)
        trainer.append(rows, labels)
    print(part, "words", word, "distinct features", len(values), "seen twice", int((times >= 2).sum()), flush=True)
    del features, inverse, kept, names

trainer.select(given.algorithm)
chosen = {
    "l2sgd": {"c2": given.c2, "calibration.samples": 300, "calibration.max_trials": 6, "calibration.candidates": 3},
    "lbfgs": {"c1": given.c1, "c2": given.c2, "num_memories": 6},
    "ap": {},
}
trainer.set_params({"max_iterations": given.iterations, **chosen[given.algorithm]})
began = time.time()
model = given.arrays / "model.crfsuite"
trainer.verbose = True
trainer.train(str(model))
print("trained in", round(time.time() - began), "s", flush=True)

dump = pycrfsuite.Tagger()
dump.open(str(model))
info = dump.info()
transitions = np.full((len(tags), len(tags)), -30.0, dtype="<f4")  # never seen in training
for (before, after), weight in info.transitions.items():
    transitions[tags.index(before), tags.index(after)] = weight
by_feature: dict[int, list[tuple[int, float]]] = {}
for (feature, tag), weight in info.state_features.items():
    if abs(weight) >= given.smallest:
        by_feature.setdefault(int(feature, 16), []).append((tags.index(tag), weight))
keys = sorted(by_feature)
largest = max(abs(weight) for pairs in by_feature.values() for _, weight in pairs)
scale = largest / 32767
total = sum(len(pairs) for pairs in by_feature.values())
with given.out.open("wb") as file:
    file.write(struct.pack("<4sIIIf", b"BWC1", len(tags), len(keys), total, scale))
    file.write(transitions.tobytes())
    file.write(np.array(keys, dtype="<u4").tobytes())
    flat = [pair for key in keys for pair in sorted(by_feature[key])]
    file.write(np.array([round(weight / scale) for _, weight in flat], dtype="<i2").tobytes())
    file.write(np.array([len(by_feature[key]) for key in keys], dtype="u1").tobytes())
    file.write(np.array([tag for tag, _ in flat], dtype="u1").tobytes())
print("keys", len(keys), "weights", total, "bytes", given.out.stat().st_size, flush=True)
