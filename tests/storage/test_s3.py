"""Eight rendered shards in a real S3 store, one upload broken midway, read back for training."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.scripts import script

pytestmark = pytest.mark.long

JOB = ("scene=clear_day", "place=opendrive", "traffic.vehicles=0", "clip.frames=1", "n=16")
SHARDS = range(8)


def program(*words, environment):
    return subprocess.Popen(
        [sys.executable, "-m", "synthgen", "workers=2", *words], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def done(process):
    said = process.communicate()[0]
    print(said)
    return process.returncode, said


def stored(s3):
    """Return the SHA-256 of every object below data/set, by name."""
    found = {name.removeprefix("data/set/"): s3.cat_file(name) for name in s3.find("data/set")}
    return {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}


def local(folder):
    files = (path for path in (folder / "shards").rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def visible(there):
    return [n for n in SHARDS if f"shards/{n:06d}/manifest.json" in there]


def of_shards(files, *numbers):
    starts = tuple(f"shards/{number:06d}/" for number in numbers)
    return {name: one for name, one in files.items() if name.startswith(starts)}


def test_a_data_set_in_s3_is_that_of_a_local_run_and_trains_over_http(
    s3, server, wire, tmp_path, capsys
):
    webdataset = pytest.importorskip("webdataset", reason="scripts/setup s3")
    words = [*JOB, *script("chaos").cheap(tmp_path)]
    code, _ = done(program(*words, f"out={tmp_path / 'local'}", environment=server.environment))
    assert code == 0
    wanted = local(tmp_path / "local")

    to_s3 = [*words, "out=s3://data/set", f"stage={tmp_path / 'stage'}"]
    one, url = wire("/shards/000003/sensor/velodyne/", 50_000)
    job = program(*to_s3, environment=server.behind(url))
    while not one.cuts and job.poll() is None:
        time.sleep(0.1)
    assert one.cuts
    os.killpg(job.pid, signal.SIGKILL)
    job.wait()
    time.sleep(1)
    there = stored(s3)
    print("cut:", one.cuts[0], "visible:", visible(there))
    assert of_shards(there, *visible(there)) == of_shards(wanted, *visible(there))
    assert 0 in visible(there)
    assert 3 not in visible(there)
    assert of_shards(there, 3)
    assert of_shards(there, 3).keys() < of_shards(wanted, 3).keys()

    s3.pipe_file("data/set/shards/000003/of_nobody.bin", b"left")
    s3.call_s3("create_multipart_upload", Bucket="data", Key="set/shards/000003/sensor/x")
    code, said = done(program(*to_s3, environment=server.environment))
    assert (code, "s3://data/set: 8 of 8 shards are there" in said) == (0, True)
    there = stored(s3)
    assert of_shards(there, *SHARDS) == wanted
    others = {name for name in there if not name.startswith("shards/")}
    known = {"run.json", *(f"timing/{n:06d}.json" for n in SHARDS)}
    assert others <= known  # the kill may fall between a shard and what is told of it
    assert len(known - others) <= 2
    assert not s3.call_s3("list_multipart_uploads", Bucket="data").get("Uploads")
    assert list((tmp_path / "stage").iterdir()) == []
    assert b"secret-of-the-test" not in s3.cat_file("data/set/run.json")

    export = ["task=export", f"data={tmp_path / 'local'}", "format=webdataset"]
    to_s3 = ["out=s3://data/set/export", f"stage={tmp_path / 'stage'}"]
    code, said = done(program(*export, *to_s3, environment=server.environment))
    assert (code, "s3://data/set/export/webdataset: " in said) == (0, True)
    assert list((tmp_path / "stage").iterdir()) == []
    frames = read_back(webdataset, f"{server.url}/data/set/export/webdataset", s3)
    assert frames == pictures(tmp_path / "local")


def read_back(webdataset, url, s3):
    """Return the SHA-256 of every image that the library reads over HTTP, sorted."""
    tars = [name for name in s3.find("data/set/export/webdataset") if name.endswith(".tar")]
    urls = [f"{url}/{name.rpartition('/')[2]}" for name in sorted(tars)]
    data = webdataset.WebDataset(urls, shardshuffle=False)
    samples = list(data)
    print(
        f"{len(samples)} samples of {len(urls)} tars over HTTP, keys of one: {sorted(samples[0])}"
    )
    assert all(json.loads(sample["meta.json"]) for sample in samples)
    return sorted(hashlib.sha256(sample["image_2.png"]).hexdigest() for sample in samples)


def pictures(folder):
    found = folder.glob("shards/*/sensor/image_2/*.png")
    return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in found)
