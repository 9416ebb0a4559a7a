// A formula that is wider than the screen scrolls; then the keyboard must be able to reach it.
function letKeysReachWideFormulas() {
  for (const formula of document.querySelectorAll('mjx-container[display="true"]')) {
    if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
    else formula.removeAttribute("tabindex");
  }
}

window.addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  letKeysReachWideFormulas();
  window.addEventListener("resize", letKeysReachWideFormulas);
});
