"""Weights to go on from: those of an exported int8 model (export.py), as near to the trained ones as 8 bits are."""

import hashlib
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn


def dequantise(values: dict[str, np.ndarray], name: str) -> np.ndarray:
    """One scale for a whole table of vectors, one for each output of a matrix."""
    scale, zero = values[f"{name}_scale"], values[f"{name}_zero_point"]
    return (values[f"{name}_quantized"].astype(np.float32) - zero.astype(np.float32)) * scale


def load_exported(path: Path, model: nn.Module) -> str:
    """
    Puts the weights of an exported file into a model of the same shape and answers the file's SHA-256. Tables and biases keep their
    names in the file; matrices have numbers instead, in the order in which the model uses them.
    """
    graph = onnx.load(str(path)).graph
    values = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    matrices = [node.input[1].removesuffix("_quantized") for node in graph.node if node.op_type == "MatMulInteger"]
    # Declared in the order of the forward pass.
    layers = [f"{name}.weight" for name, module in model.named_modules() if isinstance(module, nn.Linear)]
    if len(layers) != len(matrices):
        raise ValueError(f"{path}: {len(matrices)} matrices for {len(layers)} layers")
    for name, parameter in model.named_parameters():
        # Frozen vectors are those of the base already.
        if not parameter.requires_grad:
            continue
        given = f"model.{name}"
        if name in layers:
            value = dequantise(values, matrices[layers.index(name)]).T
        else:
            value = values[given] if given in values else dequantise(values, given)
        with torch.no_grad():
            parameter.copy_(torch.from_numpy(np.array(value, np.float32)))
    return hashlib.sha256(path.read_bytes()).hexdigest()
