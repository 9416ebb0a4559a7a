// A formula that is wider than the screen scrolls; then the keyboard must be able to reach it.
const formulas = new ResizeObserver(entries => entries.forEach(({ target }) => {
  if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
  else target.removeAttribute("tabindex");
}));
document.querySelectorAll("div.math").forEach(formula => formulas.observe(formula));

// Paper is white: it gets the light colours.
const { dataset } = document.documentElement;
window.addEventListener("beforeprint", () => {
  dataset.onScreen = dataset.theme;
  dataset.theme = "light";
});
window.addEventListener("afterprint", () => { dataset.theme = dataset.onScreen; });

// On a phone the menu opens where the reader is.
document.querySelector(".primary-toggle")?.addEventListener("click", () => {
  requestAnimationFrame(() =>
    document.querySelector(".bd-docs-nav .current.active")?.scrollIntoView({ block: "center" }));
});
