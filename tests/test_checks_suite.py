"""The framework of the self-checks: verdicts, messages, hints, and what it shields against."""

import cProfile
import random
import sys
import warnings

import pytest
import torch
from torch import nn

from lmlib.checks import Case, NotWritten, Suite, Symptom, expect, expect_tensor
from lmlib.checks.remote import calls_of


@pytest.fixture
def check():
    suite = Suite("toy", "double", "negate")

    @suite.property("doubles any number")
    def doubles(double, case):
        n = case.integers(1, 100, 1).item()
        expect(double(n) == 2 * n, "not-doubled", f"double({n}) is {double(n)}")

    @suite.property("negates zero")
    def negates(negate, case):
        expect(negate(0) == 0, "not-negated", "negate(0) is not 0")

    return suite


def test_a_right_function_passes_everything(check):
    report = check(lambda n: n + n, lambda n: -n)
    assert report.passed
    assert "2 of 2 properties hold" in repr(report)


def test_only_properties_of_the_given_subjects_run(check):
    assert [outcome.id for outcome in check(lambda n: 2 * n).outcomes] == ["doubles"]


def test_a_symptom_is_an_assertion_with_message_and_id(check):
    with pytest.raises(AssertionError, match=r"^double\(\d+\) is 3  \[toy\.not-doubled\]$"):
        check.doubles(lambda n: 3)


def test_the_line_that_passes_says_so(check, capsys):
    check.doubles(lambda n: 2 * n)
    assert capsys.readouterr().out == "passed: doubles any number\n"


def test_notebooks_show_the_symptom_without_a_traceback(check):
    with pytest.raises(Symptom) as caught:
        check.doubles(lambda n: 3)
    assert caught.value._render_traceback_() == [f"AssertionError: {caught.value}"]


def test_a_long_symptom_is_shown_in_lines_that_break_between_words():
    symptom = Symptom("toy.long", "a word after another " * 20)
    lines = symptom._render_traceback_()[0].splitlines()
    assert max(map(len, lines)) <= 80
    assert " ".join(lines).split() == f"AssertionError: {symptom}".split()


def test_unwritten_code_is_told_from_wrong_code(check):
    def stub(n):
        raise NotImplementedError()

    def torch_refuses(n):
        raise NotImplementedError("'bernoulli' not implemented for 'Long'")

    assert check(stub).outcomes[0].status == "not written yet"
    assert check(stub).outcomes[0].message.startswith("not written yet: stub()")
    assert check(NotWritten("the cell failed")).outcomes[0].message.startswith("the cell failed")
    assert check(torch_refuses).outcomes[0].symptom.id == "toy.raises"


@pytest.mark.parametrize(
    "error", [ValueError("no\n such   thing"), SystemExit(1), RecursionError()]
)
def test_an_exception_becomes_one_line_with_the_students_own_line(check, error):
    def broken(n):
        raise error

    message = check(broken).outcomes[0].message
    assert message.startswith(f"it raised {type(error).__name__}")
    assert "of your code: raise error)" in message
    assert "\n" not in message


def test_an_interrupt_is_not_swallowed(check):
    def endless(n):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(endless)


def test_noise_costs_nothing_and_nothing_leaks_out(check, capsys):
    def noisy(n):
        print("hello")
        warnings.warn("careful", stacklevel=1)
        torch.manual_seed(0)
        torch.set_default_dtype(torch.float64)
        return 2 * n

    state, threads = torch.get_rng_state(), torch.get_num_threads()
    with torch.no_grad():
        assert check(noisy).passed
        assert not torch.is_grad_enabled()
    assert capsys.readouterr() == ("", "")
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_default_dtype() == torch.float32
    assert torch.get_num_threads() == threads


def test_grading_draws_new_numbers_and_the_notebook_does_not(check):
    seen = []

    def spy(n):
        seen.append(n)
        return 2 * n

    for _ in range(20):
        check.doubles(spy)
    assert len(set(seen)) == 1
    seen.clear()
    for _ in range(20):
        check.grade.doubles(spy)
    assert len(set(seen)) > 5
    seen.clear()
    check.grade.seed = 3
    check.grade.doubles(spy)
    check.grade.doubles(spy)
    assert len(set(seen)) == 1


def test_knowing_the_public_numbers_does_not_help(check):
    answers = {}
    check.doubles(lambda n: answers.setdefault(n, 2 * n))
    check.doubles(answers.get)
    symptoms = [check.run("doubles", answers.get, seed=seed).symptom for seed in range(50)]
    assert symptoms.count(None) < 10


def test_unknown_property(check):
    with pytest.raises(AttributeError, match="no property 'triples' in toy; there are: doubles"):
        check.triples(lambda n: 3 * n)
    with pytest.raises(AttributeError, match="there are: doubles, negates"):
        check.grade.triples(lambda n: 3 * n)


@pytest.mark.parametrize("count", [0, 3])
def test_a_call_with_too_few_or_too_many_objects_says_what_to_pass(check, count):
    with pytest.raises(TypeError, match="pass what you wrote, in order: double, negate"):
        check(*[abs] * count)


def test_reports_escape_what_students_write(check):
    def mischief(n):
        raise ValueError("<script>alert(1)</script>")

    html = check(mischief)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_cases_repeat_by_seed_and_sizes_differ():
    for seed in range(50):
        assert Case(seed).sizes(4) == Case(seed).sizes(4)
        assert len(set(Case(seed).sizes(4))) == 4
        assert torch.equal(Case(seed).normal(3), Case(seed).normal(3))
        assert Case(seed).nonzero(1000).abs().min() >= 0.5
    random.seed(1)
    state = random.getstate()
    Case(7).sizes(3)
    assert random.getstate() == state


@pytest.mark.parametrize(
    ("value", "id"),
    [
        (None, "not-a-tensor"),
        ((torch.zeros(2), 1), "not-a-tensor"),
        (torch.zeros(3), "wrong-shape"),
        (torch.zeros(2).double(), "wrong-dtype"),
    ],
)
def test_expect_tensor_names_what_it_got(value, id):
    with pytest.raises(Symptom) as caught:
        expect_tensor(value, (2,), torch.float32)
    assert caught.value.id == id


def test_modes_that_return_nothing_are_forgiven_as_under_the_grader():
    suite = Suite("toy", "Model")

    @suite.property("can be switched")
    def switched(Model, case):
        expect(Model().train(False).eval()(torch.ones(1)) == 1, "lost", "there is no module")

    class Model(nn.Identity):
        def train(self, mode=True):
            super().train(mode)

    own = Model.train
    assert suite(Model).passed
    assert Model.train is own


def test_a_profiler_goes_on_after_calls_were_noted():
    with cProfile.Profile() as profile:
        before = sys.getprofile()
        names = calls_of(torch.relu, torch.ones(1))[1]
        assert sys.getprofile() is before
    assert "relu" in names
    assert profile.getstats()
