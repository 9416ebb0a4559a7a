import matplotlib
import pytest
import torch
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from lmlib import plots


@pytest.fixture(autouse=True)
def canvas():
    matplotlib.use("Agg")
    with plt.rc_context():
        plots.style()
        yield
        plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def boxes(ax):
    return [patch for patch in ax.patches if isinstance(patch, FancyBboxPatch)]


def arrows(ax):
    return [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]


def extent(ax, patch):
    """Corners of what a patch paints, in the units of the drawing."""
    ax.figure.canvas.draw()
    shape = patch.get_path().transformed(patch.get_transform())
    return ax.transData.inverted().transform(shape.get_extents())


def luminance(color):
    linear = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in to_rgb(color)]
    return sum(weight * v for weight, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("ground", ["#ffffff", "#121212"])
@pytest.mark.parametrize("color", [plots.INK, plots.MUTED, *plots.COLORS])
def test_colours_stand_out_on_light_and_dark_pages(color, ground):
    low, high = sorted(luminance(c) for c in (color, ground))
    needed = 4.0 if color == plots.INK else 3.0
    assert (high + 0.05) / (low + 0.05) >= needed


def test_figures_have_no_ground_and_readable_type():
    ax = plots.draw_stacked(4, 2)
    assert ax.figure.get_facecolor()[3] == 0
    assert all(text.get_fontsize() >= 10 for text in ax.texts)


def test_a_stack_has_a_box_for_each_step_and_layer_and_a_colour_for_each_layer():
    ax = plots.draw_stacked(num_steps=4, num_layers=3)
    assert len(boxes(ax)) == 4 * (1 + 3 + 1)  # words, layers, logits
    rows = {}
    for box in boxes(ax):
        rows.setdefault(round(box.get_y(), 2), set()).add(box.get_edgecolor())
    assert all(len(colours) == 1 for colours in rows.values())
    layers = [next(iter(colours)) for _, colours in sorted(rows.items())]
    assert len(set(layers)) == 5
    along = [arrow.get_edgecolor() for arrow in arrows(ax)]
    assert [along.count(colour) for colour in layers[1:4]] == [4, 4, 4]  # the state, in its colour
    assert "$h^{(3)}_{4}$" in texts(ax)


def test_unrolled_words_and_a_single_prediction():
    ax = plots.draw_unrolled(3, words=["eight", "thousand", "one"], every=False)
    assert texts(ax).count("logits") == 1
    assert "thousand" in texts(ax)
    assert "$h_{3}$" in texts(ax)


@pytest.mark.parametrize("arguments", [(0, 1), (2, 0), (2, 1, ["one"])])
def test_impossible_networks(arguments):
    with pytest.raises(
        ValueError, match=r"num_(steps|layers) is 0; it must be at least 1|1 words for 2 steps"
    ):
        plots.draw_stacked(*arguments)


def test_a_rolled_network_has_one_box_and_one_loop_for_each_layer():
    ax = plots.draw_rolled(3)
    assert len(boxes(ax)) == 1 + 3 + 1
    assert len(arrows(ax)) == 3 + (3 + 1)  # loops, and arrows upwards
    assert "its state $h^{(3)}$" in texts(ax)
    with pytest.raises(ValueError, match="at least 1"):
        plots.draw_rolled(0)


def test_a_sheet_has_the_same_scale_in_both_directions():
    ax = plots.sheet(10, 4, inches=5)
    assert ax.figure.get_size_inches().tolist() == [5, 2]
    assert (ax.get_xlim(), ax.get_ylim(), ax.get_aspect()) == ((0, 10), (0, 4), 1)


@pytest.mark.parametrize("draw", [plots.box, plots.cell])
def test_a_shape_lies_around_its_centre(draw):
    ax = plots.sheet(6, 6)
    shape = draw(ax, 2, 3, "here", "C1", width=2, height=1)
    assert extent(ax, shape).round(6).tolist() == [[1, 2.5], [3, 3.5]]
    assert ax.texts[0].get_position() == (2, 3)


def test_an_arrow_runs_from_edge_to_edge():
    ax = plots.sheet(10, 4)
    left, right = plots.cell(ax, 1, 2), plots.node(ax, 8, 2, "+", size=2)
    plots.arrow(ax, left, right)
    (x0, y0), (x1, y1) = extent(ax, arrows(ax)[0])
    assert (x0, x1) == pytest.approx((1.5, 7), abs=0.15)
    assert (y0 + y1) / 2 == pytest.approx(2)
    plots.arrow(ax, (1, 0), (1, 1), (3, 1), color="C1")
    assert extent(ax, arrows(ax)[1])[0].tolist() == pytest.approx([1, 0], abs=0.15)
    with pytest.raises(ValueError, match="1 places; an arrow leads through 2"):
        plots.arrow(ax, left)


def test_a_loop_goes_out_to_the_right_and_comes_back():
    ax = plots.sheet(6, 4)
    plots.loop(ax, plots.box(ax, 1, 2, width=1), size=2)
    (x0, y0), (x1, y1) = extent(ax, arrows(ax)[0])
    assert (x0, x1) == pytest.approx((1.5, 3.5), abs=0.1)
    assert y0 < 2 < y1


def test_curves_show_the_given_numbers():
    history = [{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.0}]
    ax = plots.training_curves({"a": history, "b": history}, figure="loss")
    assert ax.lines[0].get_xydata().tolist() == [[1, 2], [2, 1]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]
    ax = plots.gradient_by_distance({"rnn": [1.0, 0.1, 0.01]}, cut=2)
    assert ax.get_yscale() == "log"
    assert ax.lines[0].get_ydata().tolist() == [1.0, 0.1, 0.01]
    assert ax.lines[1].get_xdata()[0] == 2


def test_masks_and_heat_maps_show_the_tensor():
    mask = torch.tensor([[0.0, 2.0], [2.0, 0.0]])
    (ax,) = plots.masks({"p = .5": mask})
    assert ax.images[0].get_array().tolist() == [[0, 1], [1, 0]]
    states = torch.randn(3, 5, requires_grad=True)
    ax = plots.state_heatmap(states, ["a", "b", "c"])
    assert ax.images[0].get_array().shape == (5, 3)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["a", "b", "c"]
    low, high = ax.images[0].get_clim()
    assert -low == high == pytest.approx(states.detach().abs().max().item())
    with pytest.raises(ValueError, match=r"allowed is \[seq, hidden\]"):
        plots.state_heatmap(torch.zeros(2, 3, 4))


def test_heat_maps_can_share_a_scale_on_which_zero_is_transparent():
    ax = plots.state_heatmap(torch.tensor([[0.0, 0.5], [-0.5, 0.25]]), largest=1)
    picture = ax.images[0]
    opacity = picture.to_rgba(picture.get_array())[..., 3]
    assert opacity.flatten().tolist() == pytest.approx([0, 0.5, 0.5, 0.25], abs=0.02)


@pytest.mark.parametrize(("least", "bottom"), [(0.0, 0), (-0.5, -1)])
def test_the_scale_of_a_heat_map_shows_no_colour_below_0_that_no_state_has(least, bottom):
    ax = plots.state_heatmap(torch.tensor([[least, 0.5]]), largest=1)
    assert ax.images[0].colorbar.ax.get_ylim() == (bottom, 1)


def test_growth_shows_the_points_that_share_the_other_size():
    def about(value):
        return {"median": value, "range": [value - 1, value + 1]}

    points = [
        {"words": n, "copies": c, "hidden_size": h}
        | {"seconds": about(n * h), "training_megabytes": about(h)}
        for n, c, h in ((400, 4, 64), (100, 1, 64), (100, 1, 32))
    ]
    time, memory = plots.growth(points)
    assert time.lines[0].get_xydata().tolist() == [[100, 6400], [400, 25600]]
    spread = [segment.tolist() for segment in time.collections[0].get_segments()]
    assert spread == [[[100, 6399], [100, 6401]], [[400, 25599], [400, 25601]]]
    assert memory.lines[0].get_ydata().tolist() == [64, 64]
    assert plots.growth(points, "hidden_size")[0].lines[0].get_xdata().tolist() == [32, 64]
    with pytest.raises(ValueError, match="hidden_size"):
        plots.growth(points, "layers")
    with pytest.raises(ValueError, match="no point has copies 1; give those"):
        plots.growth([], "hidden_size")


ROW = {"epoch": 1.0, "train_loss": 2.0}
NAN = float("nan")


@pytest.mark.parametrize(
    ("draw", "error", "message"),
    [
        (lambda: plots.training_curves({}), ValueError, "histories are empty"),
        (lambda: plots.training_curves([ROW]), TypeError, "histories are .*; give a dict"),
        (lambda: plots.training_curves({"a": []}), ValueError, "'a' is empty"),
        (
            lambda: plots.training_curves({"a": [ROW]}),
            ValueError,
            r"'a' has \['epoch', 'train_loss'\]; a row needs 'epoch' and 'accuracy'",
        ),
        (lambda: plots.training_curves({"a": [1, 2]}), TypeError, "'a' must be a list of dicts"),
        (lambda: plots.training_curves({"a": iter([ROW])}), TypeError, "'a' must be a list"),
        (lambda: plots.label(plots.sheet(1, 1), "a", 1, "b"), TypeError, "x is 'a'"),
        (lambda: plots.training_curves({"a": [ROW]}, "train_loss", "ax"), TypeError, "ax is 'ax'"),
        (lambda: plots.gradient_by_distance({}), ValueError, "norms are empty"),
        (lambda: plots.gradient_by_distance([1.0]), TypeError, "norms are .*; give a dict"),
        (lambda: plots.gradient_by_distance({"a": []}), ValueError, "not empty"),
        (lambda: plots.gradient_by_distance({"a": "abc"}), TypeError, "must be numbers"),
        (lambda: plots.gradient_by_distance({"a": [[1.0]]}), ValueError, r"\[distances\]"),
        (lambda: plots.gradient_by_distance({"a": [NAN]}), ValueError, "hold nan or a number be"),
        (lambda: plots.gradient_by_distance({"a": [-1.0]}), ValueError, "below 0"),
        (lambda: plots.gradient_by_distance({"a": [1.0]}, cut=-1), ValueError, "cut is -1"),
        (lambda: plots.masks({}), ValueError, "masks are empty"),
        (lambda: plots.masks(torch.ones(2, 2)), TypeError, "give a dict"),
        (lambda: plots.masks({"a": torch.ones(2)}), ValueError, r"mask 'a' is \[2\]"),
        (lambda: plots.masks({"a": torch.ones(0, 3)}), ValueError, "not empty"),
        (lambda: plots.state_heatmap(None), TypeError, "states must be numbers"),
        (lambda: plots.state_heatmap([[1.0], [1.0, 2.0]]), TypeError, "states must be numbers"),
        (lambda: plots.state_heatmap(torch.zeros(0, 3)), ValueError, "not empty"),
        (lambda: plots.state_heatmap(torch.full((2, 2), NAN)), ValueError, "hold nan or inf"),
        (lambda: plots.state_heatmap(torch.zeros(2, 3), ["a"]), ValueError, "1 words for 2 states"),
        (lambda: plots.state_heatmap(torch.zeros(2, 3), "ab"), TypeError, "words are one string"),
        (lambda: plots.state_heatmap(torch.zeros(2, 3), largest=0), ValueError, "largest is 0"),
        (
            lambda: plots.state_heatmap(torch.zeros(2, 3, dtype=torch.complex64)),
            TypeError,
            "complex numbers",
        ),
        (lambda: plots.draw_unrolled(2, words="ab"), TypeError, "words are one string"),
        (lambda: plots.draw_stacked(1.5, 1), TypeError, "num_steps is 1.5"),
        (lambda: plots.draw_rolled("2"), TypeError, "num_layers is '2'"),
        (lambda: plots.draw_rolled(1, ax=3), TypeError, "ax is 3"),
        (lambda: plots.sheet(0, 1), ValueError, "width is 0; it must be above 0"),
        (lambda: plots.cell(plots.sheet(1, 1), 0, 0, height=-1), ValueError, "height is -1"),
        (lambda: plots.box(plots.sheet(1, 1), NAN, 0), ValueError, "x is nan"),
        (lambda: plots.node(plots.sheet(1, 1), 0, 0, "+", size="1"), TypeError, "size is '1'"),
        (lambda: plots.frame(plots.sheet(1, 1), 0, 0, 1, 0), ValueError, "height is 0"),
        (lambda: plots.arrow(plots.sheet(1, 1), (0, 0), 5), TypeError, "a place is 5"),
        (lambda: plots.arrow(plots.sheet(1, 1), (0, 0), (0, NAN)), ValueError, "y is nan"),
        (lambda: plots.loop(plots.sheet(1, 1), (0, 0)), TypeError, r"shape is \(0, 0\)"),
    ],
)
def test_what_cannot_be_drawn_is_named(as_a_user, draw, error, message):
    with pytest.raises(error, match=message):
        draw()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.int64, torch.bool])
def test_numbers_of_any_type_can_be_drawn(dtype):
    states = torch.tensor([[0, 1], [1, 1]], dtype=dtype)
    assert plots.state_heatmap(states).images[0].get_array().tolist() == [[0, 1], [1, 1]]
    assert plots.masks({"a": states})[0].images[0].get_array().tolist() == [[0, 1], [1, 1]]
    line = plots.gradient_by_distance({"a": states[1]}).lines[0]
    assert line.get_ydata().tolist() == [1, 1]


def test_gradients_and_lists_can_be_drawn():
    norms = torch.tensor([1.0, 0.5], requires_grad=True)
    for values in (norms, [norms[0], norms[1]], [1.0, 0.5], norms.detach().numpy()):
        line = plots.gradient_by_distance({"a": values}).lines[0]
        assert line.get_ydata().tolist() == [1.0, 0.5]
    assert plots.state_heatmap([[0.0, 1.0]]).images[0].get_array().tolist() == [[0.0], [1.0]]


def test_a_tensor_without_values_is_named():
    with pytest.raises(TypeError, match="states must be numbers"):
        plots.state_heatmap(torch.zeros(2, 3, device="meta"))
