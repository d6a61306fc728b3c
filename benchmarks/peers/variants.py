"""The ways to do each job, by name, and the check that the exact ones agree."""
import copy
import warnings

import torch
from torch import nn

import bodies
import networks

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import functorch
except ImportError:
    functorch = None

EXACT_JOBS = ("frobenius", "l11", "jacobian")
SCRIPTABLE_ROWS = {"loop": bodies.LoopRows, "stacked": bodies.StackedRows, "hand": bodies.HandRows}

# Relative difference of norms between float32 and a float64 loop: rounding of sums of some hundred products is about 1e-6
# of the norm a layer, and relu's mask may differ where a pre-activation is 0 to rounding.
TOLERANCE = 1e-4


class VmapRows(nn.Module):
    """One forward, one backward batched over the C cotangents by torch's vmap."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x, create):
        x = x.detach().requires_grad_(True)
        y = self.net(x)
        v = torch.eye(y.shape[1], dtype=x.dtype).unsqueeze(1).expand(-1, x.shape[0], -1)
        g, = torch.autograd.grad(y, x, v, create_graph=create, is_grads_batched=True)
        return y, [g]


class FunctorchRows(nn.Module):
    """functorch's vmap(jacrev(...)) over the samples."""

    def __init__(self, net):
        super().__init__()
        self.net = net
        self.function = functorch.make_functional(net)[0]

    def forward(self, x, create):
        weights = tuple(self.net.parameters()) if create else tuple(w.detach() for w in self.net.parameters())

        def logits(sample):
            y = self.function(weights, sample.unsqueeze(0)).squeeze(0)
            return y, y

        g, y = functorch.vmap(functorch.jacrev(logits, has_aux=True))(x.detach())
        return y, [g]


def all_rows():
    eager = {"vmap": VmapRows}
    if functorch is not None:
        eager["functorch"] = FunctorchRows
    return {**SCRIPTABLE_ROWS, **eager}


def variants(net, rows):
    """{(job, variant): module} on one network, for the given ways to the rows of a Jacobian."""
    table = {("plain", "autograd"): bodies.PlainStep(net),
             ("projection", "autograd"): bodies.ProjectionStep(net, False),
             ("projection", "hand"): bodies.ProjectionStep(net, True),
             ("pgd40", "autograd"): bodies.Pgd40(net)}
    for name, kind in rows.items():
        table["frobenius", name] = bodies.FrobeniusStep(net, kind(net))
        table["l11", name] = bodies.AbsoluteStep(net, kind(net))
        table["jacobian", name] = bodies.JacobianAlone(kind(net))
    return table


def _result(job, body, x, labels):
    if job != "jacobian":
        return torch.cat([g.flatten() for g in torch.autograd.grad(body.loss(x, labels), body.net.weights())])
    pieces = body(x, labels)
    size = x.shape[0]
    if len(pieces) == 10:
        return torch.stack(pieces, 1).flatten()
    g = pieces[0].detach()
    by_sample = isinstance(body.rows, (bodies.HandRows, FunctorchRows if functorch else bodies.HandRows))
    return g.reshape(size, 10, -1).flatten() if by_sample else g.reshape(10, size, -1).transpose(0, 1).flatten()


def check(name):
    """The largest relative difference of an exact variant (Jacobian, or weight gradients) to a loop in float64."""
    x, labels = networks.batch(name, 5)
    net = networks.build(name)
    precise = variants(copy.deepcopy(net).double(), {"loop": bodies.LoopRows})
    worst = 0.0
    for (job, variant), body in variants(net, all_rows()).items():
        if job in EXACT_JOBS:
            wanted = _result(job, precise[job, "loop"], x.double(), labels)
            got = _result(job, body, x, labels).double()
            difference = float((got - wanted).norm() / wanted.norm())
            if not difference < TOLERANCE:
                raise AssertionError(f"{name} {job} {variant}: differs from the float64 loop by {difference:.1e} of its norm")
            worst = max(worst, difference)
    return worst
