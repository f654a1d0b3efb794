"""config.json as files made before transformers 5 have it: most of what people download."""

import json

from reference_model import write_json


def write(folder):
    """Writes config-old.json and returns its path."""
    path = folder / "config-old.json"
    write_json(path, translate(json.loads((folder / "config.json").read_text())))
    return path


def translate(config):
    old = {key: value for key, value in config.items() if key not in ("rope_parameters", "dtype", "layer_types", "transformers_version")}
    old["torch_dtype"] = config["dtype"]
    old["transformers_version"] = "4.46.0"
    kind = config["model_type"]
    if kind == "gpt_oss":
        old["layer_types"] = config["layer_types"]
    if kind == "gemma3_text":
        layers = config["layer_types"]
        old["sliding_window_pattern"] = layers.index("full_attention") + 1
        old.pop("_sliding_window_pattern", None)
    rope = config.get("rope_parameters")
    if rope is None:
        return old
    if "full_attention" in rope:
        old["rope_local_base_freq"] = rope["sliding_attention"]["rope_theta"]
        rope = rope["full_attention"]
    rope = dict(rope)
    old["rope_theta"] = rope.pop("rope_theta")
    if "partial_rotary_factor" in rope:
        old["partial_rotary_factor"] = rope.pop("partial_rotary_factor")
    if kind == "phi3" and rope.get("rope_type") == "longrope":
        rope["type"] = rope.pop("rope_type")
        old["original_max_position_embeddings"] = rope.pop("original_max_position_embeddings", None) or config["original_max_position_embeddings"]
    old["rope_scaling"] = None if rope.get("rope_type") == "default" else rope
    return old
