"""Writes what packages/tagger loads: int8 ONNX files and meta.json (EXPORT.md)."""

import hashlib
import json
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from pieces import ServedPieces
from words import ServedWords

OPSET = 17


def export_model(served: nn.Module, example: tuple, names: list[str], path: Path) -> dict:
    """One model as int8 ONNX; the fp32 file stays beside it, to be compared and not shipped."""
    served.eval()
    full = path.with_suffix(".fp32.onnx")
    axes = {name: {1: "n"} for name in names} | {"tags": {0: "n"}, "roles": {0: "n"}}
    torch.onnx.export(
        served, example, str(full), dynamo=False, opset_version=OPSET, input_names=names, output_names=["tags", "roles"], dynamic_axes=axes
    )
    # One scale for a whole matrix lost 1.1 points of recall in the encoder; one for each channel 0.1, at the same size and speed.
    quantize_dynamic(str(full), str(path), weight_type=QuantType.QInt8, reduce_range=True, per_channel=True)
    data = path.read_bytes()
    return {"file": path.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "inputs": names, "outputs": ["tags", "roles"]}


def export_all(models: dict[str, nn.Module], meta: dict, out: Path, about: dict) -> None:
    written = {}
    numbers = torch.ones(1, 24, dtype=torch.int32)
    if "words" in models:
        features = torch.ones(1, 24, len(meta["wordFeatures"]), dtype=torch.int32)
        written["words"] = export_model(ServedWords(models["words"]), (features,), ["features"], out / "words.onnx")
        written["words"]["features"] = meta["wordFeatures"]
    for stage, name in (("teacher", "teacher"), ("pieces", "pieces")):
        if stage not in models:
            continue
        model = models[stage]
        written[name] = export_model(ServedPieces(model), (numbers, numbers, numbers), ["ids", "shape", "gaz"], out / f"{name}.onnx")
        written[name] |= {"shapeSize": model.shape.num_embeddings, "gazSize": model.lists.num_embeddings, "window": 128}
    document = {"version": 1, "tags": meta["tags"], "roles": meta["roles"], "gazetteer": meta["gazetteer"], "models": written, **about}
    (out / "meta.json").write_text(json.dumps(document, indent=2, default=str) + "\n")
