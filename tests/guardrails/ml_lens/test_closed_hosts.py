"""HST1."""

import pytest

from guardrails.ml_lens.closed_hosts import RULE
from guardrails.ml_lens.examples import one


@pytest.mark.parametrize("options", [None, {}, {"HttpTokens": "optional"}])
def test_a_host_with_the_old_metadata_service_is_found(found_in, options):
    more = {} if options is None else {"MetadataOptions": options}
    assert len(found_in(RULE, one("AWS::EC2::Instance", **more))) == 1


def test_a_key_for_a_shell_is_found(found_in):
    host = one("AWS::EC2::Instance", MetadataOptions={"HttpTokens": "required"}, KeyName="team")
    [finding] = found_in(RULE, host)
    assert finding.location == "Properties.KeyName"
