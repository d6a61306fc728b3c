"""Attacks an exported network again and compares, example by example, with what the Java attacks found."""

import argparse
import json
import pathlib
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

import attacks

ALLOWED = 1e-3


class Network:
    """Two convolutions 4 x 4 with stride 2, two dense layers, ReLU between them."""

    def __init__(self, folder):
        def load(name):
            return torch.from_numpy(np.load(folder / f"{name}.npy"))

        self.kernels = [load(f"w{i}").permute(3, 2, 0, 1).contiguous() for i in (1, 2)]
        self.matrices = [load(f"w{i}") for i in (3, 4)]
        self.biases = [load(f"b{i}") for i in (1, 2, 3, 4)]

    def __call__(self, x):
        h = x.reshape(-1, 1, 28, 28)
        for kernel, bias in zip(self.kernels, self.biases):
            h = F.relu(F.conv2d(h, kernel, bias, stride=2, padding=1))
        h = F.relu(h.flatten(1) @ self.matrices[0] + self.biases[2])
        return h @ self.matrices[1] + self.biases[3]


def rerun(network, x, y, record):
    tally = attacks.Tally(network, x, y)
    started = time.time()
    getattr(attacks, record["attack"])(tally, **record["options"])
    return tally, time.time() - started


def row(record, tally, seconds):
    ours = np.array(record["success"])
    theirs = tally.broken
    loss = np.abs(np.array(record["loss"]) - tally.loss)
    # only where neither was broken do both sides go on to the end
    whole = ~ours & ~theirs
    options = ", ".join(f"{k} {v}" for k, v in sorted(record["options"].items()) if k != "epsilon")
    return {
        "attack": f"{record['attack']} ({options})",
        "epsilon": record["options"]["epsilon"],
        "examples": len(ours),
        "robust_java": int((~ours).sum()),
        "robust_torch": int((~theirs).sum()),
        "different": int((ours != theirs).sum()),
        "loss_median": float(np.median(loss[whole])) if whole.any() else 0.0,
        "loss_max": float(loss[whole].max()) if whole.any() else 0.0,
        "seconds_java": record["seconds"],
        "seconds_torch": seconds,
    }


def markdown(rows):
    lines = [
        "| attack | epsilon | robust, Java | robust, PyTorch | outcomes that differ | highest loss differs by: median, most | s, Java | s, PyTorch |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        lines.append(
            f"| {r['attack']} | {r['epsilon']} | {r['robust_java']} of {r['examples']} | {r['robust_torch']} | {r['different']} "
            f"| {r['loss_median']:.1e}, {r['loss_max']:.1e} | {r['seconds_java']:.1f} | {r['seconds_torch']:.1f} |"
        )
    return "\n".join(lines) + "\n"


def put_into(page, table):
    begin, end = "<!-- peers:begin -->\n", "<!-- peers:end -->"
    text = page.read_text()
    page.write_text(text[: text.index(begin) + len(begin)] + table + text[text.index(end) :])


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=pathlib.Path, help="what the command peer-export wrote")
    arguments.add_argument("--page", type=pathlib.Path, help="put the table between the marks of this page")
    given = arguments.parse_args()
    torch.set_num_threads(1)
    x = np.load(given.folder / "x.npy")
    y = np.load(given.folder / "y.npy")
    network = Network(given.folder)
    with torch.no_grad():
        apart = (network(torch.from_numpy(x)) - torch.from_numpy(np.load(given.folder / "logits.npy"))).abs().max()
    print(f"logits differ by at most {float(apart):.1e}")
    if not apart < 1e-3:
        sys.exit("the networks are not the same")
    rows = []
    for record in json.loads((given.folder / "attacks.json").read_text()):
        tally, seconds = rerun(network, x, y, record)
        rows.append(row(record, tally, seconds))
        print(markdown(rows[-1:]).splitlines()[2], flush=True)
    if given.page:
        put_into(given.page, markdown(rows))
    apart = [r for r in rows if abs(r["robust_java"] - r["robust_torch"]) > ALLOWED * r["examples"]]
    if apart:
        sys.exit(f"{len(apart)} accuracies differ by more than {ALLOWED}")
    print(f"all accuracies agree within {ALLOWED}")


if __name__ == "__main__":
    main()
