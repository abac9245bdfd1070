"""Values that depend on the Region, chosen when a stack is deployed: one template fits all."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from aws_cdk import Aws, CfnCondition, Fn, Token
from constructs import Construct

from stacks.settings.shared import DEFAULT_REGION

Value = TypeVar("Value")
MOST_CONDITIONS = 10  # what Fn::Or takes


class ByRegion(Construct, Generic[Value]):
    """The value of the Region that a stack turns out to be deployed in, else the default one.

    It is chosen by conditions. A mapping would keep a stack out of every Region that it does not
    name: a default of ``Fn::FindInMap`` takes a transform.
    """

    def __init__(self, scope: Construct, construct_id: str, *, values: Mapping[str, Value]) -> None:
        super().__init__(scope, construct_id)
        self._default = values[DEFAULT_REGION]
        regions: dict[Value, list[str]] = {}
        for region, value in values.items():
            if value != self._default:
                regions.setdefault(value, []).append(region)
        self._cases = [(self._condition(names), value) for value, names in regions.items()]

    def number(self, of: Callable[[Value], int]) -> int:
        """Return a number that a function finds in the value, for a property that takes one."""
        return int(Token.as_number(self._choice(of)))

    def text(self, of: Callable[[Value], object]) -> str:
        """Return what a function finds in the value, as text."""
        return Token.as_string(self._choice(lambda value: str(of(value))))

    def _condition(self, regions: list[str]) -> CfnCondition:
        here = [Fn.condition_equals(Aws.REGION, region) for region in regions]
        while here[1:]:
            groups = [here[n : n + MOST_CONDITIONS] for n in range(0, len(here), MOST_CONDITIONS)]
            here = [Fn.condition_or(*group) if group[1:] else group[0] for group in groups]
        return CfnCondition(self, regions[0], expression=here[0])

    def _choice(self, of: Callable[[Value], Any]) -> Any:
        choice = of(self._default)
        for condition, value in self._cases:
            choice = Fn.condition_if(condition.logical_id, of(value), choice)
        return choice
