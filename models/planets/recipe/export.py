"""Writes the trained model beside the recipe: GGUF Q8_0, and safetensors (F16) with Hugging Face's config and tokenizer."""
import json
import shutil
import struct

import numpy
import torch

import bpe
import facts
import gguf
from model import Shape

NAME = "planets"
TEMPLATE = (
    "{{- bos_token -}}\n"
    "{%- for message in messages -%}\n"
    "    {%- if message.role not in ['system', 'user', 'assistant'] -%}\n"
    "        {{- raise_exception('The roles are system, user and assistant, not ' + message.role) -}}\n"
    "    {%- endif -%}\n"
    "    {{- '<|' + message.role + '|>' + message.content | trim + '<|end|>' -}}\n"
    "{%- endfor -%}\n"
    "{%- if add_generation_prompt -%}\n"
    "    {{- '<|assistant|>' -}}\n"
    "{%- endif -%}\n"
)


def main():
    build, out = facts.ROOT / "build", facts.ROOT
    saved = torch.load(build / "model.pt")
    shape, weights = Shape(**saved["shape"]), {name: w.float().numpy() for name, w in saved["weights"].items()}
    tokenizer = bpe.load(build / "tokenizer.json")
    shutil.copyfile(build / "tokenizer.json", out / "tokenizer.json")
    gguf.write(out / f"{NAME}-Q8_0.gguf", metadata(shape, tokenizer), gguf_tensors(shape, weights))
    safetensors(out / "model.safetensors", {"model." + name: w.astype("<f2") for name, w in weights.items()})
    write_json(out / "config.json", config(shape, tokenizer))
    write_json(out / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": shape.context, "clean_up_tokenization_spaces": False,
        "bos_token": bpe.BEGIN, "eos_token": bpe.END, "add_bos_token": False, "chat_template": TEMPLATE})
    write_json(out / "generation_config.json", {"bos_token_id": tokenizer.ids[bpe.BEGIN], "eos_token_id": tokenizer.ids[bpe.END]})


def metadata(shape, tokenizer):
    special = len(bpe.SPECIAL)
    return {
        "general.architecture": (gguf.STRING, "llama"),
        "general.name": (gguf.STRING, NAME),
        "general.license": (gguf.STRING, "apache-2.0"),
        "general.file_type": (gguf.UINT32, 7),   # mostly Q8_0
        "general.quantization_version": (gguf.UINT32, 2),
        "llama.context_length": (gguf.UINT32, shape.context),
        "llama.embedding_length": (gguf.UINT32, shape.width),
        "llama.block_count": (gguf.UINT32, shape.layers),
        "llama.feed_forward_length": (gguf.UINT32, shape.hidden),
        "llama.attention.head_count": (gguf.UINT32, shape.heads),
        "llama.attention.head_count_kv": (gguf.UINT32, shape.kv_heads),
        "llama.attention.layer_norm_rms_epsilon": (gguf.FLOAT32, shape.epsilon),
        "llama.rope.dimension_count": (gguf.UINT32, shape.head),
        "llama.rope.freq_base": (gguf.FLOAT32, shape.theta),
        "llama.vocab_size": (gguf.UINT32, shape.vocabulary),
        "tokenizer.ggml.model": (gguf.STRING, "gpt2"),
        "tokenizer.ggml.pre": (gguf.STRING, "gpt-2"),
        "tokenizer.ggml.tokens": (gguf.ARRAY, gguf.STRING, tokenizer.tokens),
        "tokenizer.ggml.token_type": (gguf.ARRAY, gguf.INT32, [3] * special + [1] * (len(tokenizer.tokens) - special)),   # control, normal
        "tokenizer.ggml.merges": (gguf.ARRAY, gguf.STRING, [" ".join(pair) for pair in tokenizer.merges]),
        "tokenizer.ggml.bos_token_id": (gguf.UINT32, tokenizer.ids[bpe.BEGIN]),
        "tokenizer.ggml.eos_token_id": (gguf.UINT32, tokenizer.ids[bpe.END]),
        "tokenizer.ggml.add_bos_token": (gguf.BOOL, False),
        "tokenizer.ggml.add_space_prefix": (gguf.BOOL, False),
        "tokenizer.chat_template": (gguf.STRING, TEMPLATE),
    }


def gguf_tensors(shape, weights):
    names = {"self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
             "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
             "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}
    tensors = {"token_embd.weight": weights["embed_tokens.weight"], "output_norm.weight": weights["norm.weight"]}
    for i in range(shape.layers):
        for name, short in names.items():
            w = weights[f"layers.{i}.{name}.weight"]
            heads = {"attn_q": shape.heads, "attn_k": shape.kv_heads}.get(short)
            tensors[f"blk.{i}.{short}.weight"] = interleaved(w, heads) if heads else w
    return tensors


def interleaved(w, heads):
    """Rows of each head reordered from the halves that rotate together here to the neighbours that do in GGUF."""
    rows, columns = w.shape
    return w.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def config(shape, tokenizer):
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "float16",
        "vocab_size": shape.vocabulary, "hidden_size": shape.width, "num_hidden_layers": shape.layers, "intermediate_size": shape.hidden,
        "num_attention_heads": shape.heads, "num_key_value_heads": shape.kv_heads, "head_dim": shape.head,
        "max_position_embeddings": shape.context, "rope_theta": shape.theta, "rope_scaling": None, "rms_norm_eps": shape.epsilon,
        "hidden_act": "silu", "attention_bias": False, "mlp_bias": False, "tie_word_embeddings": True,
        "bos_token_id": tokenizer.ids[bpe.BEGIN], "eos_token_id": tokenizer.ids[bpe.END]}


def safetensors(path, tensors):
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, array in tensors.items():
        header[name] = {"dtype": "F16", "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(numpy.ascontiguousarray(a).tobytes() for a in tensors.values()))


def write_json(path, document):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2, ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    main()
