"""The two networks, with their vector-Jacobian product written out by hand.

Both are scriptable: TorchScript compiles the same text for libtorch on the JVM. Shapes: B batch, C classes, K cotangents
per sample. `pullback(x, seed)` takes cotangents of the last hidden layer, [1 or B, K, h], so that whoever wants all rows
of the Jacobian can start from the last weight matrix itself, and gives (logits [B, C], cotangents of the input [B * K, ...]).
Activations and masks are computed once for a sample and shared by its K cotangents; the result is differentiable in the weights.
"""
from typing import List, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def _masked_product(g: Tensor, weight: Tensor, active: Tensor) -> Tensor:
    """[B, K, out] times [out, in], then times the mask [B, in]."""
    batch, count = g.shape[0], g.shape[1]
    product = torch.mm(g.reshape(batch * count, -1), weight)
    return product.view(batch, count, -1) * active.unsqueeze(1)


class Mlp(nn.Module):
    """784-512-512-10, relu."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 512)
        self.fc2 = nn.Linear(512, 512)
        self.fc3 = nn.Linear(512, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc3(torch.relu(self.fc2(torch.relu(self.fc1(x)))))

    def weights(self) -> List[Tensor]:
        return [self.fc1.weight, self.fc1.bias, self.fc2.weight, self.fc2.bias, self.fc3.weight, self.fc3.bias]

    def head(self) -> Tensor:
        return self.fc3.weight

    def pullback(self, x: Tensor, seed: Tensor) -> Tuple[Tensor, Tensor]:
        h1 = torch.relu(self.fc1(x))
        h2 = torch.relu(self.fc2(h1))
        g = seed * (h2 > 0).to(x.dtype).unsqueeze(1)
        g = _masked_product(g, self.fc2.weight, (h1 > 0).to(x.dtype))
        return self.fc3(h2), torch.mm(g.flatten(0, 1), self.fc1.weight)


class LeNet(nn.Module):
    """Conv 6@5x5 pad 2, relu, maxpool 2, conv 16@5x5, relu, maxpool 2, dense 120-84-10; input 1x28x28."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = F.max_pool2d(torch.relu(self.conv2(x)), 2)
        return self.fc3(torch.relu(self.fc2(torch.relu(self.fc1(x.flatten(1))))))

    def weights(self) -> List[Tensor]:
        bias1, bias2 = self.conv1.bias, self.conv2.bias
        assert bias1 is not None and bias2 is not None
        return [self.conv1.weight, bias1, self.conv2.weight, bias2, self.fc1.weight, self.fc1.bias,
                self.fc2.weight, self.fc2.bias, self.fc3.weight, self.fc3.bias]

    def head(self) -> Tensor:
        return self.fc3.weight

    def _unpool(self, g: Tensor, pooled: Tensor, where: Tensor, size: int) -> Tensor:
        """Cotangents of a relu and a pooling after it: [B, K, ch * n] to [B * K, ch, size, size]."""
        batch, count, channels = pooled.shape[0], g.shape[1], pooled.shape[1]
        g = g.view(batch, count, channels, -1) * (pooled > 0).to(g.dtype).flatten(2).unsqueeze(1)
        index = where.flatten(2).unsqueeze(1).expand(-1, count, -1, -1)
        wide = torch.zeros(batch, count, channels, size * size, dtype=g.dtype)
        return wide.scatter(3, index, g).view(batch * count, channels, size, size)

    def pullback(self, x: Tensor, seed: Tensor) -> Tuple[Tensor, Tensor]:
        p1, where1 = F.max_pool2d_with_indices(torch.relu(self.conv1(x)), [2, 2])
        p2, where2 = F.max_pool2d_with_indices(torch.relu(self.conv2(p1)), [2, 2])
        h = p2.flatten(1)
        h1 = torch.relu(self.fc1(h))
        h2 = torch.relu(self.fc2(h1))
        g = seed * (h2 > 0).to(x.dtype).unsqueeze(1)
        g = _masked_product(g, self.fc2.weight, (h1 > 0).to(x.dtype))
        g = _masked_product(g, self.fc1.weight, torch.ones_like(h))
        count = g.shape[1]
        g = F.conv_transpose2d(self._unpool(g, p2, where2, 10), self.conv2.weight)
        g = g.reshape(x.shape[0], count, -1)
        return self.fc3(h2), F.conv_transpose2d(self._unpool(g, p1, where1, 28), self.conv1.weight, padding=2)


NETWORKS = {"mlp": (Mlp, (784,)), "lenet": (LeNet, (1, 28, 28))}


def build(name):
    """A network with the same weights at every call."""
    torch.manual_seed(7)
    return NETWORKS[name][0]()


def batch(name, size):
    """Inputs in [0, 1] and labels, by a formula that Java repeats."""
    shape = (size,) + NETWORKS[name][1]
    x = (torch.arange(size * 784) * 31 % 97).float() / 97
    return x.view(shape), torch.arange(size) * 3 % 10
