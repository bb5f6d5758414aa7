"""The arrays that featurise.ts wrote (EXPORT.md), and batches of them."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

NO_ROLE = 255


@dataclass
class Arrays:
    """One split. Every index is what TypeScript computed: nothing is tokenised or hashed here."""

    meta: dict
    features: np.ndarray  # [words, F]
    tags: np.ndarray
    roles: np.ndarray
    known: np.ndarray
    doc_words: np.ndarray
    piece_ids: np.ndarray
    piece_shape: np.ndarray
    piece_gaz: np.ndarray
    piece_word: np.ndarray
    doc_pieces: np.ndarray

    @property
    def docs(self) -> int:
        return len(self.doc_words) - 1


def load_arrays(folder: Path) -> Arrays:
    meta = json.loads((folder / "meta.json").read_text())

    def read(name: str, kind: str) -> np.ndarray:
        return np.fromfile(folder / name, dtype=np.dtype(kind).newbyteorder("<"))

    columns = len(meta["wordFeatures"])
    arrays = Arrays(
        meta=meta,
        features=read("word_features.u32", "u4").astype(np.int32).reshape(-1, columns),
        tags=read("word_tags.u8", "u1"),
        roles=read("word_roles.u8", "u1"),
        known=read("word_known.u8", "u1"),
        doc_words=read("doc_words.u32", "u4").astype(np.int64),
        piece_ids=read("piece_ids.u16", "u2").astype(np.int32),
        piece_shape=read("piece_shape.u8", "u1").astype(np.int32),
        piece_gaz=read("piece_gaz.u16", "u2").astype(np.int32),
        piece_word=read("piece_word.u32", "u4").astype(np.int64),
        doc_pieces=read("doc_pieces.u32", "u4").astype(np.int64),
    )
    words = len(arrays.tags)
    if not (len(arrays.features) == len(arrays.roles) == len(arrays.known) == words == arrays.doc_words[-1]):
        raise ValueError(f"{folder}: the word arrays differ in length")
    if not (len(arrays.piece_ids) == len(arrays.piece_word) == arrays.doc_pieces[-1]):
        raise ValueError(f"{folder}: the piece arrays differ in length")
    for at, column in enumerate(meta["wordFeatures"]):
        if words and arrays.features[:, at].max() >= column["size"]:
            raise ValueError(f"{folder}: column {column['name']} exceeds its size")
    return arrays


def join_arrays(parts: list[Arrays]) -> Arrays:
    """Several corpora as one; their tags, roles and columns must be the same."""
    first = parts[0]
    for part in parts[1:]:
        for key in ("tags", "roles", "wordFeatures", "gazetteer"):
            if part.meta[key] != first.meta[key]:
                raise ValueError(f"the corpora differ in {key}")

    def offsets(name: str) -> np.ndarray:
        out, base = [np.zeros(1, np.int64)], 0
        for part in parts:
            values = getattr(part, name)
            out.append(values[1:] + base)
            base += values[-1]
        return np.concatenate(out)

    bases = np.cumsum([0] + [len(part.tags) for part in parts[:-1]])
    plain = ("features", "tags", "roles", "known", "piece_ids", "piece_shape", "piece_gaz")
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in plain}
    return Arrays(
        meta=first.meta,
        doc_words=offsets("doc_words"),
        doc_pieces=offsets("doc_pieces"),
        piece_word=np.concatenate([part.piece_word + base for part, base in zip(parts, bases)]),
        **joined,
    )


def word_windows(arrays: Arrays, longest: int) -> np.ndarray:
    """[start, end) of word windows: a document, or equal parts of a long one."""
    windows = []
    for start, end in zip(arrays.doc_words[:-1], arrays.doc_words[1:]):
        count = -(-(end - start) // longest)
        cuts = np.linspace(start, end, count + 1).astype(np.int64) if count else []
        windows += list(zip(cuts[:-1], cuts[1:]))
    return np.array(windows, np.int64).reshape(-1, 2)


def first_pieces(arrays: Arrays) -> np.ndarray:
    """Whether each piece is the first of its word."""
    if len(arrays.piece_word) == 0:
        return np.zeros(0, bool)
    return np.concatenate([[True], arrays.piece_word[1:] != arrays.piece_word[:-1]])


def piece_windows(arrays: Arrays, longest: int, overlap: int) -> np.ndarray:
    """[start, end) of piece windows; a window begins at a word's first piece where it can."""
    first = first_pieces(arrays)
    windows = []
    for start, end in zip(arrays.doc_pieces[:-1], arrays.doc_pieces[1:]):
        at = start
        while at < end:
            stop = min(at + longest, end)
            windows.append((at, stop))
            if stop == end:
                break
            step = stop - overlap
            while step > at + 1 and not first[step]:
                step -= 1
            at = step
    return np.array(windows, np.int64).reshape(-1, 2)


def bucket(windows: np.ndarray, budget: int, generator: np.random.Generator) -> list[np.ndarray]:
    """Shuffled batches of windows of like length, at most `budget` padded items each."""
    lengths = windows[:, 1] - windows[:, 0]
    order = np.argsort(lengths * (1 + 0.1 * generator.random(len(lengths))), kind="stable")
    batches, batch, longest = [], [], 0
    for at in order:
        longest_next = max(longest, int(lengths[at]))
        if batch and longest_next * (len(batch) + 1) > budget:
            batches.append(windows[batch])
            batch, longest_next = [], int(lengths[at])
        batch.append(at)
        longest = longest_next
    if batch:
        batches.append(windows[batch])
    generator.shuffle(batches)
    return batches
