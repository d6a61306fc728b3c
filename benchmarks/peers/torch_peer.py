#!/usr/bin/env python3
"""PyTorch, eager, as a contender of the paired comparison: commands on standard input, one JSON line each in answer.

    describe                        what computes
    list                            {"variants": ["NET JOB VARIANT", ...]}
    check                           do all exact variants agree? {"worst": the largest relative difference}
    time NET JOB VARIANT COUNT      {"ms": [one number a repetition]}
    quit
"""
import json
import os
import sys
import time
import warnings

import torch

import networks
import variants

BATCH = 128


def describe():
    config = torch.__config__.show()
    blas = {os.path.basename(os.path.realpath(line.split()[-1]))
            for line in open("/proc/self/maps") if "blas" in line or "libmkl" in line}
    return {"name": "PyTorch " + torch.__version__, "language": "Python " + sys.version.split()[0],
            "threads": torch.get_num_threads(), "blas": ", ".join(sorted(blas)),
            "capability": config.split("CPU capability usage: ")[-1].split("\n")[0]}


class Bench:
    def __init__(self):
        self.bodies = {}

    def list(self):
        return {"variants": [f"{net} {job} {variant}" for net in networks.NETWORKS
                             for job, variant in variants.variants(networks.build(net), variants.all_rows())]}

    def time(self, net, job, variant, count):
        """A body keeps its weights over its turns: they train on, as in use."""
        if (net, job, variant) not in self.bodies:
            rows = variants.all_rows()
            self.bodies[net, job, variant] = variants.variants(networks.build(net), rows)[job, variant]
        body = self.bodies[net, job, variant]
        x, labels = networks.batch(net, BATCH)
        times = []
        for _ in range(int(count)):
            start = time.perf_counter()
            body(x, labels)
            times.append((time.perf_counter() - start) * 1e3)
        return {"ms": times}


def answer(bench, command, arguments):
    if command == "describe":
        return describe()
    if command == "list":
        return bench.list()
    if command == "check":
        return {"worst": max(variants.check(net) for net in networks.NETWORKS)}
    if command == "time":
        return bench.time(*arguments)
    raise ValueError(f"unknown command '{command}'; known are describe, list, check, time, quit")


def main():
    warnings.filterwarnings("ignore")
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1)))
    bench = Bench()
    for line in sys.stdin:
        words = line.split()
        if words[:1] == ["quit"]:
            break
        try:
            reply = answer(bench, words[0], words[1:])
        except Exception as e:
            reply = {"error": f"{line.strip()}: {type(e).__name__}: {e}"}
        print(json.dumps(reply), flush=True)


main()
