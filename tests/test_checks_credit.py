"""One slip costs the points of the property that it breaks, and no others."""

import importlib
import re

import pytest

from tests.validity.judge import HERE, _names_of, graded_cells

# Wrong samples, and all the properties that they fail.
SLIPS = {
    "ar_tar/ar_alpha_inside": "ar_strength",
    "ar_tar/ar_mean_over_last_axis": "ar_form ar_mean ar_gradient",
    "ar_tar/ar_squeezes_batch_in_place": "untouched",
    "ar_tar/ar_without_alpha": "ar_strength",
    "ar_tar/tar_batch_axis": "tar_axis tar_mean tar_value",
    "ar_tar/tar_needs_three_steps": "tar_value",
    "data_batches/ids_are_a_list": "id_types",
    "data_batches/ids_are_floats": "id_types",
    "data_batches/ids_have_two_axes": "id_types",
    "data_batches/no_separator": "separator",
    "data_batches/one_target_per_row": "batch_shapes next_word",
    "data_batches/swapped_results": "id_types",
    "dropout/in_place": "input_untouched",
    "dropout/p_always_half": "rate survivors",
    "dropout/p_is_keep": "rate survivors",
    "dropout/p_on_the_class": "rate",
    "dropout/mask_cached": "fresh_mask seeded",
    "dropout/mask_per_row": "independence any_shape",
    "dropout/rejects_zero": "bad_p",
    "sequence_loss/ignores_last_word": "value",
    "sequence_loss/log_base_two": "uniform",
    "sequence_loss/no_reduction": "form average value gradient",
    "sequence_loss/softmax_first": "pairing value extreme",
    "sequence_loss/sum": "uniform average",
    "sequence_loss/targets_squeezed_in_place": "untouched",
    "sequence_loss/tries_and_falls_back": "equal_sizes",
    "sequence_loss/view": "layout",
    "two_word_model/adds_outside_the_layer": "passes recurrence",
    "two_word_model/layers_kept_by_size": "pure",
    "two_word_model/one_step_too_many": "passes recurrence",
    "two_word_model/returns_state_too": "shapes",
}


@pytest.mark.parametrize("slip", SLIPS)
def test_only_these_properties_fail(slip):
    assignment, name = slip.split("/")
    suite = importlib.import_module(f"lmlib.checks.{assignment}").check
    names = _names_of(HERE / assignment / "wrong" / f"{name}.py", suite)
    for _, source, _ in graded_cells(assignment):
        id, subjects = re.fullmatch(r"check\.(\w+)\((.*)\)\s*", source).groups()
        for seed in range(3):
            outcome = suite.run(
                id, *(names[subject] for subject in subjects.split(", ")), seed=seed
            )
            assert (outcome.symptom is not None) == (id in SLIPS[slip].split()), outcome
