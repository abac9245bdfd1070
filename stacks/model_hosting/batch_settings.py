"""The settings of batches: what a transform job is, and which of it goes together."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from stacks.settings.fields import Days, Section

JSON_LINES, CSV = "application/jsonlines", "text/csv"
ANSWER = "SageMakerOutput"
MOST_TOGETHER_MIB = 100  # of payloads at once, by the API's page on CreateTransformJob
# One step of JSONPath each, so that a record can be held to it before a job fails by it.
_OF_OBJECTS = re.compile(r"\$|\$\.[A-Za-z_]\w*|\$\[('[^',\]]+',)*'[^',\]]+'\]")
_OF_ROWS = re.compile(r"\$|\$\[(\d+,)*\d+\]|\$\[\d*:\d*\]")
# Every row of answers ends with its prediction and the reason why there is none.
_ROW_ANSWERS = re.compile(r"\$|\$\[(\d+,)*-2,-1\]|\$\[-2:\]")


class BatchSettings(Section):
    """What a batch is read as, transformed on, and by when."""

    batch_content_type: Literal["application/jsonlines", "text/csv"]
    batch_strategy: Literal["MultiRecord", "SingleRecord"]
    batch_input_filter: str
    batch_join: Literal["Input", "None"]
    batch_output_filter: str
    batch_instance_type: Annotated[str, StringConstraints(pattern=r"^ml\.[a-z0-9]+\.[a-z0-9]+$")]
    batch_instances: Annotated[int, Field(ge=1, le=100)]
    # The handlers take six at most: jobs/model_training/request_rows.py.
    batch_payload_mib: Annotated[int, Field(ge=1, le=6)]
    batch_at_once: Annotated[int, Field(ge=1, le=100)]
    batch_files_at_once: Annotated[int, Field(ge=1, le=40)]
    batch_minutes: Annotated[int, Field(ge=10, le=7200)]
    batch_prefix: Annotated[str, StringConstraints(pattern=r"^incoming/[\w!.*'()/-]{0,200}$")]
    batch_schedule: Annotated[str, StringConstraints(pattern=r"^((rate|cron)\([^()]+\))?$")]
    batch_rejected_percent: Annotated[float, Field(ge=0, le=100)]
    batch_days: Days

    @model_validator(mode="after")
    def _batch_fits_together(self) -> Self:
        together = self.batch_payload_mib * self.batch_at_once
        if together > MOST_TOGETHER_MIB:
            raise ValueError(
                f"batch_payload_mib times batch_at_once of at most {MOST_TOGETHER_MIB}: it is "
                f"{together}"
            )
        if self.batch_content_type == CSV:
            self._require_row_filters()
        else:
            self._require_object_filters()
        return self

    def _require_object_filters(self) -> None:
        for filter_ in (self.batch_input_filter, self.batch_output_filter):
            if not _OF_OBJECTS.fullmatch(filter_):
                raise ValueError(
                    f"a filter of {JSON_LINES} such as $, $.features or $['id','features'], not "
                    f"{filter_!r}"
                )
        kept = self.batch_output_filter
        if self.batch_join == "None" and kept != "$":
            raise ValueError(
                f"batch_output_filter $ where batch_join is None, not {kept!r}: an answer is a "
                "prediction or an error, and both are needed"
            )
        if kept != "$" and f"'{ANSWER}'" not in kept and kept != f"$.{ANSWER}":
            raise ValueError(
                f"batch_output_filter that keeps {ANSWER}, not {kept!r}: it tells which records "
                "were refused"
            )

    def _require_row_filters(self) -> None:
        if not _OF_ROWS.fullmatch(self.batch_input_filter):
            raise ValueError(
                f"batch_input_filter of {CSV} such as $, $[1:] or $[0,2], not "
                f"{self.batch_input_filter!r}"
            )
        if not _ROW_ANSWERS.fullmatch(self.batch_output_filter):
            raise ValueError(
                f"batch_output_filter of {CSV} that is $, $[-2:] or ends with -2,-1 such as "
                f"$[0,-2,-1], not {self.batch_output_filter!r}: the last two cells tell the "
                "prediction and why there is none"
            )
