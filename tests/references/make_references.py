#!/usr/bin/env python3
"""Makes the reference data of tests/Data/architectures with PyTorch and transformers.

Needs Python 3 with torch, transformers, safetensors and numpy; made with those of Debian forky (python3-torch 2.14.1,
python3-transformers 5.12.1, python3-safetensors 0.8.0). No network, no GPU, a few minutes of one core.

    OMP_NUM_THREADS=1 python3 tests/references/make_references.py            all cases
    OMP_NUM_THREADS=1 python3 tests/references/make_references.py llama qwen3  these cases, or these groups

For each case of cases.py it writes config.json, config-old.json (the same as files before transformers 5 say it, checked to
give the same numbers), tensors.json (how to fill each tensor: weights.py) and expected.json. The salt of a case is the first
one for which the best logit leads by more than 0.02 at every position, so that text does not hang on rounding.
"""

import base64
import logging
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import transformers

import adapters
import old_config
import weights
from cases import ADAPTERS, CASES
from reference_model import Reference, gap, write_checkpoint, write_config, write_json_lines

ROOT = Path(__file__).resolve().parent.parent / "Data" / "architectures"
GREEDY = 24
LEAST_GAP = 0.02
MADE_WITH = f"transformers {transformers.__version__}, torch {torch.__version__.split('+')[0]}, float64"


def packed(array):
    return {"shape": list(array.shape), "float32": base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode()}


def greedy(outputs, prompt):
    """(ids, smallest gap) of GREEDY tokens, every step computed from the whole sequence."""
    ids, smallest = list(prompt), np.inf
    for _ in range(GREEDY):
        last = outputs(ids)[-1]
        smallest = min(smallest, gap(last))
        if smallest < LEAST_GAP:
            return ids[len(prompt):], smallest
        ids.append(int(last.argmax()))
    return ids[len(prompt):], smallest


def expected_text(outputs, prompt):
    """(expected.json, None), or (None, why this salt will not do)."""
    logits = outputs(prompt)
    if gap(logits) < LEAST_GAP:
        return None, "two best logits of the prompt are close"
    ids, smallest = greedy(outputs, prompt)
    if smallest < LEAST_GAP:
        return None, "two best logits of the text are close"
    if len(set(ids)) < 8:
        return None, "the text repeats itself"
    if min(ids) < 3:
        return None, "the text has a special token"
    return {"prompt": prompt, "greedy": ids, "smallestGap": round(min(smallest, gap(logits)), 5),
            "standardDeviation": round(float(logits.std()), 3), "logits": packed(logits)}, None


def normalised(vector):
    return vector / np.sqrt((vector * vector).sum())


def expected_hidden(case, outputs, prompt):
    hidden = outputs(prompt)
    pooled = {"mean": hidden.mean(0), "last": hidden[-1]} if case["kind"] == "embedding" else {"mean": hidden.mean(0), "cls": hidden[0]}
    return {"prompt": prompt, "hidden": packed(hidden), **{name: packed(normalised(vector)) for name, vector in pooled.items()}}


def make(name, case):
    folder = ROOT / name
    folder.mkdir(parents=True, exist_ok=True)
    tensors = write_config(case, folder)
    old = old_config.write(folder) if case["kind"] != "encoder" else None
    for attempt in range(100):
        salt = f"{attempt}/"
        prompt = weights.prompt(salt, case["prompt"], 4, 96)
        with tempfile.TemporaryDirectory() as checkpoint:
            write_checkpoint(checkpoint, folder / "config.json", tensors, salt)
            reference = Reference(case, checkpoint)
            if case["kind"] == "decoder":
                expected, problem = expected_text(reference.outputs, prompt)
                if expected is None:
                    continue
            else:
                expected = expected_hidden(case, reference.outputs, prompt)
            exact = reference.outputs(prompt)
            if not case.get("stepwise"):
                rounding = float(np.abs(reference.outputs_in_float32(prompt) - exact).max())
                # An expert chosen by a hair would show here as a large difference.
                if rounding > 1e-3:
                    continue
                expected["float32Difference"] = float(f"{rounding:.2g}")
            if old:
                write_checkpoint(checkpoint, old, tensors, salt)
                difference = np.abs(Reference(case, checkpoint).outputs(prompt) - exact).max()
                assert difference < 1e-9, f"{name}: {old.name} means something else: {difference}"
        break
    else:
        raise SystemExit(f"{name}: no salt will do; the last one: {problem}")
    if case.get("stepwise"):
        expected["computed"] = "token by token with a key/value cache: each key keeps the frequencies of its own step"
    expected["madeWith"] = MADE_WITH
    write_json_lines(folder / "tensors.json", {"salt": salt, "tensors": tensors})
    write_json_lines(folder / "expected.json", expected)
    print(f"{name}: salt {salt} gap {expected.get('smallestGap')} std {expected.get('standardDeviation')} "
          f"float32 {expected.get('float32Difference')} {expected.get('greedy')}", flush=True)


def main(wanted):
    logging.disable(logging.WARNING)
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    for name, case in CASES.items():
        if not wanted or name in wanted or case["group"] in wanted:
            make(name, case)
    for case, name, rank, stabilised in ADAPTERS:
        if not wanted or case in wanted or "adapters" in wanted:
            adapters.make(ROOT / case, CASES[case], name, rank, stabilised, expected_text)


if __name__ == "__main__":
    main(sys.argv[1:])
