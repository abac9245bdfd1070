"""A network's numbers as whole ones of eight bits, by what real pictures make of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static


class _Pictures(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types
    """Hands pictures out one by one, as calibration wants them."""

    def __init__(self, name: str, pictures: NDArray[np.uint8]) -> None:
        self._left: Iterator[dict[str, Any]] = (
            {name: np.ascontiguousarray(one.transpose(2, 0, 1)[None], np.float32)}
            for one in pictures
        )

    def get_next(self) -> dict[str, Any] | None:
        return next(self._left, None)


def quantize(source: Path, target: Path, name: str, pictures: NDArray[np.uint8]) -> None:
    """Write ``source`` with eight-bit weights and activations, calibrated on ``pictures``.

    Each channel has its own scale: those of a depthwise layer differ widely. The head's last steps
    stay as they are, as their numbers are probabilities.
    """
    quantize_static(
        str(source),
        str(target),
        _Pictures(name, pictures),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["Conv"],
        extra_options={"ActivationSymmetric": False, "WeightSymmetric": True},
    )
