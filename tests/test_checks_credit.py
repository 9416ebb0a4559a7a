"""One slip costs the points of the property that it breaks, and no others."""

import importlib
import re

import pytest

from tests.validity.judge import HERE, graded_cells, names_of

# Wrong samples, and all the properties that they fail.
SLIPS = {
    "ar_tar/ar_alpha_inside": "ar_strength",
    "ar_tar/ar_made_to_need_gradient": "untouched",
    "ar_tar/ar_mean_over_last_axis": "ar_form ar_mean ar_gradient",
    "ar_tar/ar_squeezes_batch_in_place": "untouched",
    "ar_tar/ar_without_alpha": "ar_strength",
    "ar_tar/tar_batch_axis": "tar_axis tar_mean tar_value",
    "ar_tar/tar_needs_three_steps": "tar_value",
    "awd_language_model/no_reset": "reset",
    "awd_language_model/reset_h_only": "reset",
    "awd_language_model/reset_does_nothing": "reset",
    "awd_language_model/reset_for_one_row": "reset",
    "awd_language_model/logits_and_raw": "outputs tied dropout",
    "awd_language_model/reset_switches_to_training": "reset",
    "awd_language_model/state_on_the_class": "two_models",
    "awd_language_model/state_made_by_reset_only": "reset",
    "awd_language_model/words_shifted_in_place": "causal",
    "awd_language_model/logits_in_one_buffer": "causal",
    "awd_language_model/state_averaged_for_many_rows": "chunks",
    "awd_language_model/state_returned_too": "outputs",
    "awd_language_model/flat_logits": "outputs",
    "awd_language_model/order_of_outputs": "outputs",
    "awd_language_model/single_steps_squeezed": "outputs",
    "awd_language_model/numpy_draws_the_mask": "dropout",
    "awd_language_model/noise_on_raw_in_training": "clean_raw",
    "awd_language_model/dropout_between_layers": "clean_raw",
    "data_batches/axis_in_front": "batch_shapes",
    "data_batches/first_hundred_lines": "words",
    "data_batches/first_few_thousand_ids": "nothing_wasted",
    "data_batches/flat_batches": "batch_shapes",
    "data_batches/ids_are_a_list": "id_types",
    "data_batches/ids_are_floats": "id_types",
    "data_batches/ids_counted_backwards": "words",
    "data_batches/ids_have_two_axes": "id_types",
    "data_batches/no_separator": "separator",
    "data_batches/one_target_per_row": "batch_shapes next_word",
    "data_batches/returns_the_dictionary_too": "id_types",
    "data_batches/rows_in_lists": "batch_shapes",
    "data_batches/stub_below_the_loop": "batch_shapes own_values",
    "data_batches/swapped_results": "id_types",
    "data_batches/targets_in_a_tuple": "batch_shapes",
    "dropout/in_place": "input_untouched",
    "dropout/p_always_half": "rate survivors",
    "dropout/p_is_keep": "rate survivors",
    "dropout/p_on_the_class": "rate",
    "dropout/keeps_with_p_but_scales_right": "rate",
    "dropout/mask_cached": "fresh_mask seeded",
    "dropout/mask_per_row": "independence any_shape",
    "dropout/precedence": "rate survivors gradient any_shape",
    "dropout/rejects_zero": "bad_p",
    "dropout/scaled_by_the_root": "survivors",
    "lstm_cell/outputs_c": "interface",
    "lstm_cell/returns_c_before_h": "interface",
    "lstm_cell/state_stacked": "interface",
    "lstm_cell/state_before_input": "interface refactored_interface",
    "lstm_cell/three_arguments": "interface refactored_interface",
    "lstm_cell/output_through_a_layer": "interface parameters",
    "lstm_cell/dropout_inside": "every_call pure",
    "lstm_cell/no_output_gate": "all_learn four_gates output",
    "lstm_cell/state_with_an_axis_of_layers": "interface",
    "lstm_cell/first_call_starts_the_memory": "pure",
    "lstm_cell/memory_scaled_in_place": "pure",
    "lstm_cell/large_weights_clamped": "every_call",
    "lstm_cell/refactored_memory_clamped": "refactored_step",
    "lstm_cell/refactored_gates_multiplied": "refactored_step two_products",
    "sequence_loss/ignores_last_word": "value",
    "sequence_loss/log_base_two": "uniform",
    "sequence_loss/one_hot_in_float32": "form untouched gradient",
    "sequence_loss/never_reads_the_targets": "pairing average value equal_sizes layout gradient "
    "extreme",
    "sequence_loss/no_reduction": "form average value gradient",
    "sequence_loss/softmax_first": "pairing value extreme",
    "sequence_loss/sum": "uniform average",
    "sequence_loss/targets_squeezed_in_place": "untouched",
    "sequence_loss/tries_and_falls_back": "equal_sizes",
    "sequence_loss/view": "layout",
    "stacked_rnn/h0_required": "shapes",
    "stacked_rnn/h_n_is_a_list": "shapes",
    "stacked_rnn/swapped_results": "shapes",
    "stacked_rnn/dropout_from_three_layers": "pure",
    "stacked_rnn/random_start": "every_call pure states_from_zero",
    "stacked_rnn/relu": "biases every_call states_from_h0 states_from_zero",
    "stacked_rnn/plain_list": "all_learn biases counts every_call states_from_h0 states_from_zero",
    "stacked_rnn/recurrent_layers_frozen": "all_learn",
    "stacked_rnn/biases_shared": "counts",
    "stacked_rnn/first_call_starts_from_ones": "chunks pure states_from_h0 states_from_zero",
    "stacked_rnn/h0_scaled_in_place": "states_from_h0",
    "stacked_rnn/large_rows_of_weights_cut": "every_call",
    "stateful_rnn/returns_state_too": "shapes",
    "stateful_rnn/flattened_rows": "shapes",
    "stateful_rnn/dropout": "pure",
    "stateful_rnn/noise_beside_a_table": "pure reads_words one_step remembers chunks nonlinearity "
    "bptt_inside_a_call",
    "stateful_rnn/state_on_the_class": "two_models",
    "stateful_rnn/state_made_by_reset_only": "reset_restores",
    "stateful_rnn/reset_deletes": "reset_restores",
    "stateful_rnn/reset_for_one_row": "reset_restores all_learn",
    "stateful_rnn/logits_in_one_buffer": "pure",
    "stateful_rnn/same_tensor_from_memory": "remembers",
    "stateful_rnn/single_unit_squeezed": "shapes",
    "stateful_rnn/zeros_for_64_rows": "shapes",
    "two_word_model/adds_outside_the_layer": "passes recurrence",
    "two_word_model/arguments_swapped": "shapes",
    "two_word_model/backward_reads_the_class": "pure",
    "two_word_model/big_batches_in_detached_parts": "all_learn",
    "two_word_model/flattened_logits": "shapes",
    "two_word_model/layers_kept_by_size": "pure",
    "two_word_model/logits_kept_until_training": "pure",
    "two_word_model/one_step_too_many": "passes recurrence",
    "two_word_model/returns_state_too": "shapes",
    "two_word_model/softmax_in_evaluation_with_grad": "pure",
    "two_word_model/transposed_logits": "shapes",
}


@pytest.mark.parametrize("slip", SLIPS)
def test_only_these_properties_fail(slip):
    assignment, name = slip.split("/")
    suite = importlib.import_module(f"lmlib.checks.{assignment}").check
    names = names_of(HERE / assignment / "wrong" / f"{name}.py", suite)
    for source, _ in graded_cells(assignment):
        id, subjects = re.fullmatch(r"check\.(\w+)\((.*)\)\s*", source).groups()
        for seed in range(3):
            outcome = suite.run(
                id, *(names[subject] for subject in subjects.split(", ")), seed=seed
            )
            assert (outcome.symptom is not None) == (id in SLIPS[slip].split()), outcome


@pytest.mark.parametrize("name", ["softmax", "relu_on_output"])
def test_an_output_layer_that_is_bent_is_not_taken_for_an_embedding(name):
    suite = importlib.import_module("lmlib.checks.two_word_model").check
    model = names_of(HERE / "two_word_model" / "wrong" / f"{name}.py", suite)["TwoWordModel"]
    outcomes = [suite.run("two_words", model, seed=seed) for seed in range(12)]
    assert not [outcome for outcome in outcomes if outcome.symptom]
