#!/usr/bin/env python3
"""Makes GGUF files of the cases with llama.cpp's own converter.

Needs what make_references.py needs (run that first), llama.cpp's convert_hf_to_gguf with its package `conversion` on PYTHONPATH,
and the packages gguf and sentencepiece; made with those of Debian forky (llama.cpp-tools and python3-gguf 0.7.0).

    PYTHONPATH=FOLDER_WITH_conversion python3 tests/references/make_gguf.py bf16 OUT [CASE ...]

writes OUT/CASE.gguf; f32 in place of bf16 writes every weight as float32. The numbers are the same: bfloat16 holds them all.
The vocabulary is a small one of our own, given to every case, whatever tokenizer its architecture usually has.
"""

import json
import logging
import sys
import tempfile
from pathlib import Path

import gguf
import torch
from conversion import ModelType, get_model_architecture, get_model_class
from conversion.base import ModelBase
from sentencepiece import sentencepiece_model_pb2 as sentencepiece

from cases import CASES
from reference_model import write_checkpoint

ROOT = Path(__file__).resolve().parent.parent / "Data" / "architectures"
MERGES = "▁t he in ▁a ▁the nd ▁s ▁w er ▁b ing on ▁h ▁and re ou ▁to ed it ▁was en".split()
LETTERS = "▁etaoinshrdlucmfwygpbvkxqjz.,!?'\"-:;ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def write_vocabulary(path):
    """A SentencePiece model of 96 pieces: three special ones, some frequent pairs, letters."""
    model = sentencepiece.ModelProto()
    model.trainer_spec.model_type = sentencepiece.TrainerSpec.BPE
    kinds = sentencepiece.ModelProto.SentencePiece
    special = [("<unk>", 0.0, kinds.UNKNOWN), ("<s>", 0.0, kinds.CONTROL), ("</s>", 0.0, kinds.CONTROL)]
    ordinary = [(piece, -float(rank), kinds.NORMAL) for rank, piece in enumerate([*MERGES, *LETTERS])]
    for piece, score, kind in special + ordinary:
        model.pieces.add(piece=piece, score=score, type=kind)
    model.trainer_spec.vocab_size = len(model.pieces)
    assert len(model.pieces) == 96, len(model.pieces)
    Path(path).write_bytes(model.SerializeToString())


def set_vocabulary(model):
    model._set_vocab_sentencepiece()
    if "bert" in type(model).__name__.lower():
        model.gguf_writer.add_token_type_count(model.hparams.get("type_vocab_size", 1))


def convert(folder, out, file_type):
    parameters = ModelBase.load_hparams(folder, False)
    cls = get_model_class(get_model_architecture(parameters, ModelType.TEXT))
    with torch.inference_mode():
        # Names like phi3 make llama.cpp look for the tokens of that model's own vocabulary.
        model = cls(folder, file_type, out, model_name="reference")
        # Most converters find the SentencePiece file themselves; those of byte-level tokenizers would refuse an unknown one.
        model.set_vocab = lambda: set_vocabulary(model)
        model.write()


def main(kind, out, wanted):
    logging.disable(logging.WARNING)
    file_type = {"f32": gguf.LlamaFileType.ALL_F32, "bf16": gguf.LlamaFileType.MOSTLY_BF16}[kind]
    for name, case in CASES.items():
        if wanted and name not in wanted:
            continue
        tensors = json.loads((ROOT / name / "tensors.json").read_text())
        with tempfile.TemporaryDirectory() as folder:
            write_checkpoint(folder, ROOT / name / "config.json", tensors["tensors"], tensors["salt"])
            write_vocabulary(Path(folder, "tokenizer.model"))
            try:
                convert(Path(folder), Path(out, f"{name}.gguf"), file_type)
                print(f"{name}: {Path(out, f'{name}.gguf').stat().st_size} bytes", flush=True)
            except Exception as error:
                print(f"{name}: the converter refuses it: {type(error).__name__}: {error}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
