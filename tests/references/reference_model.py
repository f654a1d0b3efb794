"""A transformers model with weights by formula, computed in float64 throughout."""

import contextlib
import json
import tempfile
from pathlib import Path

import numpy as np
import torch
import transformers
from safetensors import safe_open
from safetensors.numpy import save_file

import weights

EXPERTS = dict(attn_implementation="eager", experts_implementation="eager")


@contextlib.contextmanager
def float64_throughout():
    """Model code casts to float32 inside (norms, softmax, rope). For a reference these casts go to float64 too."""
    kept = torch.float32, torch.float, torch.Tensor.float, torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    torch.float32 = torch.float = torch.float64
    torch.Tensor.float = torch.Tensor.double
    try:
        yield
    finally:
        torch.float32, torch.float, torch.Tensor.float = kept[:3]
        torch.set_default_dtype(kept[3])


def model_class(case):
    return transformers.AutoModelForCausalLM if case["kind"] == "decoder" else transformers.AutoModel


def write_config(case, folder):
    """config.json and the checkpoint's tensor names and shapes, both as transformers saves them."""
    config = getattr(transformers, case["config_class"])(**case["config"], dtype="bfloat16")
    model = model_class(case).from_config(config, dtype=torch.bfloat16)
    with tempfile.TemporaryDirectory() as saved:
        model.save_pretrained(saved)
        text = json.loads((Path(saved) / "config.json").read_text())
        with safe_open(str(Path(saved) / "model.safetensors"), "np") as file:
            shapes = {name: list(file.get_slice(name).get_shape()) for name in sorted(file.keys())}
    write_json(folder / "config.json", text)
    return [weights.describe(name, shape, case) for name, shape in shapes.items()]


def write_json(path, value):
    Path(path).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_json_lines(path, value):
    """One line a field, and one an element of a list of objects."""
    def text(field):
        if isinstance(field, list) and field and isinstance(field[0], dict):
            return "[\n" + ",\n".join("    " + json.dumps(item) for item in field) + "\n  ]"
        return json.dumps(field)
    Path(path).write_text("{\n" + ",\n".join(f'  "{key}": {text(field)}' for key, field in value.items()) + "\n}\n")


def write_checkpoint(folder, config_file, tensors, salt):
    """A loadable folder: the configuration and model.safetensors (float32)."""
    Path(folder, "config.json").write_text(Path(config_file).read_text())
    save_file({t["name"]: weights.values(t, salt) for t in tensors}, str(Path(folder, "model.safetensors")), metadata={"format": "pt"})


class Reference:
    """The model of a checkpoint folder, twice: float64 throughout, and plain float32 to see what float32 arithmetic costs."""

    def __init__(self, case, folder):
        self.case, cls = case, model_class(case)
        self.single, report = cls.from_pretrained(folder, dtype=torch.float32, output_loading_info=True, **EXPERTS)
        missing = {kind: names for kind, names in report.items() if names}
        assert not missing, f"{folder}: the checkpoint does not fit: {missing}"
        state = self.single.state_dict()
        with float64_throughout():
            self.double = cls.from_config(transformers.AutoConfig.from_pretrained(folder), dtype=torch.float64, **EXPERTS)
            self.double.load_state_dict(state)
        self.single.eval()
        self.double.eval()
        self._buffers = {name: b.clone() for name, b in self.double.named_buffers()}

    def _fresh(self):
        # Dynamic rope keeps the frequencies of the longest sequence it has seen; every sequence here starts from the configured ones.
        for name, buffer in self._buffers.items():
            module, _, leaf = name.rpartition(".")
            self.double.get_submodule(module).register_buffer(leaf, buffer.clone(), persistent=False)

    @torch.no_grad()
    def outputs(self, ids):
        """float64 [tokens, vocabulary] logits, or [tokens, hidden] of a model without a head."""
        self._fresh()
        with float64_throughout():
            if self.case.get("stepwise"):
                cache, rows = transformers.DynamicCache(), []
                for id_ in ids:
                    rows.append(self.double(torch.tensor([[id_]]), past_key_values=cache, use_cache=True).logits[0])
                return torch.cat(rows).numpy()
            return self._result(self.double, ids)

    @torch.no_grad()
    def outputs_in_float32(self, ids):
        return self._result(self.single, ids)

    def _result(self, model, ids):
        more = {} if self.case["kind"] == "encoder" else {"use_cache": False}
        result = model(torch.tensor([ids]), **more)
        return (result.logits if self.case["kind"] == "decoder" else result.last_hidden_state)[0].numpy()


def gap(rows):
    """The smallest difference between the two largest numbers of a row."""
    best = np.sort(rows, axis=-1)
    return float((best[..., -1] - best[..., -2]).min())
