import struct
import zlib

import numpy as np

from synthgen.writers.files import png
from synthgen.writers.flow_code import flow_code, flow_of


def red_green_blue(data):
    """Return the values of a 16-bit colour PNG by the PNG standard alone: no library's order."""
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert (depth, kind) == (16, 2)
    packed, at = b"", 8
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        packed += data[at + 8 : at + 8 + size] if name == b"IDAT" else b""
        at += 12 + size
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + 6 * width)
    found = np.zeros((height + 1, 6 * width + 6), np.int64)
    for number, row in enumerate(rows, start=1):
        for k, value in enumerate(row[1:], start=6):
            left, up, corner = found[number, k - 6], found[number - 1, k], found[number - 1, k - 6]
            guess = left + up - corner
            near = min((left, up, corner), key=lambda one, guess=guess: abs(guess - one))
            add = {0: 0, 1: left, 2: up, 3: (left + up) // 2, 4: near}[row[0]]
            found[number, k] = (value + add) % 256
    pairs = found[1:, 6:].reshape(height, width, 3, 2)
    return pairs[..., 0] * 256 + pairs[..., 1]


def test_right_is_red_down_is_green_and_known_is_blue_in_the_file():
    flow = np.zeros((3, 4, 2))
    flow[1, 2] = (10.5, -3.25)
    known = np.ones((3, 4), bool)
    known[0, 0] = False
    found = red_green_blue(png(flow_code(flow, known)))
    assert found[1, 2].tolist() == [32_768 + 672, 32_768 - 208, 1]
    assert found[0, 0].tolist() == [0, 0, 0]
    assert found[2, 3].tolist() == [32_768, 32_768, 1]


def test_codes_come_back_within_half_a_step():
    rng = np.random.default_rng(5)
    flow = rng.uniform(-511.9, 511.9, (20, 30, 2))
    back, known = flow_of(flow_code(flow, np.ones((20, 30), bool)))
    assert known.all()
    assert np.abs(back - flow).max() <= 0.5 / 64 + 1e-12


def test_what_does_not_fit_is_not_known():
    flow = np.array([[[600.0, 0], [0, -513], [np.nan, 0], [-512, 511.98]]])
    code = flow_code(flow, np.ones((1, 4), bool))
    assert code[0, :, 2].tolist() == [0, 0, 0, 1]
    assert (code[0, :3] == 0).all()
