"""The settings of the watch on drift, a part of model hosting's section."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from stacks.settings.fields import Section

Share = Annotated[float, Field(gt=0, lt=1)]


class DriftSettings(Section):
    """How often requests are compared with what was learnt, and what has to differ how much.

    Windows of so many hours fill a day, so that they never overlap and leave nothing out.
    """

    drift_hours: Literal[0, 1, 2, 3, 4, 6, 8, 12, 24]
    drift_instance: Annotated[str, StringConstraints(pattern=r"^ml\.[a-z0-9]+\.[a-z0-9]+$")]
    drift_image_tag: Annotated[str, StringConstraints(pattern=r"^[\w][\w.-]{0,127}$")]
    drift_error_rate: Share
    drift_least_distance: Share
    drift_least_stability: Share
    truth_hours: Annotated[int, Field(ge=1, le=720)]

    @property
    def drift_schedule(self) -> str:
        """When a window is looked at: twenty minutes after its end, as captures come late."""
        hours = {1: "*", 24: "0"}.get(self.drift_hours, f"0/{self.drift_hours}")
        return f"cron(20 {hours} * * ? *)"
