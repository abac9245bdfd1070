"""Pricing a run by what was counted in it."""

import pytest

from costs.bill import together
from costs.service_chain import per_documents
from demos.service_chain.results import amounts_of


def costs(amounts):
    return [line for line in together(map(per_documents, amounts)) if line.high]


def test_a_document_is_priced_by_what_it_used(chain):
    heard, read = (amounts_of(d) for d in chain.documents[:2])
    assert (heard.audio_seconds.low, heard.audio_seconds.high) == (8.5, 15)
    assert read.audio_seconds.high == 0
    assert read.transitions.low == chain.documents[1].run.transitions


def test_a_run_costs_what_its_documents_cost_together(chain):
    amounts = [amounts_of(d) for d in chain.documents]
    together, one = costs(amounts), costs(amounts[:1])
    alone = {cost.item: cost.low for cost in one}
    translated = next(cost for cost in together if cost.item == "Translate")
    assert translated.low == pytest.approx(4 * alone["Translate"])
    assert all(0 <= cost.low <= cost.high for cost in together)


def test_what_nobody_used_is_not_on_the_bill(chain):
    assert "Polly" not in {cost.item for cost in costs([amounts_of(d) for d in chain.documents])}
