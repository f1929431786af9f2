"""Kill a small job at random moments, go on each time, and compare the end with a quiet run.

    scripts/chaos.py [ROUNDS=100] [SEED=0] [N=8] [LONGEST=seconds] [OUT=folder]

A round begins the job that makes N frames, two to a shard, with two workers, and sends SIGKILL
after a random time of up to LONGEST seconds (four fifths of what the quiet run took, if not told)
to all its processes, to the parent alone, or to one worker. A data set that comes to its end is
compared, byte by byte, with one that nobody disturbed, and the next round begins a new one.
Counted are shards of other bytes, files that belong to nothing, processes that lived on, lines
that workers printed, and shards made twice: one that is sealed must stay the very file that it
was.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import psutil
import yaml

TOP = Path(__file__).resolve().parents[1]
JOB = ("scene=clear_day", "place=opendrive", "traffic.vehicles=0", "clip.frames=1", "workers=2")
"""With the map and the rig below, the cheapest world there is."""
WHOM = ("group", "parent", "worker")
KNOWN = {"run.json", "shards", "making", "timing", "log", "dataset", "contact_sheet.png", "failed"}


def cheap(folder: Path) -> list[str]:
    """Write one crossing and a rig of few pixels and beams; return the words that ask for them."""
    found = spec_from_file_location("xodr", TOP / "tests" / "xodr.py")
    maps = module_from_spec(found)
    found.loader.exec_module(maps)
    (folder / "own.xodr").write_text(maps.crossing_roads())
    (folder / "small.yaml").write_text(yaml.safe_dump(small()))
    return [f"file={folder / 'own.xodr'}", f"rig={folder / 'small.yaml'}"]


def small(scale: int = 1) -> dict:
    """Return KITTI's rig with few pixels, `scale` times 160 x 48, and few beams."""
    rig = yaml.safe_load((TOP / "conf" / "rig" / "kitti.yaml").read_text())
    model = rig["cameras"]["image_2"]["model"]
    model |= {"width": 160 * scale, "height": 48 * scale}
    focal, across, down = 90.0 * scale, 80.0 * scale, 24.0 * scale
    model["matrix"] = [[focal, 0.0, across], [0.0, focal, down], [0.0, 0.0, 1.0]]
    rig["lidars"]["velodyne"]["model"] = {"lidar": "vlp16"}
    for projection in rig["calibration"]["projections"].values():
        projection[0], projection[2], projection[5], projection[6] = focal, across, focal, down
    return rig


def begin(out: Path, words: list[str]) -> subprocess.Popen:
    """Start the job in a group of processes of its own."""
    own = out.parent / "tmp"
    own.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "synthgen", *JOB, *words, f"out={out}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "TMPDIR": str(own)},
    )  # fmt: skip


def kill(job: subprocess.Popen, whom: str, draw: random.Random) -> list[psutil.Process]:
    """Send SIGKILL to `whom` of the job and return its workers, dead or living."""
    children = psutil.Process(job.pid).children(recursive=True)
    workers = [one for one in children if "spawn_main" in " ".join(_line(one))]
    if whom == "worker" and workers:
        draw.choice(workers).kill()
    elif whom == "parent":
        job.kill()
    else:
        os.killpg(job.pid, signal.SIGKILL)
    return workers


def _line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def sealed(out: Path) -> dict[str, tuple[int, int]]:
    """Return what tells one making of each sealed shard from another, by name."""
    found = out.glob("shards/[0-9]*/manifest.json")
    return {p.parent.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in found}


def hashes(out: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of the shards and of the merged data set."""
    paths = [p for name in ("shards", "dataset") for p in (out / name).rglob("*") if p.is_file()]
    return {str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def orphans(out: Path) -> list[str]:
    """Return what belongs to nothing: in the folder, among the shards, in the temporary folder."""
    names = [p.name for p in out.iterdir() if p.name not in KNOWN]
    names += [p.name for p in (out / "shards").iterdir() if not p.name.isdigit()]
    names += [f"making/{p.name}" for p in (out / "making").iterdir()]
    names += [f"failed/{p.name}" for p in (out / "failed").glob("*")]
    return names + [p.name for p in (out.parent / "tmp").glob("synthgen-*")]


def disturb(out: Path, words: list[str], draw: random.Random, longest: float) -> Counter[str]:
    """Begin the job, kill it after a while, and return what there was to count."""
    whom, wait, before = draw.choice(WHOM), draw.uniform(0, longest), sealed(out)
    job = begin(out, words)
    try:
        said = job.communicate(timeout=wait)[1]
        return Counter(ended=1, spoken=len(said.splitlines()))
    except subprocess.TimeoutExpired:
        workers = kill(job, whom, draw)
    said = job.communicate()[1]  # returns when the last process that could speak is gone
    alive = psutil.wait_procs(workers, timeout=5)[1]
    told = [s for s in said.splitlines() if not s.startswith(("shard ", "1 shards failed"))]
    print(f"  {whom} after {wait:.1f} s: {len(sealed(out))} shards are there", *told, flush=True)
    after = sealed(out)
    again = sum(after.get(name) != one for name, one in before.items())
    return Counter({f"killed {whom}": 1, "lived on": len(alive), "spoken": len(told),
                    "made twice": again})  # fmt: skip


def finish(out: Path, words: list[str], quiet: dict[str, str]) -> Counter[str]:
    """Let the job come to its end and return how it differs from the quiet one."""
    before = sealed(out)
    job = begin(out, words)
    said, found = job.communicate()[1], hashes(out)
    if job.returncode:
        print(said)
    again = sum(sealed(out).get(name) != one for name, one in before.items())
    other = sum(found.get(name) != quiet.get(name) for name in found.keys() | quiet.keys())
    left = orphans(out)
    print(f"  finished: {len(found)} files, {other} differ, orphans {left}", flush=True)
    return Counter({"finished": 1, "other bytes": other, "orphans": len(left), "made twice": again,
                    "exit codes": job.returncode != 0})  # fmt: skip


def main() -> int:
    """Do all rounds and print the counts; return 1 when something is wrong."""
    told = {"ROUNDS": "100", "SEED": "0", "N": "8", "LONGEST": "", "OUT": ""}
    told |= dict(word.split("=", 1) for word in sys.argv[1:] if word.split("=")[0] in told)
    draw, counts = random.Random(int(told["SEED"])), Counter[str]()
    home = Path(told["OUT"] or tempfile.mkdtemp(prefix="chaos-"))
    home.mkdir(exist_ok=True)
    words = [*cheap(home), f"n={told['N']}"]
    start = time.monotonic()
    if begin(home / "quiet", words).wait():
        sys.exit("the quiet run failed")
    quiet, out = hashes(home / "quiet"), home / "out"
    seconds = time.monotonic() - start
    longest = float(told["LONGEST"] or 0.8 * seconds)
    print(f"quiet run: {len(quiet)} files of {len(sealed(home / 'quiet'))} shards, {seconds:.0f} s")
    for _ in range(int(told["ROUNDS"])):
        out.mkdir(exist_ok=True)
        counts += disturb(out, words, draw, longest)
        if len(sealed(out)) == len(sealed(home / "quiet")):
            counts += finish(out, words, quiet)
            shutil.rmtree(out)
    out.mkdir(exist_ok=True)
    counts += finish(out, words, quiet)
    wrong = ("other bytes", "orphans", "made twice", "lived on", "spoken", "exit codes")
    for name in sorted({*counts, *wrong}):
        print(f"{name:16} {counts[name]:6}")
    shutil.rmtree(home)
    return int(any(counts[name] for name in wrong))


if __name__ == "__main__":
    sys.exit(main())
