"""LoRA adapters over a case, in PEFT's files, and what the model says with them: computed in plain torch, y = W x + s B (A x)."""

import json
import math
import tempfile

import numpy as np
import torch

import weights
from cases import ADAPTER_TARGETS
from reference_model import Reference, write_checkpoint, write_json, write_json_lines

ALPHA = 16
PREFIX = "base_model.model."


def config(rank, stabilised):
    """adapter_config.json with the fields of PEFT's LoraConfig."""
    return {
        "alpha_pattern": {}, "auto_mapping": None, "base_model_name_or_path": "", "bias": "none", "corda_config": None,
        "eva_config": None, "exclude_modules": None, "fan_in_fan_out": False, "inference_mode": True, "init_lora_weights": True,
        "layer_replication": None, "layers_pattern": None, "layers_to_transform": None, "loftq_config": {}, "lora_alpha": ALPHA,
        "lora_bias": False, "lora_dropout": 0.0, "megatron_config": None, "megatron_core": "megatron.core", "modules_to_save": None,
        "peft_type": "LORA", "qalora_group_size": 16, "r": rank, "rank_pattern": {}, "revision": None,
        "target_modules": ADAPTER_TARGETS, "target_parameters": None, "task_type": "CAUSAL_LM", "trainable_token_indices": None,
        "use_dora": False, "use_qalora": False, "use_rslora": stabilised}


def scale_of(rank, stabilised):
    return ALPHA / math.sqrt(rank) if stabilised else ALPHA / rank


def describe(tensors, rank, stabilised):
    """Adapter tensors for every target of every layer; the change has about a third of the size of what it changes."""
    result = []
    for tensor in tensors:
        module = tensor["name"].removesuffix(".weight")
        if module.rpartition(".")[2] not in ADAPTER_TARGETS or not tensor["name"].endswith(".weight"):
            continue
        rows, cols = tensor["shape"]
        b = math.sqrt(3) * 0.5 / (scale_of(rank, stabilised) * math.sqrt(rank))
        for part, shape, amplitude in (("lora_A", [rank, cols], math.sqrt(3 / cols)), ("lora_B", [rows, rank], b)):
            result.append({"name": f"{PREFIX}{module}.{part}.weight", "shape": shape, "offset": 0.0, "amplitude": float(f"{amplitude:.5g}")})
    return result


def attach(model, tensors, salt, scale):
    """Hooks on the targets; returns their handles."""
    state = {t["name"]: torch.tensor(weights.values(t, salt)) for t in tensors}

    def hook(a, b):
        return lambda module, inputs, output: output + scale * ((inputs[0] @ a.T) @ b.T)

    handles = []
    for name in (t["name"] for t in tensors if ".lora_A." in t["name"]):
        module = model.get_submodule(name.removeprefix(PREFIX).removesuffix(".lora_A.weight"))
        a, b = (state[n].to(module.weight.dtype) for n in (name, name.replace(".lora_A.", ".lora_B.")))
        handles.append(module.register_forward_hook(hook(a, b)))
    return handles


def make(folder, case, name, rank, stabilised, expected_text):
    """Writes folder/adapters/NAME/; `expected_text` is as for a decoder, over the case's own prompt."""
    base = json.loads((folder / "tensors.json").read_text())
    base_expected = json.loads((folder / "expected.json").read_text())
    out = folder / "adapters" / name
    out.mkdir(parents=True, exist_ok=True)
    tensors, scale = describe(base["tensors"], rank, stabilised), scale_of(rank, stabilised)
    with tempfile.TemporaryDirectory() as checkpoint:
        write_checkpoint(checkpoint, folder / "config.json", base["tensors"], base["salt"])
        reference = Reference(case, checkpoint)
    for attempt in range(100):
        salt = f"{name}/{attempt}/"
        handles = [h for model in (reference.double, reference.single) for h in attach(model, tensors, salt, scale)]
        expected, problem = expected_text(reference.outputs, base_expected["prompt"])
        if expected is not None and expected["greedy"] != base_expected["greedy"]:
            exact = reference.outputs(base_expected["prompt"])
            expected["float32Difference"] = float(f"{np.abs(reference.outputs_in_float32(base_expected['prompt']) - exact).max():.2g}")
            break
        for handle in handles:
            handle.remove()
    else:
        raise SystemExit(f"{folder.name}/{name}: no salt will do; the last one: {problem}")
    write_json(out / "adapter_config.json", config(rank, stabilised))
    write_json_lines(out / "tensors.json", {"salt": salt, "tensors": tensors})
    write_json_lines(out / "expected.json", {**expected, "scale": scale, "madeWith": base_expected["madeWith"]})
    print(f"{folder.name}/{name}: salt {salt} gap {expected['smallestGap']} {expected['greedy']}", flush=True)
