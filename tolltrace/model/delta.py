"""What training changed, in few bits a weight: a fine-tuned encoder becomes a few MB beside the pretrained one.

Heads, which have no pretrained weights to differ from, are kept whole in the same form.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

CODES, STEPS = ".codes", ".steps"
NEW_BITS = 8
# Tried as the distance of two levels, in standard deviations of a row.
FACTORS = np.geomspace(0.01, 2.0, 32).tolist()


def pack(tuned: Mapping[str, Tensor], base: Mapping[str, Tensor], bits: int) -> dict[str, Tensor]:
    """The difference of ``tuned`` from ``base``: of matrices codes of ``bits`` bits (1 to 8), as bit planes [bits,
    bytes], and a step for each row; all else in half precision; what did not change is left out. A weight that ``base``
    lacks differs from zero, and gets ``NEW_BITS``."""
    if not 1 <= bits <= 8:
        raise ValueError(f"a weight's change takes 1 to 8 bits, not {bits}")
    packed: dict[str, Tensor] = {}
    for name, weight in tuned.items():
        change = weight.detach().float().cpu()
        if name in base:
            change = change - base[name].float().cpu()
            if not change.any():
                continue
        if change.dim() == 2:
            codes, steps = _quantise(change, bits if name in base else NEW_BITS)
            packed |= {name + CODES: codes, name + STEPS: steps}
        else:
            packed[name] = change.half()
    return packed


def unpack(
    packed: Mapping[str, Tensor], base: Mapping[str, Tensor], shapes: Mapping[str, torch.Size]
) -> dict[str, Tensor]:
    """The weights of all ``shapes``: inverse of :func:`pack`. Raises ValueError for a weight that is in neither
    mapping, for one that ``shapes`` does not know, and for one of another shape."""
    unknown = {name.removesuffix(CODES).removesuffix(STEPS) for name in packed} - set(shapes)
    if unknown:
        raise ValueError(f"it holds weights of another network: {sorted(unknown)[:5]}")
    weights = {}
    for name, shape in shapes.items():
        if name + CODES in packed:
            change = _restore(name, packed[name + CODES], packed[name + STEPS], shape)
        elif name in packed:
            change = packed[name].float()
        elif name in base:
            change = torch.zeros(shape)
        else:
            raise ValueError(f"it lacks the weight {name}")
        if change.shape != shape:
            raise ValueError(f"its weight {name} has the shape {tuple(change.shape)}, not {tuple(shape)}")
        weights[name] = base[name].float() + change if name in base else change
    return weights


def _quantise(change: Tensor, bits: int) -> tuple[Tensor, Tensor]:
    """Bit planes of the codes, and steps [rows]: for each row the step whose levels lose least of it."""
    spread = change.square().mean(dim=1, keepdim=True).sqrt()
    best, least = spread, torch.full_like(spread, torch.inf)
    for factor in FACTORS:
        error = (_levels(change, factor * spread, bits)[1] - change).square().sum(dim=1, keepdim=True)
        best, least = torch.where(error < least, factor * spread, best), torch.minimum(error, least)
    codes = (_levels(change, best, bits)[0] + 2 ** (bits - 1)).to(torch.uint8).numpy().reshape(-1)
    planes = (codes >> np.arange(bits, dtype=np.uint8)[:, None]) & 1
    return torch.from_numpy(np.packbits(planes, axis=1)), best.squeeze(1).contiguous()


def _levels(change: Tensor, step: Tensor, bits: int) -> tuple[Tensor, Tensor]:
    half = 2 ** (bits - 1)
    numbers = (change / step.clamp(min=torch.finfo(step.dtype).tiny)).floor().clamp(-half, half - 1)
    return numbers, (numbers + 0.5) * step


def _restore(name: str, codes: Tensor, steps: Tensor, shape: torch.Size) -> Tensor:
    bits, length = codes.shape
    if len(steps) != shape[0] or length != -(-shape.numel() // 8):
        raise ValueError(
            f"its weight {name} has {len(steps)} rows in {length} bytes a bit, not the shape {tuple(shape)}"
        )
    planes = np.unpackbits(codes.numpy(), axis=1, count=shape.numel())
    numbers = torch.from_numpy((planes << np.arange(bits, dtype=np.uint8)[:, None]).sum(axis=0)).float().reshape(shape)
    restored: Tensor = (numbers - 2 ** (bits - 1) + 0.5) * steps.unsqueeze(1)
    return restored
