"""One way to find birds in a folder's frames, in a process of its own: WAY FOLDER MODEL."""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

WARM = 10  # frames before anything is counted
REDUCE = 2
SIDE, SPECIES, WIDTH = 128, 6, 16
Way = Callable[[bytes], float]  # takes a frame's file, gives the CPU seconds of inference alone


def bare(model: Path) -> Way:
    """Do what somebody writes in ten lines: decode, resize, run; nothing is looked at."""
    import cv2
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def look(encoded: bytes) -> float:
        batch = _batch(cv2, np, encoded)
        begun = time.process_time()
        session.run(None, {"pictures": batch})
        return time.process_time() - begun

    return look


def eager(_: Path) -> Way:
    """Do the same by PyTorch; which weights it has makes no difference to time."""
    import cv2
    import numpy as np
    import torch

    from edge_inference.network import Network

    torch.set_num_threads(1)
    network = Network(SPECIES, WIDTH).eval()

    def look(encoded: bytes) -> float:
        batch = torch.from_numpy(_batch(cv2, np, encoded))
        begun = time.process_time()
        with torch.inference_mode():
            network(batch)
        return time.process_time() - begun

    return look


def device(model: Path) -> Way:
    """Do it by the component's own code, from the file to the tracker, its motion gate open."""
    from edge_inference.configuration import configuration
    from edge_inference.detector import Detector
    from edge_inference.frame_sources import REDUCED, Frame, decoded
    from edge_inference.health import Health
    from edge_inference.model_file import described
    from edge_inference.read_moment import moment
    from edge_inference.start_session import start_session
    from edge_inference.watcher import Watcher

    recipe = json.loads((Path(model).parents[1] / "edge_inference/recipe.json").read_text())
    found = recipe["ComponentConfiguration"]["DefaultConfiguration"]
    settings = configuration({**found, "motion": {"least_share": 0}})
    told = described((model.parent / "model.json").read_bytes())
    session = start_session(told, model.read_bytes(), 1)
    took = [0.0]

    def timed(batch: Any) -> Any:
        begun = time.process_time()
        output = session(batch)
        took[0] = time.process_time() - begun
        return output

    watcher = Watcher(settings, Detector(told, timed, least=0.25), "feeder-1", Health())

    def look(encoded: bytes) -> float:
        pixels = decoded(encoded, REDUCED[REDUCE])
        if pixels is None:
            raise ValueError("no picture")
        watcher.look(Frame(pixels, "x", encoded), moment())
        return took[0]

    return look


def _batch(cv2: Any, np: Any, encoded: bytes) -> Any:
    """Decode and resize, with the flags of the component."""
    pixels = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_REDUCED_COLOR_2)
    height, width = pixels.shape[:2]
    scale = SIDE / max(height, width)
    size = (round(width * scale), round(height * scale))
    square = np.full((SIDE, SIDE, 3), 114, np.uint8)
    top, left = (SIDE - size[1]) // 2, (SIDE - size[0]) // 2
    inner = cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)
    square[top : top + size[1], left : left + size[0]] = inner
    return np.ascontiguousarray(square.transpose(2, 0, 1)[None], np.float32)


WAYS = {"device": device, "bare": bare, "eager": eager}


def main(name: str, folder: Path, model: Path) -> dict[str, Any]:
    """Look at every frame, and tell milliseconds of CPU, MiB, and seconds to the first frame."""
    begun = time.process_time()
    look = WAYS[name](model)
    files = [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
    look(files[0])
    started = time.process_time() - begun
    for encoded in files[:WARM]:
        look(encoded)
    whole, alone = [], []
    for encoded in files:
        before = time.process_time()
        alone.append(look(encoded) * 1000)
        whole.append((time.process_time() - before) * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"whole": whole, "alone": alone, "mib": peak, "started": started}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
