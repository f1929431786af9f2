"""Where Dr.Jit keeps its numbers, so that other compiled code can read and write them."""

import ctypes
from typing import Any


class _Tensor(ctypes.Structure):
    """The head of a tensor as DLPack 0.8 hands it on."""

    _fields_ = (
        ("data", ctypes.c_void_p), ("kind", ctypes.c_int32), ("number", ctypes.c_int32),
        ("dimensions", ctypes.c_int32), ("code", ctypes.c_uint8), ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16), ("shape", ctypes.c_void_p), ("strides", ctypes.c_void_p),
        ("offset", ctypes.c_uint64),
    )  # fmt: skip


def address(array: Any) -> int:
    """Return where an evaluated Dr.Jit array starts in the memory of its device.

    It stays there as long as the array lives and nothing is scattered into it.
    """
    capsule = array.__dlpack__()
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    tensor = _Tensor.from_address(get(capsule, b"dltensor"))
    return int(tensor.data) + int(tensor.offset)
