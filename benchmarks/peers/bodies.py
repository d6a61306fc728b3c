"""What is timed: one module for each way to do a job; `forward(x, labels)` does it once.

Scriptable, so that libtorch on the JVM runs the same text. A training step is forward, cross-entropy, regularizer,
backward to all weights, and w -= RATE * gradient in place. Penalties are means over the batch:
0.5 * ||J||_F^2, weight 0.01; sum |J|, weight 0.001; projection: 0.5 * C * ||v^T J||^2 for v uniform on the unit sphere.
"""
from typing import List, Optional, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def _pull(y: Tensor, x: Tensor, cotangent: Tensor, create: bool) -> Tensor:
    cotangents: List[Optional[Tensor]] = [cotangent]
    g = torch.autograd.grad([y], [x], cotangents, True, create)[0]
    assert g is not None
    return g


def _descend(loss: Tensor, weights: List[Tensor]) -> Tensor:
    gradients = torch.autograd.grad([loss], weights)
    with torch.no_grad():
        for w, g in zip(weights, gradients):
            if g is not None:
                w.sub_(g, alpha=0.01)
    return loss.detach()


class LoopRows(nn.Module):
    """One backward pass for each class, as the reference implementation of Hoffman et al. does it."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x: Tensor, create: bool) -> Tuple[Tensor, List[Tensor]]:
        x = x.detach().requires_grad_(True)
        y = self.net(x)
        pieces: List[Tensor] = []
        for c in range(y.shape[1]):
            v = torch.zeros_like(y)
            v[:, c] = 1
            pieces.append(_pull(y, x, v, create))
        return y, pieces


class StackedRows(nn.Module):
    """The batch repeated C times, forward and one backward over all of it."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x: Tensor, create: bool) -> Tuple[Tensor, List[Tensor]]:
        size, classes = x.shape[0], self.net.head().shape[0]
        x = torch.cat([x.detach()] * classes, 0).requires_grad_(True)
        y = self.net(x)
        v = torch.eye(classes, dtype=x.dtype).repeat_interleave(size, 0)
        return y[:size], [_pull(y, x, v, create)]


class HandRows(nn.Module):
    """One forward; the C rows of a sample share its activations, in a pullback written by hand."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x: Tensor, create: bool) -> Tuple[Tensor, List[Tensor]]:
        if create:
            y, g = self.net.pullback(x, self.net.head().unsqueeze(0))
        else:
            with torch.no_grad():
                y, g = self.net.pullback(x, self.net.head().unsqueeze(0))
        return y, [g]


class PlainStep(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def loss(self, x: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(self.net(x), labels)

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        return _descend(self.loss(x, labels), self.net.weights())


class FrobeniusStep(nn.Module):
    def __init__(self, net, rows):
        super().__init__()
        self.net = net
        self.rows = rows

    def loss(self, x: Tensor, labels: Tensor) -> Tensor:
        y, pieces = self.rows(x, True)
        loss = F.cross_entropy(y, labels)
        for piece in pieces:
            loss = loss + 0.01 * 0.5 / x.shape[0] * piece.pow(2).sum()
        return loss

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        return _descend(self.loss(x, labels), self.net.weights())


class AbsoluteStep(nn.Module):
    def __init__(self, net, rows):
        super().__init__()
        self.net = net
        self.rows = rows

    def loss(self, x: Tensor, labels: Tensor) -> Tensor:
        y, pieces = self.rows(x, True)
        loss = F.cross_entropy(y, labels)
        for piece in pieces:
            loss = loss + 0.001 / x.shape[0] * piece.abs().sum()
        return loss

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        return _descend(self.loss(x, labels), self.net.weights())


class ProjectionStep(nn.Module):
    """One random direction a sample; the pullback by autograd or by hand."""

    def __init__(self, net, by_hand: bool):
        super().__init__()
        self.net = net
        self.by_hand = by_hand

    def loss(self, x: Tensor, labels: Tensor) -> Tensor:
        v = F.normalize(torch.randn(x.shape[0], 10, dtype=x.dtype), dim=1)
        if self.by_hand:
            y, g = self.net.pullback(x, torch.mm(v, self.net.head()).unsqueeze(1))
        else:
            x = x.detach().requires_grad_(True)
            y = self.net(x)
            g = _pull(y, x, v, True)
        return F.cross_entropy(y, labels) + 0.01 * 0.5 * 10 / x.shape[0] * g.pow(2).sum()

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        return _descend(self.loss(x, labels), self.net.weights())


class JacobianAlone(nn.Module):
    def __init__(self, rows):
        super().__init__()
        self.rows = rows

    def forward(self, x: Tensor, labels: Tensor) -> List[Tensor]:
        return self.rows(x, False)[1]


class Pgd40(nn.Module):
    """Linf, eps 0.3, 40 steps of 0.01 from x itself, clipped to [0, 1]; gives the last point."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        low, high = (x - 0.3).clamp(0, 1), (x + 0.3).clamp(0, 1)
        at = x
        for _ in range(40):
            at = at.detach().requires_grad_(True)
            g = torch.autograd.grad([F.cross_entropy(self.net(at), labels)], [at])[0]
            assert g is not None
            at = torch.min(torch.max(at.detach() + 0.01 * g.sign(), low), high)
        return at
