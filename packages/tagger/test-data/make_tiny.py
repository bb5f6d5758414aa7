"""Makes tiny/: models of the shapes that packages/tagger loads, which look one thing up each. They prove the runtime, not detection.

The word model takes a word for a name when two lists agree on it (and for half a name when it is a first name), the piece
model only in the first case. python make_tiny.py META, with META the meta.json that training/featurise.ts writes. Needs numpy and onnx.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

meta = json.loads(Path(sys.argv[1]).read_text())
out = Path(__file__).parent / "tiny"
tags, roles = meta["tags"], meta["roles"]


def table(rows: int, certain: int, half: int) -> np.ndarray:
    made = np.zeros((rows, len(tags)), np.float32)
    for row in range(rows):
        share = 0.9 if row & certain else 0.5 if row & half else 0.01
        made[row, tags.index("O")] = 1 - share
        made[row, tags.index("I-NAME" if row & certain else "B-NAME")] = share
    return made


def write(name: str, inputs: list, picked: list, looked: np.ndarray) -> dict:
    length = "n"
    constants = [
        numpy_helper.from_array(looked, "table"),
        numpy_helper.from_array(np.full((len(looked), len(roles)), 1 / len(roles), np.float32), "role_table"),
        numpy_helper.from_array(np.array([0], np.int64), "first"),
        *picked[1],
    ]
    nodes = [
        *picked[0],
        helper.make_node("Squeeze", ["picked", "first"], ["row"]),
        helper.make_node("Gather", ["table", "row"], ["tags"], axis=0),
        helper.make_node("Gather", ["role_table", "row"], ["roles"], axis=0),
    ]
    outputs = [
        helper.make_tensor_value_info("tags", TensorProto.FLOAT, [length, len(tags)]),
        helper.make_tensor_value_info("roles", TensorProto.FLOAT, [length, len(roles)]),
    ]
    graph = helper.make_graph(nodes, name, inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = out / f"{name}.onnx"
    save(model, path)
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


columns = [column["name"] for column in meta["wordFeatures"]]
word_input = helper.make_tensor_value_info("features", TensorProto.INT32, [1, "n", len(columns)])
column = numpy_helper.from_array(np.array(columns.index("gazName"), np.int64), "column")
words = write("words", [word_input], ([helper.make_node("Gather", ["features", "column"], ["picked"], axis=2)], [column]), table(8, 4, 1))
piece_inputs = [helper.make_tensor_value_info(name, TensorProto.INT32, [1, "n"]) for name in ("ids", "shape", "gaz")]
unused = [
    helper.make_node("Mul", ["ids", "nothing"], ["no_ids"]),
    helper.make_node("Mul", ["shape", "nothing"], ["no_shape"]),
    helper.make_node("Add", ["gaz", "no_ids"], ["partly"]),
    helper.make_node("Add", ["partly", "no_shape"], ["picked"]),
]
nothing = numpy_helper.from_array(np.array(0, np.int32), "nothing")
pieces = write("pieces", piece_inputs, (unused, [nothing]), table(meta["pieceGaz"], 4, 0))

document = {
    "version": 1,
    "tags": tags,
    "roles": roles,
    "gazetteer": meta["gazetteer"],
    "models": {
        "words": words | {"features": meta["wordFeatures"]},
        "pieces": pieces | {"shapeSize": meta["pieceShapes"], "gazSize": meta["pieceGaz"], "window": 32},
    },
}
(out / "meta.json").write_text(json.dumps(document, indent=1) + "\n")
groups = [tag[2:] for tag in tags if tag.startswith("B-")]
thresholds = {
    "models": [words["sha256"], pieces["sha256"]],
    "strong": {group: 0.6 for group in groups},
    "ordinary": {group: 0.6 for group in groups},
    "weak": {group: 0.3 for group in groups},
}
(out / "thresholds.json").write_text(json.dumps(thresholds, indent=1) + "\n")
letters = [chr(code) for code in range(97, 123)] + [chr(code) for code in range(48, 58)]
pieces_of = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *["##" + letter for letter in letters]]
(out / "pieces.vocabulary.txt").write_text("\n".join(pieces_of) + "\n")
