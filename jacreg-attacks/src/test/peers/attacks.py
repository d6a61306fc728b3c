"""PGD, APGD and Square under l_inf, written for PyTorch from the papers; no code is shared with the Java side.

Madry et al. 2018 (arXiv 1706.06083), Croce and Hein 2020 (arXiv 2003.01690), Andriushchenko et al. 2020 (arXiv 1912.00049).
Points are rows of float32 in [0, 1]. A sample counts as broken as soon as any point of its ball that was evaluated is misclassified,
the clean one included.
"""

import numpy as np
import torch
import torch.nn.functional as F

from java_random import SampleRandoms, restart_seed


class Tally:
    """What was found for each sample."""

    def __init__(self, model, x, y):
        self.model, self.x, self.y = model, torch.from_numpy(x), torch.from_numpy(y).long()
        self.broken = np.zeros(len(y), dtype=bool)
        self.loss = np.full(len(y), -np.inf)
        self.logits(np.arange(len(y)), self.x)

    def alive(self):
        return np.flatnonzero(~self.broken)

    def _note(self, rows, logits):
        z = logits.detach().double()
        y = self.y[rows]
        self.broken[rows] |= (z.argmax(1) != y).numpy()
        self.loss[rows] = np.maximum(self.loss[rows], F.cross_entropy(z, y, reduction="none").numpy())

    def logits(self, rows, points):
        with torch.no_grad():
            logits = self.model(points)
        self._note(rows, logits)
        return logits

    def gradients(self, rows, points, loss):
        points = points.clone().requires_grad_(True)
        logits = self.model(points)
        values = loss(logits, self.y[rows])
        (gradient,) = torch.autograd.grad(values.sum(), points)
        self._note(rows, logits)
        return values.detach().double().numpy(), gradient


def cross_entropy(logits, y):
    return F.cross_entropy(logits, y, reduction="none")


def dlr(logits, y):
    ordered = logits.sort(dim=1, descending=True)
    first = ordered.indices[:, 0] == y
    other = torch.where(first, ordered.values[:, 1], ordered.values[:, 0])
    own = logits.gather(1, y[:, None])[:, 0]
    return -(own - other) / (ordered.values[:, 0] - ordered.values[:, 2] + 1e-12)


def _project(points, x, epsilon):
    return torch.max(torch.min(points, x + epsilon), x - epsilon).clamp(0, 1)


def _noise(randoms, rows, entries):
    return np.stack([2 * randoms.doubles(rows) - 1 for _ in range(entries)], axis=1)


def pgd(tally, epsilon, steps, step_size, restarts, seed):
    for restart in range(restarts):
        rows = np.arange(len(tally.x)) if restart == 0 else tally.alive()
        if rows.size == 0:
            return
        x = tally.x[rows]
        randoms = SampleRandoms(restart_seed(seed, restart), x.numpy())
        noise = _noise(randoms, np.arange(len(rows)), x.shape[1])
        points = _project((x.double() + epsilon * torch.from_numpy(noise)).float(), x, epsilon)
        for _ in range(steps):
            _, gradient = tally.gradients(rows, points, cross_entropy)
            points = _project(points + step_size * gradient.sign(), x, epsilon)
        tally.logits(rows, points)


def checkpoints(iterations):
    window, least = max(int(0.22 * iterations), 1), max(int(0.06 * iterations), 1)
    shorter, at, found = max(int(0.03 * iterations), 1), 0, []
    while at + window <= iterations:
        at += window
        found.append(at)
        window = max(window - shorter, least)
    return found


def apgd(tally, epsilon, iterations, restarts, seed, loss):
    loss = {"cross_entropy": cross_entropy, "dlr": dlr}[loss]
    for restart in range(restarts):
        rows = tally.alive()
        if rows.size:
            _apgd_run(tally, rows, epsilon, iterations, restart_seed(seed, restart), loss)


