"""The panel to play with: its models compute what lmlib computes, and readers can use it."""

from collections.abc import Iterator

import pytest
import torch
from playwright.sync_api import Browser, Page, expect

from book._tools import weights
from lmlib import Vocab, generate
from lmlib.losses import split_output
from tests.browser.test_site import opened

pytestmark = [pytest.mark.needs("browser"), pytest.mark.needs("site")]

PROMPTS = [
    "seven thousand forty",
    "two thousand forty one .",
    "nine thousand thirty nine . nine thousand forty . nine thousand forty one .",
    ". ninety hundred hundred six nineteen . . thousand seven one two three four five six eight",
]
READ = """([name, words]) => {
  const model = lm.model(name), vocab = lm.about[name].words;
  return words.map((word) => {
    const step = model.read(vocab.indexOf(word));
    return step && { scores: [...step.scores], inside: Object.fromEntries(
      Object.entries(step.inside).map(([key, values]) => [key, [...values]])) };
  });
}"""


@pytest.fixture(scope="module")
def panel(browser: Browser, site: str) -> Iterator[Page]:
    with opened(browser, f"{site}/book/index.html") as page:
        expect(page.locator(".play-bars button").first).to_be_visible()
        yield page


def choose(page: Page, name: str) -> None:
    page.locator(f".play-models label:has([value={name}])").click()
    expect(page.locator(".play-about strong").first).to_have_text(name)


