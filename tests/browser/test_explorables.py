"""Figures that answer to sliders: by keyboard, accessible, and right by torch or a closed form."""

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

import pytest
import torch
from playwright.sync_api import Browser, Locator, expect
from torch import nn

from book._ext import explorable
from book._tools import chapters
from lmlib import Vocab, activation_reg, lane_batches, results, temporal_activation_reg
from lmlib.corpus import number_name
from lmlib.plots import COLORS
from tests.browser.test_site import AXE, opened

pytestmark = [pytest.mark.needs("browser"), pytest.mark.needs("site")]

USES = [
    (page.stem, name)
    for page in chapters.pages()
    for name in re.findall(r"^:::\{explorable\} (\S+)", page.read_text(), re.MULTILINE)
]
PAGE = {name: page for page, name in reversed(USES)}  # the first page with each


@contextmanager
def played(browser: Browser, site: str, page: str, name: str, width: int = 1280) -> Iterator:
    with opened(browser, f"{site}/book/{page}.html", width) as tab:
        figure = tab.locator(f"#explore-{name}")
        figure.scroll_into_view_if_needed()
        expect(figure.locator("svg")).to_be_visible()
        yield figure


def move(figure: Locator, **controls: object) -> None:
    """Set controls, each by the beginning of its label."""
    for label, value in controls.items():
        control = figure.get_by_label(re.compile(f"^{re.escape(label.replace('_', ' '))}"))
        if control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(str(value))
        else:
            control.fill(str(value))


def numbers(figure: Locator) -> dict[str, str]:
    spans = figure.locator(".explorable-numbers > span")
    pairs = spans.evaluate_all(
        "all => all.map(s => [s.firstChild.data.trim(), s.children[0].textContent])"
    )
    return {name: text.replace("−", "-").removesuffix(" %") for name, text in pairs}


def test_each_explorable_has_a_page_and_each_page_a_script() -> None:
    assert sorted([*PAGE, "play"]) == explorable.names()  # play has a directive of its own


@pytest.mark.parametrize(("page", "name"), USES)
def test_it_is_played_by_keyboard_and_accessible(
    browser: Browser, site: str, page: str, name: str
) -> None:
    with played(browser, site, page, name) as figure:
        status, picture = figure.get_by_role("status"), figure.locator("svg")
        for slider in figure.get_by_role("slider").all():
            drawn = picture.inner_html(), status.inner_text(), numbers(figure)
            output = slider.locator("xpath=following-sibling::span")
            before = output.inner_text()
            slider.focus()
            at_end = slider.evaluate("slider => slider.value === slider.max")
            slider.press("ArrowLeft" if at_end else "ArrowRight")
            expect(output).not_to_have_text(before)
            assert slider.get_attribute("aria-valuetext") == output.inner_text()
            assert (picture.inner_html(), status.inner_text(), numbers(figure)) != drawn
        tab, static = figure.page, figure.locator(".explorable-static")
        if page == PAGE[name]:
            tab.evaluate(AXE)
            for scheme in ("light", "dark"):
                tab.emulate_media(color_scheme=scheme)
                expect(tab.locator("html")).to_have_attribute("data-theme", scheme)
                assert not figure.evaluate("f => axe.run(f, {preload: false})")["violations"]
        tab.set_viewport_size({"width": 320, "height": 800})
        assert figure.evaluate("figure => figure.scrollWidth <= figure.clientWidth")
        expect(static).to_be_hidden()
        tab.emulate_media(media="print")
        expect(static).to_be_visible()
        expect(picture).to_be_hidden()


