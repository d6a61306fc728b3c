#!/bin/sh
# Runs the comparison with Debian's python3-torch, on OpenBLAS rather than the reference BLAS, if it is there.
folder=$(dirname "$0")
fast="/usr/lib/$(uname -m)-linux-gnu/openblas-openmp"
if [ -d "$fast" ]; then
    LD_LIBRARY_PATH="$fast${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
    export LD_LIBRARY_PATH
fi
exec "${PYTHON:-/usr/bin/python3}" "$folder/compare.py" "$@"
