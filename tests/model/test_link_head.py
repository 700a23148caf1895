from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from tolltrace.model.candidates import FEATURE_SIZES
from tolltrace.model.link_head import GroupAttention, LinkHead, group


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40))
def test_each_item_has_a_cell_in_the_row_of_its_key(keys: list[int]) -> None:
    row, column, filled = group(torch.tensor(keys))
    cells = list(zip(row.tolist(), column.tolist(), strict=True))
    assert len(set(cells)) == len(keys)
    assert set(cells) == {(r, c) for r, c in filled.nonzero().tolist()}
    assert [sorted(set(keys)).index(key) for key in keys] == row.tolist()


@given(st.lists(st.integers(0, 4), min_size=2, max_size=20))
def test_items_attend_to_their_own_group_only_and_order_is_nothing(keys: list[int]) -> None:
    torch.manual_seed(0)
    attention = GroupAttention(8, 0.0).eval()
    items = torch.randn(len(keys), 8)
    out = attention(items, *group(torch.tensor(keys)))
    kept = [i for i, key in enumerate(keys) if key == keys[0]]
    alone = attention(items[kept], *group(torch.tensor([keys[i] for i in kept])))
    torch.testing.assert_close(out[kept], alone)
    turned = list(reversed(range(len(keys))))
    again = attention(items[turned], *group(torch.tensor([keys[i] for i in turned])))
    torch.testing.assert_close(again, out[turned])


def test_a_pair_is_scored_in_the_light_of_the_others_of_its_figure() -> None:
    torch.manual_seed(0)
    states = torch.randn(12, 6)
    spans = torch.tensor([[0, 1, 3], [4, 4, 1], [8, 9, 1]])
    features = torch.zeros(2, len(FEATURE_SIZES), dtype=torch.int64)
    pairs = torch.tensor([[0, 1], [0, 2]])
    for layers, alike in ((0, True), (1, False)):
        head = LinkHead(6, 8, 8, layers, 0.0).eval()
        both, one = head(states, spans, pairs, features), head(states, spans, pairs[:1], features[:1])
        assert torch.allclose(both[0], one[0]) is alike
    assert head(states, spans, pairs[:0], features[:0]).shape == (0, both.shape[1])
