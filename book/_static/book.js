// A formula that is wider than the screen scrolls; then the keyboard must be able to reach it.
const formulas = new ResizeObserver(entries => entries.forEach(({ target }) => {
  if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
  else target.removeAttribute("tabindex");
}));
document.querySelectorAll("div.math").forEach(formula => formulas.observe(formula));

// On a phone the menu opens where the reader is.
document.querySelector(".primary-toggle")?.addEventListener("click", () => {
  requestAnimationFrame(() =>
    document.querySelector(".bd-docs-nav .current.active")?.scrollIntoView({ block: "center" }));
});