def _apgd_run(tally, rows, epsilon, iterations, seed, loss):
    x = tally.x[rows]
    noise = _noise(SampleRandoms(seed, x.numpy()), np.arange(len(rows)), x.shape[1])
    noise /= np.abs(noise).max(axis=1, keepdims=True)
    points = _project((x.double() + epsilon * torch.from_numpy(noise)).float(), x, epsilon)
    value, gradient = tally.gradients(rows, points, loss)
    before, best, best_gradient = points.clone(), points.clone(), gradient.clone()
    best_value, value_at_check = value.copy(), value.copy()
    step = np.full(len(rows), 2 * epsilon)
    halved = np.ones(len(rows), dtype=bool)
    rises = np.zeros(len(rows), dtype=int)
    at_check, last = set(checkpoints(iterations)), 0
    for k in range(1, iterations + 1):
        length = torch.from_numpy(step).float()[:, None]
        jump = _project(points + length * gradient.sign(), x, epsilon)
        share = 1.0 if k == 1 else 0.75
        moved = _project(points + share * (jump - points) + (1 - share) * (points - before), x, epsilon)
        before, points = points, moved
        new_value, gradient = tally.gradients(rows, points, loss)
        rises += new_value > value
        value = new_value
        better = new_value > best_value
        best_value = np.where(better, new_value, best_value)
        mask = torch.from_numpy(better)[:, None]
        best = torch.where(mask, points, best)
        best_gradient = torch.where(mask, gradient, best_gradient)
        if k in at_check:
            window, last = k - last, k
            halved = (rises <= 0.75 * window) | (~halved & (value_at_check >= best_value))
            value_at_check = best_value.copy()
            rises[:] = 0
            step = np.where(halved, step / 2, step)
            back = torch.from_numpy(halved)[:, None]
            points = torch.where(back, best, points)
            gradient = torch.where(back, best_gradient, gradient)


def square_share(iteration, p=0.8):
    ends = (10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000)
    return p / 2 ** sum(iteration > end for end in ends)


def _margin(logits, y):
    z = logits.double().numpy().copy()
    own = z[np.arange(len(y)), y].copy()
    z[np.arange(len(y)), y] = -np.inf
    return own - z.max(axis=1)


def square(tally, epsilon, queries, seed, side=28):
    x = tally.x.numpy()
    y = tally.y.numpy()
    randoms = SampleRandoms(seed, x)
    images = x.reshape(-1, side, side).astype(np.float64)
    low, high = np.maximum(images - epsilon, 0), np.minimum(images + epsilon, 1)
    current = images.astype(np.float32)
    losses = np.full(len(x), np.inf)
    for query in range(queries):
        rows = tally.alive()
        if rows.size == 0:
            return
        if query == 0:
            signs = np.stack([randoms.booleans(rows) for _ in range(side)], axis=1)[:, None, :]
            points = np.where(signs, high[rows], low[rows]).astype(np.float32)
        else:
            points = _window_moved(randoms, rows, current[rows], low[rows], high[rows], epsilon, query - 1, side)
        margin = _margin(tally.logits(rows, torch.from_numpy(points.reshape(len(rows), -1))), y[rows])
        better = margin < losses[rows]
        losses[rows[better]] = margin[better]
        current[rows[better]] = points[better]


def _window_moved(randoms, rows, current, low, high, epsilon, iteration, side):
    width = min(max(int(np.rint(np.sqrt(square_share(iteration) * side * side))), 1), side)
    top = randoms.below(rows, side - width + 1)
    left = randoms.below(rows, side - width + 1)
    n = np.arange(len(rows))[:, None, None]
    r = (top[:, None] + np.arange(width))[:, :, None]
    c = (left[:, None] + np.arange(width))[:, None, :]
    old, lower, upper = current[n, r, c], low[n, r, c], high[n, r, c]
    new = old.astype(np.float64)
    left_over = np.arange(len(rows))
    for _ in range(8):
        up = randoms.booleans(rows[left_over])[:, None, None]
        new[left_over] = np.where(up, upper[left_over], lower[left_over])
        change = np.abs(new[left_over] - old[left_over])
        same = (change <= 1e-6 * epsilon + np.spacing(old[left_over])).all(axis=(1, 2))
        left_over = left_over[same]
        if left_over.size == 0:
            break
    points = current.copy()
    points[n, r, c] = new.astype(np.float32)
    return points
