"""Trains 784-32-10 on MNIST with PyTorch and writes it as ONNX: the file of the ONNX example. Usage: train_onnx.py <folder of idx.gz files> <file>."""
import gzip
import sys

import numpy as np
import torch
from torch import nn


def idx(path):
    raw = gzip.open(path).read()
    return np.frombuffer(raw, np.uint8, offset=16 if raw[3] == 3 else 8)


def main(folder, path):
    torch.manual_seed(1)
    x = torch.tensor(idx(folder + "/train-images-idx3-ubyte.gz").reshape(-1, 784) / np.float32(255))
    y = torch.tensor(idx(folder + "/train-labels-idx1-ubyte.gz").astype(np.int64))
    model = nn.Sequential(nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
    optimiser = torch.optim.Adam(model.parameters(), lr=2e-3, weight_decay=1e-4)
    for _ in range(10):
        order = torch.randperm(len(x))
        for batch in order.split(128):
            points = x[batch].requires_grad_()
            loss = nn.functional.cross_entropy(model(points), y[batch])
            # double backpropagation: small input gradients make for radii worth certifying
            slope, = torch.autograd.grad(loss * len(batch), points, create_graph=True)
            loss = loss + 0.05 * slope.abs().sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    xt = torch.tensor(idx(folder + "/t10k-images-idx3-ubyte.gz").reshape(-1, 784) / np.float32(255))
    yt = torch.tensor(idx(folder + "/t10k-labels-idx1-ubyte.gz").astype(np.int64))
    print("test accuracy", (model(xt).argmax(1) == yt).float().mean().item())
    torch.onnx.export(model, torch.zeros(1, 784), path, input_names=["x"], output_names=["logits"], dynamic_axes={"x": {0: "N"}, "logits": {0: "N"}}, opset_version=13)
    print("first logits", model(xt[:1]).tolist())


main(sys.argv[1], sys.argv[2])