def close(got: list[float], expected: torch.Tensor) -> None:
    torch.testing.assert_close(torch.tensor(got), expected.flatten(), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", weights.MODELS)
def test_a_model_of_the_page_computes_what_lmlib_computes(panel: Page, name: str) -> None:
    choose(panel, name)
    model, said = weights.load(name)
    vocab, window = Vocab(said["words"]), getattr(model, "window", None)
    for prompt in PROMPTS:
        words = prompt.split()
        ids = vocab.encode(words)[None]
        steps = panel.evaluate(READ, [name, words])
        assert [step is None for step in steps] == [
            t + 1 < (window or 0) for t in range(len(words))
        ]
        for t, step in enumerate(steps):
            if step is None:
                continue
            if hasattr(model, "reset"):
                model.reset()
            with torch.no_grad():
                logits, _ = split_output(model(ids[:, t + 1 - window if window else 0 : t + 1]))
            expected = logits.reshape(-1, len(vocab))[-1]
            close(torch.tensor(step["scores"]).softmax(-1).tolist(), expected.softmax(-1))
            if name != "PointerSentinelLM":  # whose smallest scores are logarithms of almost 0
                close(step["scores"], expected)


@pytest.mark.parametrize("name", ["LMModel6", "LMModel7", "PointerSentinelLM"])
def test_states_and_gates_are_those_of_pytorch(panel: Page, name: str) -> None:
    choose(panel, name)
    model, said = weights.load(name)
    words = PROMPTS[2].split()
    x = model.i_h(Vocab(said["words"]).encode(words))
    steps = panel.evaluate(READ, [name, words])
    for layer in range(2):
        h = c = torch.zeros(64)
        w_ih, w_hh, b_ih, b_hh = model.rnn.all_weights[layer]
        outputs = []
        for t, step in enumerate(steps):
            sums = w_ih @ x[t] + b_ih + w_hh @ h + b_hh
            i, f, g, o = sums.chunk(4)
            i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
            c = f * c + i * g
            h = o * c.tanh()
            for key, value in {"i": i, "f": f, "g": g, "o": o, "c": c, "h": h}.items():
                close(step["inside"][f"{key}, layer {layer + 1}"], value.detach())
            outputs.append(h)
        x = torch.stack(outputs)
    model.reset()
    raw = model.read(Vocab(said["words"]).encode(words)[None])[0]
    torch.testing.assert_close(x, raw, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", weights.MODELS)
def test_at_temperature_0_it_writes_what_generate_writes(panel: Page, name: str) -> None:
    choose(panel, name)
    model, said = weights.load(name)
    expected = generate(model, Vocab(said["words"]), PROMPTS[1], 24, temperature=0)
    panel.locator("#play-text").fill(PROMPTS[1])
    panel.get_by_label("Temperature").fill("0")
    panel.get_by_role("button", name="Write on").click()
    text = panel.locator(".play-wrote").inner_text()
    assert text.removesuffix("…").split() == expected.split()


def test_words_that_the_pointer_copies_are_underlined(panel: Page) -> None:
    panel.get_by_label("Temperature").fill("0")
    for name in ("LMModel7", "PointerSentinelLM"):
        choose(panel, name)
        panel.locator("#play-text").fill(PROMPTS[2])
        panel.get_by_role("button", name="Write on").click()
        expect(panel.locator(".play-wrote strong")).not_to_be_empty()
        copied = panel.locator(".play-wrote u").all_inner_texts()
        assert ("nine" in copied) == (name == "PointerSentinelLM")


def test_the_same_seed_writes_the_same_and_another_does_not(panel: Page) -> None:
    choose(panel, "LMModel4")
    panel.get_by_label("Temperature").fill("1")
    wrote = {}
    for seed in ("1", "2", "1"):
        panel.locator("#play-text").fill("two thousand forty one .")
        expect(panel.locator(".play-wrote")).to_be_empty()
        panel.get_by_label("Seed").fill(seed)
        panel.get_by_role("button", name="Write on").click()
        text = panel.locator(".play-wrote").inner_text()
        assert wrote.setdefault(seed, text) == text
    assert wrote["1"] != wrote["2"]


def test_bars_say_their_shares_and_a_word_is_added_by_keyboard(panel: Page) -> None:
    choose(panel, "LMModel7")
    panel.get_by_label("Temperature").fill("1")
    panel.locator("#play-text").fill("seven thousand")
    model, said = weights.load("LMModel7")
    vocab = Vocab(said["words"])
    with torch.no_grad():
        shares = model(vocab.encode(["seven", "thousand"])[None])[0][0, -1].softmax(-1)
    best = shares.argmax().item()
    first = panel.locator(".play-bars button").first
    assert first.inner_text().split() == [vocab.words[best], f"{100 * shares[best]:.1f}", "%"]
    first.focus()
    panel.keyboard.press("Enter")
    expect(panel.locator("#play-text")).to_have_value(f"seven thousand {vocab.words[best]} ")
    expect(panel.locator(".play-bars button").first).to_be_focused()


def test_what_a_model_cannot_read_gets_a_kind_message(panel: Page) -> None:
    choose(panel, "LMModel1")
    panel.locator("#play-text").fill("seven thousand")
    expect(panel.locator(".play-title")).to_contain_text("Type one more")
    expect(panel.get_by_role("button", name="Write on")).to_be_disabled()
    says = panel.locator("#play-text + .explorable-says")
    panel.locator("#play-text").fill("seven thousand and forty")
    expect(says).to_contain_text("“and” is not among the models’ 30 words")
    expect(panel.locator(".play-title")).to_contain_text("“and” is not among")
    panel.locator("#play-text").fill("“Seven thousand!”, forty-t")  # only begun
    expect(says).to_be_empty()
    expect(panel.locator(".play-title")).to_have_text("The next word after “seven thousand forty”")


def test_the_inside_is_read_by_keyboard(panel: Page) -> None:
    choose(panel, "LMModel7")
    panel.locator("#play-text").fill("two thousand forty one .")
    details = panel.locator("#explore-play details")
    details.evaluate("details => { details.open = true }")
    rows = panel.get_by_role("listbox", name="The text, word by word")
    expect(rows.get_by_role("option")).to_have_count(5)
    panel.get_by_label("Show").select_option("f, layer 2")
    rows.focus()
    panel.keyboard.press("ArrowUp")
    panel.keyboard.press("ArrowRight")
    expect(rows.get_by_role("option", name="one")).to_have_attribute("aria-selected", "true")
    value = panel.evaluate(READ, ["LMModel7", ["two", "thousand", "forty", "one"]])[-1]
    unit = int(panel.locator(".play-reading").inner_text().split("unit ")[1].split()[0])
    said = f"unit {unit} of 64: {value['inside']['f, layer 2'][unit - 1]:.2f}."
    expect(panel.locator(".play-reading")).to_contain_text(said)
    rows.locator(".play-cells").nth(1).dispatch_event("click")  # what a tap ends with
    expect(panel.locator(".play-reading")).to_contain_text("After “thousand”")
    panel.locator("#play-text").fill("hello")
    expect(panel.locator(".play-reading")).to_be_empty()
    details.evaluate("details => { details.open = false }")


def test_without_scripts_a_recorded_example_stands_there(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/book/index.html")
    figure = page.locator("#explore-play")
    expect(figure).to_contain_text("Playing needs JavaScript.")
    expect(figure.locator("tbody tr")).to_have_count(len(weights.MODELS))
    context.close()
