"""Flow images: KITTI's code, and millimetres."""

import cv2
import numpy as np
import pytest

from synthgen.sample import Flow
from synthgen.writers.files import png
from synthgen.writers.flow_files import FOLDERS, flow_images, motion_code, stated_code


@pytest.fixture
def flow():
    """Return a flow of 1 x 4 pixels: seen, too far for the code, none, and the sky outside."""
    pixel = np.array([[[1.5, -2.25], [600.0, 0], [np.nan, np.nan], [-511.0, 511.5]]], np.float32)
    motion = np.array([[[0.25, -0.001, 3.0], [40, 0, 0], [np.nan] * 3, [np.nan] * 3]], np.float32)
    return Flow(0.1, np.eye(4), pixel, np.array([[1, 2, 0, 3]], np.uint8), motion)


def test_kittis_reader_gets_the_flow_back(flow):
    """As its development kit reads: red and green from 16 bits, blue says whether it is valid."""
    stored = np.frombuffer(png(stated_code(flow)), np.uint8)
    blue, green, red = np.moveaxis(cv2.imdecode(stored, cv2.IMREAD_UNCHANGED).astype(float), -1, 0)
    back = (np.stack([red, green], -1) - 2**15) / 64
    assert blue.tolist() == [[1, 0, 0, 3]]
    assert back[0, [0, 3]].tolist() == [[1.5, -2.25], [-511.0, 511.5]]


def test_motion_is_millimetres_and_zero_where_there_is_none(flow):
    assert motion_code(flow).tolist() == [[[33018, 32767, 35768], [0] * 3, [0] * 3, [0] * 3]]


def test_every_folder_has_an_image(flow):
    assert tuple(flow_images((flow, flow))) == FOLDERS
