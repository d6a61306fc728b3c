"""Bounds of small networks by auto_LiRPA, in float64, as an oracle for jacreg's own: writes lirpa-bounds.json."""
import json
import sys

import torch
from torch import nn
from auto_LiRPA import BoundedModule, BoundedTensor
from auto_LiRPA.perturbations import PerturbationLpNorm


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(6, 10), nn.Linear(10, 10), nn.Linear(10, 4)

    def forward(self, x):
        h = torch.relu(self.a(x))
        return self.c(torch.relu(self.b(h)) + h)


def networks():
    yield "mlp", [6], nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 12), nn.ReLU(), nn.Linear(12, 4))
    yield "conv", [1, 6, 6], nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=0), nn.ReLU(), nn.Conv2d(3, 4, 2, stride=2, padding=0), nn.ReLU(), nn.Flatten(), nn.Linear(16, 3))
    yield "residual", [6], Residual()


def bounds(model, shape, x, c, norm, eps, method):
    # a fresh module every time: it keeps intermediate bounds
    module = BoundedModule(model, torch.zeros([1] + shape))
    with torch.no_grad():
        lower, _ = module.compute_bounds(x=(BoundedTensor(x, PerturbationLpNorm(norm=norm, eps=eps)),), C=c, method=method, bound_upper=False)
    return lower.tolist()


def main(path):
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(7)
    cases = []
    for name, shape, model in networks():
        for p in model.parameters():
            p.data = torch.randn_like(p) / (p[0].numel() if p.dim() > 1 else 4) ** 0.5
        x = torch.randn([4] + shape)
        label = model(x).argmax(1)
        classes = model(x).shape[1]
        c = torch.eye(classes)[label].unsqueeze(1) - torch.eye(classes).unsqueeze(0)
        found = []
        for norm, key in ((float("inf"), "LINF"), (2, "L2"), (1, "L1")):
            for eps in (0.02, 0.08):
                for method, ours in (("IBP", "INTERVAL"), ("backward", "CROWN")):
                    if method == "IBP" and key != "LINF":
                        continue
                    found.append({"norm": key, "eps": eps, "method": ours, "margins": bounds(model, shape, x, c, norm, eps, method)})
        cases.append({
            "network": name,
            "parameters": {k: {"shape": list(v.shape), "values": v.flatten().tolist()} for k, v in model.state_dict().items()},
            "x": x.flatten(1).tolist(), "labels": label.tolist(), "bounds": found})
    with open(path, "w") as out:
        json.dump({"source": "auto_LiRPA, April 2024 release (bfb7997), float64", "cases": cases}, out)


main(sys.argv[1])
