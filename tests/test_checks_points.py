"""A slip costs the property that judges it, and little else."""

import pytest

from tests.validity.judge import points_lost

AT_MOST = {
    "awd_language_model": {
        "no_reset": 1,
        "reset_h_only": 1,
        "reset_does_nothing": 1,
        "reset_switches_to_training": 1,
        "state_on_the_class": 1,
        "flat_logits": 1,
        "order_of_outputs": 1,
        "single_steps_squeezed": 1,
        "numpy_draws_the_mask": 2,
        "noise_on_raw_in_training": 3,
    },
    "lstm_cell": {
        "outputs_c": 1,
        "returns_c_before_h": 1,
        "state_stacked": 1,
        "output_through_a_layer": 2,
        "dropout_inside": 3,
        "no_output_gate": 3,
    },
    "stacked_rnn": {
        "h0_required": 1,
        "h_n_is_a_list": 1,
        "swapped_results": 1,
        "random_start": 6,
        "relu": 7,
        "plain_list": 8,
        "recurrent_layers_frozen": 1,
    },
    "stateful_rnn": {
        "returns_state_too": 1,
        "flattened_rows": 1,
        "dropout": 1,
        "state_on_the_class": 1,
    },
}


@pytest.mark.parametrize(
    ("assignment", "slip", "points"),
    [(name, slip, points) for name, slips in AT_MOST.items() for slip, points in slips.items()],
)
def test_a_slip_costs_little(assignment: str, slip: str, points: int) -> None:
    assert 0 < points_lost(assignment, slip) <= points