def test_without_javascript_there_is_text_instead(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    for page, name in USES:
        tab.goto(f"{site}/book/{page}.html", wait_until="domcontentloaded")
        static = tab.locator(f"#explore-{name} .explorable-static")
        expect(static).to_be_visible()
        words = static.inner_text()
        assert len(words.split()) > 15
        assert "\\" not in words  # no raw TeX
    context.close()


def test_only_pages_with_an_explorable_load_anything(browser: Browser, site: str) -> None:
    for page, loads in (("33-dropout-scaling", True), ("36-train-and-eval", False)):
        with opened(browser, f"{site}/book/{page}.html") as tab:
            assert (tab.locator("script[src*=explore]").count() > 0) == loads


def test_scripts_are_small() -> None:
    for script in explorable.SCRIPTS.glob("*.js"):
        assert script.stat().st_size < 15_000, script.name


def test_colours_are_those_of_the_plots() -> None:
    styles = (explorable.SCRIPTS / "explore.css").read_text()
    assert tuple(re.findall(r"#[0-9a-f]{6}", styles)[: len(COLORS)]) == COLORS


def test_dropout_sum(browser: Browser, site: str) -> None:
    with played(browser, site, PAGE["dropout-sum"], "dropout-sum") as figure:
        for p, n, scaling in product((0.6, 0.9), (1, 5, 29), ("divided", "left")):
            factor = 1 / (1 - p) if scaling == "divided" else 1
            mean = factor * (1 - p) * n / 2
            spread = factor * math.sqrt(n * ((1 - p) / 3 - ((1 - p) / 2) ** 2))
            move(figure, probability=p, terms=n, survivors=scaling)
            shown = {name: float(text) for name, text in numbers(figure).items()}
            assert shown["mean, full"] == n / 2
            assert abs(shown["mean"] - mean) < 4 * spread / math.sqrt(20_000) + 0.005
            assert shown["standard deviation"] == pytest.approx(spread, rel=0.05, abs=0.005)
            assert abs(shown["sums that are 0"] / 100 - p**n) < 0.015


def test_lanes(browser: Browser, site: str) -> None:
    words = f"{' . '.join(map(number_name, [2040, *range(2041, 2050)]))} .".split()
    vocab = Vocab.from_tokens(words)
    with played(browser, site, "13-read-a-batch", "lanes") as figure:
        height = figure.evaluate("figure => figure.offsetHeight")
        for B, T in ((3, 4), (1, 5), (5, 3)):
            n = len(lane_batches(vocab.encode(words), B, T))
            part = torch.arange(n * B * T)
            for cut, batches in {
                "lanes": [x for x, _ in lane_batches(torch.arange(len(words)), B, T)],
                "reversed": list(part.view(B, -1).split(T, dim=1))[::-1],
                "filled": list(part.view(n, B, T)),
                "interleaved": list(part.view(-1, B).t().split(T, dim=1)),
            }.items():
                move(figure, cut=cut, rows=B, words=T, batch=n - 1)
                said = figure.get_by_role("status").inner_text().removeprefix("Row 0 has read: ")
                read = [words[i] for i in torch.cat([batch[0] for batch in batches])]
                assert said.replace("| ", "").split() == read
                before, last = batches[-2:]
                shifted = (last[:, 1:] == last[:, :-1] + 1).all(dim=1).sum()
                goes_on = (last[:, 0] == before[:, -1] + 1).sum()
                shown = [str(n), f"{shifted} of {B}", f"{goes_on} of {B}"]
                assert list(numbers(figure).values()) == shown
                assert figure.evaluate("figure => figure.offsetHeight") == height


def reached(T: int, cut: int, t: int, w: float) -> torch.Tensor:
    """The gradient of h_t by each of T inputs, with h detached after every `cut` words."""
    x = torch.ones(T, dtype=torch.float64, requires_grad=True)
    h: torch.Tensor = torch.zeros(1, dtype=torch.float64)
    for k in range(t):
        h = w * (h.detach() if k % cut == 0 else h) + x[k]
    h.sum().backward()
    assert x.grad is not None
    return x.grad


def test_truncation_by_words(browser: Browser, site: str) -> None:
    with played(browser, site, "12-bptt", "truncation") as figure:
        for cut in (1, 4, 6, 8, 16):
            move(figure, cut=cut, loss=15, the_word=5)
            shown, said = numbers(figure), figure.get_by_role("status").inner_text()
            gradient = reached(16, cut, 15, 0.9)
            served = sum(reached(16, cut, t, 0.9)[t - 6].item() > 0 for t in range(6, 17))
            assert shown["words that this loss reaches"] == f"{(gradient > 0).sum()} of 15"
            assert shown["losses that reach 5 back"] == f"{served} of 11"
            assert said.endswith("gradient." if gradient[9] > 0 else "none.")


def test_truncation_by_steps(browser: Browser, site: str) -> None:
    with played(browser, site, "20-detach-less-often", "truncation") as figure:
        for reach, w in ((16, 0.9), (5, 0.97), (30, 1.1), (60, 0.8)):
            full = reached(60, 60, 60, w)
            lost = 1 - full[60 - reach :].sum() / full.sum()
            move(figure, words=reach, factor=w)
            shown = numbers(figure)
            assert float(shown["thrown away"]) == pytest.approx(100 * lost.item(), abs=0.051)
            assert float(shown["left 59 steps back"]) == pytest.approx(full[0].item(), abs=5.1e-4)


def test_spectral_radius(browser: Browser, site: str) -> None:
    start = torch.tensor([0.0, 1.0], dtype=torch.float64)
    with played(browser, site, PAGE["spectral-radius"], "spectral-radius") as figure:
        for rho, s, turn in ((0.95, 4.0, 30), (1.1, 1.0, 0), (0.8, 8.0, 85)):
            a = math.radians(turn)
            rows = [[math.cos(a), -s * math.sin(a)], [math.sin(a) / s, math.cos(a)]]
            W = rho * torch.tensor(rows, dtype=torch.float64)
            lengths = [(torch.linalg.matrix_power(W, t) @ start).norm().item() for t in range(61)]
            move(figure, spectral=rho, stretch=s, turn=turn)
            assert [float(text) for text in numbers(figure).values()] == pytest.approx(
                [
                    torch.linalg.eigvals(W).abs().max().item(),
                    torch.linalg.matrix_norm(W, 2).item(),
                    max(lengths),
                    lengths[60],
                ],
                rel=0.05,
                abs=0.0051,
            )
            places = figure.locator("svg text").evaluate_all(
                "all => all.map(t => t.getBBox()).flatMap(b => [b.x, b.x + b.width])"
            )
            assert all(0 <= place <= 360 for place in places)
        clips = figure.locator("clipPath")  # one for each plot
        assert clips.evaluate_all("all => all.map(clip => clip.children.length)") == [1, 1]


def test_lstm_cell_is_pytorchs(browser: Browser, site: str) -> None:
    cell, z = nn.LSTMCell(1, 1).double(), {"f": 3.5, "i": -1.0, "g": -2.5, "o": 1.5}
    for parameter in cell.parameters():
        nn.init.zeros_(parameter)
    with torch.no_grad():
        cell.bias_ih[:] = torch.tensor([z[gate] for gate in "ifgo"])
        state = torch.zeros(1, 1).double(), torch.full((1, 1), 0.7).double()
        for _ in range(12):
            state = cell(torch.zeros(1, 1).double(), state)
    with played(browser, site, "24-two-states", "lstm-cell") as figure:
        move(figure, **{f"z of {gate}:": value for gate, value in z.items()})
        for button in ("10 steps", "1 step", "1 step"):
            figure.get_by_role("button", name=button, exact=True).press("Enter")
        shown = numbers(figure)
        figure.get_by_role("button", name="60 steps").press("Enter")
        assert numbers(figure)["steps"] == "60"
    assert shown["steps"] == "12"
    found = [float(shown[name]) for name in "hc"]
    assert found == pytest.approx([x.item() for x in state], abs=6e-4)


def test_lstm_cell_with_sigmoid_content_only_rises(browser: Browser, site: str) -> None:
    with played(browser, site, "26-tanh-and-sigmoid", "lstm-cell") as figure:
        for squash, sign in (("tanh", -1), ("σ", 1)):
            move(figure, **{"z of f:": 8, "z of i:": 8, "z of g:": -2, "g goes": squash})
            figure.get_by_role("button", name="start again").press("Enter")
            figure.get_by_role("button", name="10 steps").press("Enter")
            assert float(numbers(figure)["c"]) * sign > 1


def test_bernoulli(browser: Browser, site: str) -> None:
    with played(browser, site, PAGE["bernoulli"], "bernoulli") as figure:
        asked = re.findall(r"\d+(?= entries|, | or |\?)", figure.locator("figcaption").inner_text())
        sizes = figure.locator("option").evaluate_all("all => all.map(option => option.value)")
        assert len(asked) == 4 == len(set(asked) & set(sizes))
        for n in (25, 100, 1600):
            move(figure, entries=n, probability=0.3)
            figure.get_by_role("button", name="throw 200 times").press("Enter")
            shown = numbers(figure)
            formula = math.sqrt(0.3 * 0.7 / n)
            assert float(shown["√(p (1 − p) / n)"]) == pytest.approx(formula, abs=6e-5)
            assert float(shown["spread of the shares"]) == pytest.approx(formula, rel=0.25)
            assert abs(float(shown["mean share"]) - 0.3) < 4 * formula / math.sqrt(200) + 5e-4
            for p, ones in ((0, 0), (1, n)):
                move(figure, probability=p)
                assert numbers(figure)["ones"] == f"{ones} of {n}"


@pytest.mark.parametrize(("page", "alpha", "beta"), [
    ("37-activation-regularisation", 1.5, 0.0),
    ("38-temporal-regularisation", 0.0, 1.0),
    ("38-temporal-regularisation", 0.75, 2.5),
])  # fmt: skip
def test_ar_and_tar(browser: Browser, site: str, page: str, alpha: float, beta: float) -> None:
    a = torch.tensor([0.8, 0.6, -0.9, 0.7, 0, 0.9, 0.5, 0.3], dtype=torch.float64)
    a = a.view(1, 8, 1).requires_grad_()
    for _ in range(2):
        loss = activation_reg(a, alpha) + temporal_activation_reg(a, beta)
        (gradient,) = torch.autograd.grad(loss, a)
        a = (a - 0.5 * gradient).detach().requires_grad_()
    ar, tar = activation_reg(a, alpha), temporal_activation_reg(a, beta)
    (gradient,) = torch.autograd.grad(ar + tar, a)
    with played(browser, site, page, "ar-tar") as figure:
        move(figure, α=alpha, activation=3, its=-0.9)
        if page.startswith("38"):
            move(figure, β=beta)
        for _ in range(2):
            figure.get_by_role("button", name="let it pull once").press("Enter")
        shown = numbers(figure)
        heights = figure.locator("svg text").all_text_contents()[:8]
        said = figure.get_by_role("status").inner_text()
        if page.startswith("37"):  # "ten times, then ten times more"
            for _ in range(2):
                figure.get_by_role("button", name="10 times").press("Enter")
            assert numbers(figure)["second : first"] == "0.750"
    assert [float(h.replace("−", "-")) for h in heights] == pytest.approx(
        a.flatten().tolist(), abs=0.0051
    )
    assert float(shown["AR"]) == pytest.approx(ar.item(), abs=6e-4)
    assert float(shown.get("TAR", 0)) == pytest.approx(tar.item(), abs=6e-4)
    largest = gradient.abs().max().item()
    assert float(said.split()[-1].rstrip(".")) == pytest.approx(largest, abs=6e-4)


def test_tied_rows_show_what_was_measured(browser: Browser, site: str) -> None:
    measured = results.load("tied_rows")
    with played(browser, site, PAGE["tied-rows"], "tied-rows") as figure:
        for table, rows in measured["similarity"].items():
            move(figure, table=table, word=0)  # "one"
            row = [int(x) for x in rows[measured["words"].index("one")].split()]
            row[measured["words"].index("one")] = -100
            said = figure.get_by_role("status").inner_text()
            assert measured["words"][row.index(max(row))] in said
            assert f"{max(row) / 100:.2f}" in said
            own = measured["own_kind_nearest"][table]["values"][0]
            shown = numbers(figure)["words with one of their kind as the nearest"]
            assert shown == f"{own} of 27"
            static = figure.locator(".explorable-static").text_content() or ""
            assert str(own) in re.findall(r"\d+", static)
