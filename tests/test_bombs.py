"""Small files that stand for huge ones are refused in one line, and no memory is taken."""

import os
import struct
import subprocess
import sys
import zlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthgen import __main__ as program
from synthgen.config import read
from synthgen.coverage.pictures.opening import opened
from synthgen.errors import UserError
from synthgen.spec import plain_parquet
from synthgen.traffic.mapfile import read_map


def png(wide, high):
    """Return the file of an image that is said to have `wide` x `high` pixels."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(bytes(1000))), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png(30_000, 30_000))
    return path


def test_an_audit_opens_no_picture_of_a_billion_pixels(picture):
    assert opened(picture).fault == "too_large"


READ = """
import sys
from pathlib import Path
from synthgen import __main__ as program
program.main(["n=-1"])  # as every command, before OpenCV is loaded
from synthgen.errors import UserError
from synthgen.coverage.receipt.thumbnails import opened
from synthgen.readers.sensors import read_pixels
path = Path(sys.argv[1])
for look in (read_pixels, lambda path: opened(path.parent, path.name, "7")):
    try:
        look(path)
    except UserError as error:
        print(error)
told = Path("/proc/self/status").read_text()  # unlike getrusage, not of who started us
print(told.split("VmHWM:")[1].split()[0])
"""


def test_no_task_unpacks_a_picture_of_a_billion_pixels(picture):
    done = subprocess.run(
        [sys.executable, "-c", READ, str(picture)], capture_output=True, text=True, check=True
    )
    first, second, peak = done.stdout.splitlines()
    assert first == f"{picture}: expected an image of a camera, it is too large"
    assert second == f"{picture}: expected an image, it is too large, of frame 7"
    assert int(peak) < 1_500_000  # [kB]; the picture has 2.7 GB


@pytest.mark.parametrize(
    ("name", "most", "said"),
    [
        ("MOST_ROWS", 999, "1,000 rows, expected at most 999"),
        ("MOST_BYTES", 10, r"unpacks to [\d,]+ bytes, expected at most 10"),
    ],
)
def test_a_table_that_unpacks_to_too_much_is_not_read(name, most, said, tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"rain": pa.array([1.0] * 1000)}), path)
    monkeypatch.setattr(plain_parquet, name, most)
    with pytest.raises(UserError, match=said):
        read([f"weather.rain={{table: {path}, column: rain}}"])


@pytest.mark.parametrize("kind", ["osm", "opendrive"])
@pytest.mark.parametrize(
    "inside",
    [
        '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>',
        '<!DOCTYPE a SYSTEM "file:///secret.txt">',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///secret.txt">]>',
    ],
)
def test_no_map_expands_or_fetches_entities(kind, inside, tmp_path):
    path = tmp_path / "a.map"
    path.write_text(f"{inside}<osm>&b;</osm>")
    with pytest.raises(ValueError, match="has a document type or entity declaration"):
        read_map(path, kind, list)


@pytest.mark.parametrize("task", ["plan", "fill", "rig", "audit"])
def test_json_that_nests_too_deep_is_one_line(task, tmp_path, capsys):
    deep = "[" * 200_000
    (tmp_path / "audit.json").write_text(deep)
    (tmp_path / "plan.jsonl").write_text(deep)
    (tmp_path / "calibrated_sensor.json").write_text(deep)
    (tmp_path / "labels.json").write_text(f'{{"images": {deep}')
    asked = {"plan": f"audit={tmp_path}", "fill": f"plan={tmp_path}/plan.jsonl",
             "rig": f"from={tmp_path}", "audit": f"data={tmp_path}/labels.json"}  # fmt: skip
    out = f"{tmp_path}/o{'.yaml' if task == 'rig' else ''}"
    more = ["data_format=coco"] if task == "audit" else []
    assert program.main([f"task={task}", asked[task], f"out={out}", *more]) == 2
    said = capsys.readouterr().err
    assert said.startswith("synthgen: ")
    assert said.count("\n") == 1


def test_nothing_is_unpickled_from_files():
    """`numpy.load` is never told to, and nobody imports pickle; numba's cache is our own."""
    top = os.path.dirname(program.__file__)
    for place, _, names in os.walk(top):
        for name in names:
            if name.endswith(".py"):
                with open(os.path.join(place, name)) as file:
                    text = file.read()
                for word in ("import pickle", "allow_pickle=True", "joblib", "import marshal",
                             "import shelve", "yaml.load(", "yaml.unsafe"):  # fmt: skip
                    assert word not in text, (name, word)
