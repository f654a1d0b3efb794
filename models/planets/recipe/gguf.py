"""A small GGUF writer (version 3, little-endian), with what a llama needs: F32 and Q8_0 tensors and typed metadata."""
import struct

import numpy

ALIGNMENT, BLOCK = 32, 32
F32, Q8_0 = 0, 8
UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
SCALARS = {UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<?"}


def q8_0(matrix):
    """Blocks of 32 weights along the rows: a half-precision scale, then 32 signed bytes; weight = scale * byte."""
    blocks = numpy.ascontiguousarray(matrix, dtype=numpy.float32).reshape(-1, BLOCK)
    scales = numpy.abs(blocks).max(1, keepdims=True) / 127
    inverse = numpy.divide(1, scales, out=numpy.zeros_like(scales), where=scales > 0)
    out = numpy.empty(len(blocks), dtype=[("scale", "<f2"), ("bytes", "i1", BLOCK)])
    out["scale"], out["bytes"] = scales[:, 0], numpy.rint(blocks * inverse)
    return out.tobytes()


def write(path, metadata, tensors):
    """metadata: key -> (type, value), or (ARRAY, type, values); tensors: name -> float array; those of two dimensions become Q8_0."""
    infos, blobs, at = [], [], 0
    for name, array in tensors.items():
        quantized = array.ndim == 2
        blob = q8_0(array) if quantized else numpy.ascontiguousarray(array, dtype="<f4").tobytes()
        sizes = array.shape[::-1]   # GGUF names the fastest dimension first
        infos.append(_string(name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, Q8_0 if quantized else F32, at))
        blobs.append(_padded(blob))
        at += len(blobs[-1])
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    head += b"".join(_string(key) + _value(*value) for key, value in metadata.items()) + b"".join(infos)
    with open(path, "wb") as file:
        file.write(_padded(head) + b"".join(blobs))


def _padded(data):
    return data + bytes(-len(data) % ALIGNMENT)


def _string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(kind, *rest):
    if kind == ARRAY:
        of, values = rest
        return struct.pack("<IIQ", ARRAY, of, len(values)) + b"".join(_bare(of, v) for v in values)
    return struct.pack("<I", kind) + _bare(kind, *rest)


def _bare(kind, value):
    return _string(value) if kind == STRING else struct.pack(SCALARS[kind], value)
