"""Recall and precision of exported int8 files: `python training/evaluate.py --weights DIR --arrays DIR --lines FILE.jsonl`.

The tagger alone, without rules, lists, propagation or a known patient: a span is caught when every word of it has a PHI score of at
least the threshold. Kept classes (state, country, year, age) count neither as hits nor as false alarms.
"""

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import onnxruntime

from data import Arrays, first_pieces, load_arrays, piece_windows
from pieces import CLS, SEP

KEPT = {"STATE", "COUNTRY", "YEAR", "AGE"}
KEPT_TAGS = {"REGION", "YEAR", "AGE"}
THRESHOLDS = (0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02)
OVERLAP = 32
SHARE = 0.7
LONGEST = 4000


def open_session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run_words(session, arrays: Arrays) -> np.ndarray:
    out = np.zeros((len(arrays.tags), len(arrays.meta["tags"])), np.float32)
    for start, end in zip(arrays.doc_words[:-1], arrays.doc_words[1:]):
        for at in range(start, end, LONGEST):
            stop = min(at + LONGEST, end)
            out[at:stop] = session.run(["tags"], {"features": arrays.features[None, at:stop].astype(np.int32)})[0]
    return out


def run_pieces(session, arrays: Arrays, longest: int) -> np.ndarray:
    out = np.zeros((len(arrays.tags), len(arrays.meta["tags"])), np.float32)
    depth = np.full(len(arrays.tags), -1, np.int64)
    first = first_pieces(arrays)
    for start, end in piece_windows(arrays, longest - 2, OVERLAP):
        def frame(values, before, after):
            return np.concatenate([[before], values[start:end], [after]]).astype(np.int32)[None]

        feed = {"ids": frame(arrays.piece_ids, CLS, SEP), "shape": frame(arrays.piece_shape, 0, 0), "gaz": frame(arrays.piece_gaz, 0, 0)}
        tags = session.run(["tags"], feed)[0]
        at = np.arange(end - start)[first[start:end]]
        words = arrays.piece_word[start + at]
        central = np.minimum(at, end - start - 1 - at)
        better = central > depth[words]
        out[words[better]] = tags[at[better] + 1]
        depth[words[better]] = central[better]
    return out


def phi_scores(tags: np.ndarray, names: list[str]) -> np.ndarray:
    kept = [at for at, name in enumerate(names) if name == "O" or name[2:] in KEPT_TAGS]
    return 1 - tags[:, kept].sum(1)


def read_spans(lines: Path, folder: Path, arrays: Arrays) -> list[dict]:
    """Each gold span with the words it touches; offsets are UTF-16 units, as featurise.ts wrote them."""
    start = np.fromfile(folder / "word_start.u32", dtype="<u4").astype(np.int64)
    end = np.fromfile(folder / "word_end.u32", dtype="<u4").astype(np.int64)
    spans = []
    with lines.open() as file:
        for doc, row in enumerate(line for line in file if line.strip()):
            line = json.loads(row)
            low, high = arrays.doc_words[doc], arrays.doc_words[doc + 1]
            for span in line["spans"]:
                words = low + np.flatnonzero((start[low:high] < span["end"]) & (end[low:high] > span["start"]))
                about = {key: line.get(key) for key in ("kind", "formats", "noise")}
                spans.append(about | {"doc": doc, "class": span["class"], "group": span.get("group"), "words": words})
    return spans


def read_predictions(lines: Path, predicted: Path, folder: Path, arrays: Arrays) -> np.ndarray:
    """The spans of another tool as scores: 1 where a word is touched by a span of a class that is not kept."""
    start = np.fromfile(folder / "word_start.u32", dtype="<u4").astype(np.int64)
    end = np.fromfile(folder / "word_end.u32", dtype="<u4").astype(np.int64)
    found = {row["id"]: row["spans"] for row in map(json.loads, predicted.read_text().splitlines())}
    scores = np.zeros(len(arrays.tags), np.float32)
    with lines.open() as file:
        for doc, row in enumerate(line for line in file if line.strip()):
            low, high = arrays.doc_words[doc], arrays.doc_words[doc + 1]
            for span in found[json.loads(row)["id"]]:
                if span["class"] not in KEPT:
                    scores[low:high][(start[low:high] < span["end"]) & (end[low:high] > span["start"])] = 1
    return scores


