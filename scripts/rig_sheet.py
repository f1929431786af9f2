"""What all cameras of a rig see at one frame of a finished data set, left to right, as one picture.

    python scripts/rig_sheet.py out/clear_day sheet.jpg [frame] [height]

Cameras are ordered by where they look; the middle of the row is straight ahead.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq


def azimuth(camera: dict) -> float:
    """Return where a camera looks [rad], left of straight ahead of the car."""
    ego, pose = (
        np.array(camera[f"world_from_{name}"]).reshape(4, 4)[:3, :3] for name in ("ego", "camera")
    )
    ahead = ego.T @ pose[:, 2]
    return float(np.arctan2(ahead[1], ahead[0]))


def sheet(data: Path, frame: int, height: int) -> np.ndarray:
    """Return the images of all cameras at `frame`, each `height` px high, side by side."""
    for shard in sorted(data.glob("shards/*/frames.parquet")):
        for row in pq.read_table(shard).to_pylist():
            if row["frame"] == frame:
                cameras = sorted(row["cameras"], key=azimuth, reverse=True)
                images = [cv2.imread(str(shard.parent / one["file"])) for one in cameras]
                return np.hstack([_scaled(image, height) for image in images])
    raise SystemExit(f"{data}: no frame {frame}")


def _scaled(image: np.ndarray, height: int) -> np.ndarray:
    width = round(image.shape[1] * height / image.shape[0])
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


if __name__ == "__main__":
    frame, height = (int(text) for text in [*sys.argv[3:], *("0", "360")[len(sys.argv) - 3 :]])
    cv2.imwrite(sys.argv[2], sheet(Path(sys.argv[1]), frame, height))
