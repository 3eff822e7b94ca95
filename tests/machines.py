"""Run the numerical tests as other processors compute: python tests/machines.py NAME ..."""

import os
import subprocess
import sys

import torch

# MKL, torch and numba choose their kernels by these variables, numpy by its own.
MACHINES = {
    "compatible": {
        "MKL_CBWR": "COMPATIBLE",
        "ATEN_CPU_CAPABILITY": "default",
        "NUMBA_CPU_NAME": "generic",
    },
    "default": {"ATEN_CPU_CAPABILITY": "default"},
    "avx2": {"MKL_CBWR": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"},
    "avx512": {"MKL_CBWR": "AVX512", "ATEN_CPU_CAPABILITY": "avx512"},
    "two-threads": {"OMP_NUM_THREADS": "2"},
}
NEEDED = {"avx2": {"AVX2", "AVX512"}, "avx512": {"AVX512"}}
NUMERICAL = [
    "tests/classifiers",
    "tests/export",
    "tests/nn",
    "tests/onnx",
    "tests/outliers",
    "tests/scoring",
    "tests/sigma_lognormal",
    "tests/training",
]


def main(names):
    """Run the tests as each machine; return 1 if any of them failed."""
    here = torch.backends.cpu.get_cpu_capability()
    failed = []
    for name in names:
        if here not in NEEDED.get(name, {here}):
            print(f"{name}: this processor has {here} only", flush=True)
            continue
        print(f"{name}: {MACHINES[name]}", flush=True)
        environment = {**os.environ, "OMP_NUM_THREADS": "1", **MACHINES[name]}
        command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "-m", "not slow", *NUMERICAL]
        if subprocess.run(command, env=environment).returncode:
            failed.append(name)
    if failed:
        print(f"failed as {', '.join(failed)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(MACHINES)))