def evaluate(scores: np.ndarray, arrays: Arrays, spans: list[dict], threshold: float) -> dict:
    hit = scores >= threshold
    phi = np.zeros(len(scores), bool)
    kept = np.zeros(len(scores), bool)
    has_phi = np.zeros(arrays.docs, bool)
    missed_in = np.zeros(arrays.docs, bool)
    rows = defaultdict(lambda: [0, 0])
    for span in spans:
        if span["class"] in KEPT:
            kept[span["words"]] = True
            continue
        phi[span["words"]] = True
        has_phi[span["doc"]] = True
        caught = bool(hit[span["words"]].all())
        missed_in[span["doc"]] |= not caught
        keys = ["all", f"class {span['class']}", f"formats {span['formats']}", *(f"noise {one}" for one in (span["noise"] or "none").split("+")), f"kind {span['kind']}"]
        if span["class"] == "NAME" and span["group"]:
            keys.append(f"group {span['group']}")
        for key in keys:
            rows[key][0] += 1
            rows[key][1] += caught
    counted = ~kept | phi
    word_doc = np.searchsorted(arrays.doc_words, np.arange(len(scores)), side="right") - 1
    clean = ~has_phi[word_doc] & counted
    return {
        "threshold": threshold,
        "recall": {key: [n, round(100 * caught / n, 2)] for key, (n, caught) in sorted(rows.items())},
        "perfectTexts": round(100 * float((~missed_in & has_phi).sum() / max(1, has_phi.sum())), 2),
        "wordPrecision": round(100 * float((hit & phi).sum() / max(1, (hit & counted).sum())), 2),
        "cleanWordsTouched": round(100 * float((hit & clean).sum() / max(1, clean.sum())), 3),
        "cleanTextsTouched": round(100 * len(np.unique(word_doc[hit & clean])) / max(1, int((~has_phi).sum())), 2),
    }


def doubtful(arrays: Arrays, score: np.ndarray, low: float = 0.02, high: float = 0.98) -> np.ndarray:
    """The words about which the runtime asks the piece model (packages/tagger/src/runtime/triage.ts)."""
    columns = {column["name"]: at for at, column in enumerate(arrays.meta["wordFeatures"])}
    shape, listed, length = (arrays.features[:, columns[name]] for name in ("shape", "gazWord", "length"))
    striking = np.isin(shape, (3, 4, 6)) & (listed != 2) | (shape == 7) & (length >= 4)
    return (score > low) & (score < high) | striking & (score < high)


def score_all(weights: Path, arrays: Arrays) -> dict[str, np.ndarray]:
    """PHI scores of each model and of the two students together, with what each took."""
    names = arrays.meta["tags"]
    scores = {}
    for name in ("words", "pieces", "teacher"):
        path = weights / f"{name}.onnx"
        if not path.exists():
            continue
        session, began = open_session(path), time.perf_counter()
        tags = run_words(session, arrays) if name == "words" else run_pieces(session, arrays, 128)
        print(f"{name}: {len(arrays.tags) / (time.perf_counter() - began):.0f} words/s, one thread")
        scores[name] = phi_scores(tags, names)
    if "words" in scores and "pieces" in scores:
        asks = doubtful(arrays, scores["words"])
        print(f"{100 * asks.mean():.1f} % of words are asked about")
        mean = (scores["words"] + scores["pieces"]) / 2
        # As packages/tagger/src/runtime/read-pieces.ts weighs them.
        scores["asked"] = np.where(asks, SHARE * scores["pieces"] + (1 - SHARE) * scores["words"], scores["words"])
        scores["mean"] = mean
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--arrays", type=Path, required=True)
    parser.add_argument("--lines", type=Path, required=True)
    parser.add_argument("--spans", action="append", default=[], help="NAME=FILE.jsonl of {id, spans}: another tool's findings")
    parser.add_argument("--threshold", type=float, default=0.2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    arrays = load_arrays(options.arrays)
    spans = read_spans(options.lines, options.arrays, arrays)
    report = {}
    scored = score_all(options.weights, arrays) if options.weights else {}
    for name, path in (given.split("=") for given in options.spans):
        scored[name] = read_predictions(options.lines, Path(path), options.arrays, arrays)
        for other in ("words", "pieces", "asked"):
            if other in scored:
                scored[f"{name}+{other}"] = np.maximum(scored[name], scored[other])
    for name, scores in scored.items():
        results = [evaluate(scores, arrays, spans, threshold) for threshold in sorted({*THRESHOLDS, options.threshold}, reverse=True)]
        report[name] = results
        print(f"\n{name}\nthreshold  recall  seen  unseen  perfect  precision  clean words  clean texts")
        for row in results:
            recall = row["recall"]
            parts = [recall.get(key, [0, 0])[1] for key in ("all", "formats seen", "formats unseen")]
            cells = [*parts, row["perfectTexts"], row["wordPrecision"], row["cleanWordsTouched"], row["cleanTextsTouched"]]
            print(f"{row['threshold']:<9}", *(f"{cell:>8}" for cell in cells))
        shown = next(row for row in results if row["threshold"] == options.threshold)
        print("  " + "  ".join(f"{key} {value} ({n})" for key, (n, value) in shown["recall"].items()))
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
