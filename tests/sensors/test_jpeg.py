"""What compression keeps, and what it does to what stands out."""

import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from synthgen.electronics import Hdr, Processing, Setting
from synthgen.rng import stream
from synthgen.sensors.development import developed
from synthgen.sensors.hdr import captured
from synthgen.sensors.imager import expected, mosaic, noise, pattern
from synthgen.sensors.jpeg import coded_noise, compressed, lost, sent, steps


@pytest.fixture(scope="module")
def model(rig):
    plain = Processing(sharpening=0.0)
    return replace(
        rig.camera("image_2").model, width=320, height=240, blur=0.0, vignetting=0.0,
        nonuniformity=0.0, dark_nonuniformity=0.0, processing=plain,
    )  # fmt: skip


def busy(shape=(64, 96), seed=2):
    image = stream(seed, "j").integers(60, 200, (*shape, 3)).astype(np.uint8)
    return np.repeat(np.repeat(image[::8, ::8], 8, axis=0), 8, axis=1)


def test_jpeg_is_coarser_the_lower_its_quality():
    image = stream(2, "j").integers(60, 200, (64, 96, 3)).astype(np.uint8)
    image = np.repeat(np.repeat(image[::8, ::8], 8, axis=0), 8, axis=1)
    image[:, ::5] += 20
    errors = [
        np.abs(compressed(image, quality, 444).image.astype(int) - image).mean()
        for quality in (30, 60, 90, 100)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 1.5
    assert compressed(image, 0, 420).image is image


def test_halved_chroma_loses_colour_edges_and_keeps_luma():
    image = np.zeros((64, 64, 3), np.uint8)
    image[:, ::2] = [220, 30, 30]
    image[:, 1::2] = [30, 100, 30]
    full, half = (compressed(image, 95, chroma).image.astype(float) for chroma in (444, 420))
    hue = [np.abs((one[..., 0] - one[..., 1])[:, ::2] - (one[..., 0] - one[..., 1])[:, 1::2]).mean()
           for one in (full, half)]  # fmt: skip
    assert hue[0] > 200
    assert hue[1] < 60


@pytest.mark.parametrize("quality", [60, 75, 92, 100])
@pytest.mark.parametrize(("chroma", "layers"), [(444, (1, 1)), (422, (2, 1)), (420, (2, 2))])
def test_the_stream_is_the_image_and_says_how_it_was_made(quality, chroma, layers):
    found = compressed(busy(), quality, chroma)
    back = cv2.imdecode(np.frombuffer(found.stream, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    np.testing.assert_array_equal(back, found.image)
    assert found.stream == compressed(busy(), quality, chroma).stream
    with Image.open(io.BytesIO(found.stream)) as opened:
        assert opened.layer[0][1:3] == layers
        assert "progression" not in opened.info
        steps = opened.quantization[0]
    # Standard table K.1 begins with 16, 11; the scale of the Independent JPEG Group is 200 - 2 q.
    scale = 200 - 2 * quality
    assert steps[0] == max((16 * scale + 50) // 100, 1)
    assert max(steps) == max((121 * scale + 50) // 100, 1)


def test_a_camera_without_compression_sends_no_stream(model):
    image = busy()
    assert sent(image, model).image is image
    assert sent(image, model).stream == b""
    coded = replace(model, processing=replace(model.processing, jpeg=80, chroma=444))
    assert (sent(image, coded).quality, sent(image, coded).chroma) == (80, 444)


@pytest.mark.parametrize(
    ("hdr", "share"), [(None, 0.02), (None, 0.3), (Hdr(exposures=3), 0.1), (Hdr(exposures=3), 8.0)]
)
def test_steps_per_electron_are_those_of_two_grey_cards(model, hdr, share):
    model = replace(model, hdr=hdr)
    setting, level = Setting(0.01, 1.0), share * model.full_well
    grey = np.array(model.quantum_efficiency) / model.quantum_efficiency[1]
    found = []
    for electrons in (0.8 * level, 1.2 * level):
        card = mosaic(np.full((240, 320, 3), electrons) * grey)
        values = captured(card, model, setting, pattern(model, "t"), stream(1, "n"))
        found.append(developed(values, model, setting).mean())
    slope = (found[1] - found[0]) / (0.4 * level)
    assert steps(np.array([level]), model, setting)[0] == pytest.approx(slope, rel=0.05)


def test_noise_grows_by_the_error_of_a_block_over_the_steps_of_an_electron(model):
    setting, rng = Setting(0.01, 1.0), stream(4, "e")
    signal = np.full((37, 50), 0.2 * model.full_well)
    before, error = noise(signal, model, setting), np.zeros((37, 50))
    error[8:16, 16:24] = rng.choice([-3.0, 3.0], (8, 8))
    after = coded_noise(before, signal, error, model, setting)
    grown = np.sqrt(before[0, 0] ** 2 + (3 / steps(signal[:1, :1], model, setting)[0, 0]) ** 2)
    np.testing.assert_allclose(after[8:16, 16:24], grown)
    outside = np.ones((37, 50), bool)
    outside[8:16, 16:24] = False
    np.testing.assert_array_equal(after[outside], before[outside])


def test_coarser_images_are_noisier_in_the_labels(model):
    image, setting = busy((240, 320)), Setting(0.01, 1.0)
    signal = expected(np.full((240, 320, 3), 3000.0), model, 1.0)
    before = noise(signal, model, setting)
    spread = [
        coded_noise(before, signal, lost(image, compressed(image, q, 420).image), model, setting)
        for q in (60, 80, 95)
    ]
    means = [float(one.mean()) for one in spread]
    assert means == sorted(means, reverse=True)
    assert means[-1] > float(before.mean())
