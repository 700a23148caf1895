from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from tolltrace.model import delta

BASE = {"matrix": torch.randn(13, 21, generator=torch.Generator().manual_seed(1)), "bias": torch.ones(13)}


def shapes(weights: dict[str, Tensor]) -> dict[str, torch.Size]:
    return {name: weight.shape for name, weight in weights.items()}


@given(st.integers(1, 8), st.integers(0, 99), st.sampled_from([1e-6, 1e-2, 10.0]))
def test_more_bits_bring_the_change_back_more_exactly(bits: int, seed: int, size: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    change = size * torch.randn(13, 21, generator=generator)
    tuned = {
        "matrix": BASE["matrix"] + change,
        "bias": BASE["bias"] + 0.5,
        "head": torch.randn(3, 5, generator=generator),
    }
    packed = delta.pack(tuned, BASE, bits)
    assert packed["matrix.codes"].shape == (bits, 35)  # of 273 weights
    found = delta.unpack(packed, BASE, shapes(tuned))
    # Mean squared errors of the best uniform quantiser of normal values (J. Max, 1960), and a margin for chance.
    error = (found["matrix"] - tuned["matrix"]).square().mean() / change.square().mean()
    assert error < 1.5 * (0.363, 0.119, 0.0374, 0.0115, 0.0035, 0.00104, 0.0003, 0.0001)[bits - 1] + 1e-13 / size**2
    assert torch.allclose(found["bias"], tuned["bias"], atol=1e-3)
    assert torch.allclose(found["head"], tuned["head"], atol=0.05)


def test_what_did_not_change_costs_nothing_and_comes_back_exactly() -> None:
    tuned = {"matrix": BASE["matrix"].clone(), "bias": BASE["bias"] + 1}
    packed = delta.pack(tuned, BASE, 4)
    assert set(packed) == {"bias"}
    found = delta.unpack(packed, BASE, shapes(tuned))
    assert torch.equal(found["matrix"], BASE["matrix"])
    row = BASE["matrix"].clone()
    row[3] += 1  # the other rows differ by nothing
    found = delta.unpack(delta.pack({"matrix": row}, BASE, 4), BASE, {"matrix": row.shape})
    assert torch.equal(found["matrix"][0], BASE["matrix"][0])
    assert torch.allclose(found["matrix"][3], row[3], atol=0.2)


def test_what_does_not_fit_is_refused() -> None:
    packed = delta.pack({"head": torch.ones(2, 8)}, BASE, 4)
    for shapes, message in (
        ({"head": torch.Size([2, 8]), "other": torch.Size([1])}, "lacks the weight other"),
        ({"matrix": torch.Size([13, 21])}, "weights of another network"),
        ({"head": torch.Size([4, 8])}, r"not the shape \(4, 8\)"),
        ({"head": torch.Size([2, 16])}, r"not the shape \(2, 16\)"),
    ):
        with pytest.raises(ValueError, match=message):
            delta.unpack(packed, BASE, shapes)
    with pytest.raises(ValueError, match=r"has the shape \(13,\), not \(12,\)"):
        delta.unpack({"bias": torch.ones(13)}, {}, {"bias": torch.Size([12])})
    with pytest.raises(ValueError, match="1 to 8 bits, not 16"):
        delta.pack({"head": torch.ones(2, 8)}, BASE, 16)
