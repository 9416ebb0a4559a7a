"""The framework of the self-checks: verdicts, messages, hints, and what it shields against."""

import random
import warnings

import pytest
import torch

from lmlib.checks import Case, NotWritten, Suite, Symptom, expect, expect_tensor

pytestmark = pytest.mark.quick


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
        check.doubles(endless)


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
    with pytest.raises(TypeError, match=f"got {count} objects; pass .* in order: double, negate"):
        check(*[abs] * count)
    for line in (check.doubles, check.grade.doubles):
        with pytest.raises(TypeError, match=f"got {count} objects; pass .* in order: double$"):
            line(*[abs] * count)


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


@pytest.fixture
def chain():
    suite = Suite("toy", "double")

    @suite.property("gives a number")
    def number(double, case):
        expect(isinstance(double(1), int), "not-a-number", "double(1) is no number")

    @suite.property("doubles", depends=["number"])
    def doubles(double, case):
        expect(double(2) == 4, "not-doubled", "double(2) is not 4")

    @suite.property("doubles twice", depends=["doubles"])
    def twice(double, case):
        expect(double(double(2)) == 8, "not-twice", "double(double(2)) is not 8")

    return suite


def test_what_depends_on_a_failed_property_waits_for_it(chain):
    report = chain(lambda n: "2")
    assert [outcome.status for outcome in report.outcomes] == ["failed", "waits", "waits"]
    assert [outcome.waits_for for outcome in report.outcomes] == [None, "number", "number"]
    assert "needs `number` first" in report.outcomes[1].message
    assert [outcome.status for outcome in chain(lambda n: n).outcomes][:2] == ["passed", "failed"]


def test_a_graded_property_judges_what_it_depends_on_once(chain):
    calls = []

    def double(n):
        calls.append(n)
        return 2 * n

    chain.grade.number(double)
    chain.grade.doubles(double)
    chain.grade.twice(double)
    assert calls == [1, 2, 2, 4]
    with pytest.raises(Symptom, match="needs `number` first"):
        chain.grade.twice(lambda n: "x")
    chain.grade.twice(double)


def test_dependencies_of_other_subjects_are_refused(chain):
    with pytest.raises(ValueError, match="needs other subjects"):

        @chain.property("has no double", depends=["number"])
        def other(halve, case):
            pass


def test_one_cause_is_one_row_and_failures_come_first(chain):
    report = chain(lambda n: missing)  # noqa: F821
    assert [row.status for row in report.rows()] == ["failed", "waits"]
    assert "NameError" in next(report.rows()).seen
    assert list(report.rows())[1][1:] == ("2 properties", "doubles, twice", "needs `number` first")
    rows = list(chain(lambda n: n).rows())
    assert [row.status for row in rows] == ["failed", "waits", "passed"]


def test_one_cause_is_one_row_whatever_its_numbers(check):
    def refuses(n):
        raise ValueError(f"{n} is too small")

    (row,) = check(refuses, refuses).rows()
    assert row.ids == "doubles, negates"


def test_no_hint_is_offered_for_an_unknown_name(check):
    unknown = lambda n: missing  # noqa: E731, F821
    assert "Stuck?" not in repr(check(unknown))
    assert 'check.hint("negates")' in repr(check(unknown, lambda n: 1))


def test_the_id_in_a_message_leads_to_the_hint(monkeypatch, capsys):
    suite = Suite("dropout", "Dropout")

    @suite.property("a property")
    def rate(Dropout, case):
        expect(False, "not-dropped", "nothing is dropped")

    message = suite(abs).outcomes[0].message
    id = message[message.index("[") :]
    for asked in (id, id.strip("[]"), "not-dropped", "rate"):
        suite.hint(asked)
    assert capsys.readouterr().out.count("Hint ") == 4
    with pytest.raises(AttributeError, match="there are: rate"):
        suite.hint("dropout.something-else")


def test_a_stub_that_was_left_over_is_named_with_its_line(check):
    def double(n):
        raise NotImplementedError()

    message = check(double).outcomes[0].message
    assert message.startswith("not written yet: double() (line ")
    assert "of your code: raise NotImplementedError())" in message


def test_an_object_in_place_of_its_class_is_told():
    suite = Suite("toy", "Model")

    class Model:
        pass

    @suite.property("has a name")
    def named(Model, case):
        expect(Model.__name__, "no-name", "there is no name")

    for line in (suite, suite.named):
        with pytest.raises(TypeError, match="pass the class itself: Model") as caught:
            line(Model())
        assert caught.value._render_traceback_() == [f"TypeError: {caught.value}"]


def test_what_the_code_prints_is_told(check):
    def double(n):
        print("n is", n)
        return 2 * n

    assert "Your code printed: n is" in repr(check(double))
    assert "Your code printed" not in repr(check(lambda n: 2 * n))


def test_a_forgotten_return_is_thought_of(check):
    assert "; was a return forgotten?" in repr(check(lambda n: len(None)))


def test_what_is_cut_ends_with_dots(check):
    def double(n):
        print("word " * 100)
        raise ValueError("other " * 100)

    shown = repr(check(double))
    assert "word word …" in shown
    assert "other other … (line" in shown


def test_a_run_that_is_interrupted_tells_where_it_was(chain):
    def double(n):
        if n == 2:
            raise KeyboardInterrupt
        return 2 * n

    report = chain(double)
    assert [outcome.id for outcome in report.outcomes] == ["number"]
    assert not report.passed
    assert report.summary == "toy: interrupted, 1 of 3 properties checked, 1 passed"
    assert "Stopped while `doubles` was being checked (line " in repr(report)
    assert "of your code: raise KeyboardInterrupt); does a loop never end?" in repr(report)
