"""The way in, before any model is there."""


def test_nobody_is_answered_without_a_signature(hosting):
    assert hosting.predict(b'{"rows": [{"a": 1}]}', signed=False)[0] == 403


def test_while_no_model_is_deployed_the_answer_says_so(hosting):
    assert hosting.predict(b'{"rows": [{"a": 1}]}') == (
        503,
        {"error": "no model is deployed; try again later"},
    )


def test_what_has_not_the_shape_of_a_request_is_refused(hosting):
    assert hosting.predict(b'{"rows": []}')[0] == 400
