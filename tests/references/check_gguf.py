#!/usr/bin/env python3
"""Compares llama.cpp with the references: for every FOLDER/CASE.gguf (made by make_gguf.py with f32) the largest difference of a
logit (or of a hidden state) and whether the greedy text is the same. Needs the program made of llama_logits.c.

    python3 tests/references/check_gguf.py PATH_OF_llama_logits FOLDER [CASE ...]
"""

import base64
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent / "Data" / "architectures"


def main(program, folder, wanted):
    for path in sorted(Path(folder).glob("*.gguf")):
        if wanted and path.stem not in wanted:
            continue
        expected = json.loads((ROOT / path.stem / "expected.json").read_text())
        ids = [str(id_) for id_ in expected["prompt"]]
        key, greedy = ("logits", "24") if "logits" in expected else ("hidden", "hidden")
        ran = subprocess.run([program, str(path), "128", greedy, *ids], capture_output=True, text=True, timeout=120)
        if ran.returncode:
            print(f"{path.stem}: llama.cpp refuses it: {ran.stderr.strip()[-300:]}")
            continue
        rows = ran.stdout.strip().split("\n")
        computed = np.array([row.split() for row in rows[:len(ids)]], np.float64)
        reference = np.frombuffer(base64.b64decode(expected[key]["float32"]), "<f4").reshape(expected[key]["shape"])
        text = ""
        if key == "logits":
            text = ", text " + ("the same" if [int(id_) for id_ in rows[-1].split()] == expected["greedy"] else "differs")
        print(f"{path.stem}: largest difference {np.abs(computed - reference).max():.2g}{text}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
