"""The floor: the handlers, and the model alone, called in a process of their own."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import xgboost

from benchmarks.data_lake.engines.consumed import peak_mib
from benchmarks.model_hosting.servers import model
from model_training.inference import input_fn, model_fn, output_fn, predict_fn
from model_training.media_types import JSON

WARM = 200


def main(folder: Path, what: str, seconds: float) -> None:
    """Call one again and again for so long, and print what it took."""
    (row,) = model.rows(1)
    call = {"handlers": _handlers, "model": _model}[what](folder, row)
    for _ in range(WARM):
        call()
    latencies: list[float] = []
    used, end = time.process_time(), time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        call()
        latencies.append(time.perf_counter() - begun)
    cpu = time.process_time() - used
    print(json.dumps({"latencies": latencies, "cpu": cpu, "mib": peak_mib()}))


def _handlers(folder: Path, row: list[float]) -> Callable[[], Any]:
    served, body = model_fn(str(folder)), model.by_name(row)
    return lambda: output_fn(predict_fn(input_fn(body, JSON), served), JSON)


def _model(folder: Path, row: list[float]) -> Callable[[], Any]:
    booster = xgboost.Booster(model_file=str(folder / "model.json"))
    booster.set_param({"nthread": 1})
    floats = np.array([row], np.float32)
    return lambda: booster.inplace_predict(floats, missing=np.nan, validate_features=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
