#!/usr/bin/env python3
"""Writes every scriptable variant as a TorchScript module, for libtorch on the JVM.

    export_torchscript.py FOLDER
gives NET.JOB.VARIANT.pt, and expected.json: mean square of the result of three runs in a row, on networks.batch(NET, 8), by
eager PyTorch, which the JVM compares with (projections are random and left out).
"""
import json
import os
import sys

import torch

import networks
import variants


def mean_square(result):
    pieces = result if isinstance(result, list) else [result]
    return sum(float(p.detach().pow(2).mean()) for p in pieces) / len(pieces)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    expected = {}
    for net in networks.NETWORKS:
        table = variants.variants(networks.build(net), variants.SCRIPTABLE_ROWS)
        for job, variant in table:
            fresh = variants.variants(networks.build(net), variants.SCRIPTABLE_ROWS)[job, variant]
            torch.jit.script(fresh).save(os.path.join(folder, f"{net}.{job}.{variant}.pt"))
            if job != "projection":
                x, labels = networks.batch(net, 8)
                expected[f"{net}.{job}.{variant}"] = [mean_square(fresh(x, labels)) for _ in range(3)]
    with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as out:
        json.dump(expected, out, indent=1)


main(sys.argv[1])
