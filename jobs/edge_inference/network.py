"""A small one-shot detector, as PyTorch trains it."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

CELLS = 8  # pixels of the picture's side to a cell of its grid


def _separable(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """Look around in each channel, then mix channels: a ninth of the work of doing both at once."""
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False),
        nn.BatchNorm2d(inputs),
        nn.ReLU(),
        nn.Conv2d(inputs, outputs, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class Network(nn.Module):  # type: ignore[misc]  # to mypy, torch has no types
    """Pictures of 0 to 255, (n, 3, side, side), to grids as ``detections.boxes_of`` reads them."""

    def __init__(self, species: int, width: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, width, 3, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()
        )
        self.body = nn.Sequential(
            _separable(width, 2 * width, 2),
            _separable(2 * width, 2 * width),
            _separable(2 * width, 4 * width, 2),
        )
        # On what came in: each looks two cells farther, and none has to repeat what is known.
        self.around = nn.ModuleList([_separable(4 * width, 4 * width) for _ in range(4)])
        self.head = nn.Conv2d(4 * width, 5 + species, 1)
        with torch.no_grad():
            self.head.bias[0] = -4.0  # most cells are empty

    def raw(self, pictures: Tensor) -> Tensor:
        """Give the grid before its numbers are made shares, which is what is learned from."""
        known = self.body(self.stem(pictures / 255 - 0.5))
        for look in self.around:
            known = known + look(known)
        found: Tensor = self.head(known)
        return found

    def forward(self, pictures: Tensor) -> Tensor:
        """Give the grid: all shares of 0 to 1."""
        grid = self.raw(pictures)
        return torch.cat([torch.sigmoid(grid[:, :5]), torch.softmax(grid[:, 5:], 1)], 1)


def loss(raw: Tensor, wanted: Tensor) -> Tensor:
    """How wrong a grid is: where birds are (focal), their boxes (overlap and edges), species."""
    mask = wanted[:, 0]
    birds = mask.sum().clamp(min=1)
    plain = functional.binary_cross_entropy_with_logits(raw[:, 0], mask, reduction="none")
    missed = (torch.sigmoid(raw[:, 0]) - mask).abs()
    where = (plain * (missed**1.5) * (1 + 2 * mask)).sum() / birds
    place, right = torch.sigmoid(raw[:, 1:5]), wanted[:, 1:5]
    edges = ((place - right).abs().sum(1) * mask).sum() / birds
    overlap = ((1 - _overlap(place, right, raw.shape[-1])) * mask).sum() / birds
    kinds = functional.log_softmax(raw[:, 5:], 1)
    species = -(kinds * wanted[:, 5:]).sum() / birds
    total: Tensor = 2 * where + edges + 2 * overlap + species
    return total


def _overlap(place: Tensor, right: Tensor, cells: int) -> Tensor:
    def sides(box: Tensor) -> tuple[Tensor, Tensor]:
        middle, half = box[:, :2] / cells, box[:, 2:] / 2
        return middle - half, middle + half

    (low, high), (right_low, right_high) = sides(place), sides(right)
    shared = (torch.minimum(high, right_high) - torch.maximum(low, right_low)).clamp(min=0).prod(1)
    union = place[:, 2:].prod(1) + right[:, 2:].prod(1) - shared
    return shared / union.clamp(min=1e-6)


def export(network: Network, path: Any, side: int) -> None:
    """Write the network as ONNX, its batch of any size."""
    torch.onnx.export(
        network.eval(),
        (torch.zeros(1, 3, side, side),),
        str(path),
        input_names=["pictures"],
        output_names=["grids"],
        dynamic_axes={"pictures": {0: "n"}, "grids": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )
