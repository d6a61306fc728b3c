"""Bounds by auto_LiRPA, in float64, of networks with products and a softmax: writes lirpa-products.json."""
import json
import sys

import torch
from torch import nn
from auto_LiRPA import BoundedModule, BoundedTensor
from auto_LiRPA.perturbations import PerturbationLpNorm


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(6, 10), nn.Linear(6, 10), nn.Linear(10, 4)

    def forward(self, x):
        return self.c(self.a(x) * torch.sigmoid(self.b(x)))


class Squared(Gated):
    def forward(self, x):
        return self.c(torch.relu(self.a(x)) * self.b(x))


class Softmax(Gated):
    def forward(self, x):
        # its own softmax is bounded at points only; this is the same function
        z = self.a(x)
        return self.c(1 / torch.exp(z.unsqueeze(1) - z.unsqueeze(2)).sum(2))


def bounds(model, x, c, norm, eps, method):
    module = BoundedModule(model, torch.zeros(1, 6))
    with torch.no_grad():
        lower, _ = module.compute_bounds(x=(BoundedTensor(x, PerturbationLpNorm(norm=norm, eps=eps)),), C=c, method=method, bound_upper=False)
    return lower.tolist()


def main(path):
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(7)
    cases = []
    for name, model in (("gate", Gated()), ("product", Squared()), ("softmax", Softmax())):
        for p in model.parameters():
            p.data = torch.randn_like(p) / (p[0].numel() if p.dim() > 1 else 4) ** 0.5
        x = torch.randn([4, 6])
        label = model(x).argmax(1)
        c = torch.eye(4)[label].unsqueeze(1) - torch.eye(4).unsqueeze(0)
        found = []
        for norm, key in ((float("inf"), "LINF"), (2, "L2")):
            for eps in (0.02, 0.08):
                for method, ours in (("IBP", "INTERVAL"), ("backward", "CROWN")):
                    if method == "IBP" and key != "LINF":
                        continue
                    found.append({"norm": key, "eps": eps, "method": ours, "margins": bounds(model, x, c, norm, eps, method)})
        cases.append({
            "network": name,
            "parameters": {k: {"shape": list(v.shape), "values": v.flatten().tolist()} for k, v in model.state_dict().items()},
            "x": x.tolist(), "labels": label.tolist(), "bounds": found})
    with open(path, "w") as out:
        json.dump({"source": "auto_LiRPA, April 2024 release (bfb7997), float64", "cases": cases}, out)


main(sys.argv[1])
