// Choosing rows of the workbench, and the marks of findings on a return that is read.
(() => {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  function mark() {
    all("[data-findings] .finding").forEach((finding) => {
      const box = document.getElementById(`cell-${finding.dataset.cell}`);
      if (!box || box.classList.contains("bad")) return;
      box.classList.remove("look");
      box.classList.add(finding.classList.contains("blocking") ? "bad" : "look");
    });
  }
  document.addEventListener("htmx:afterSwap", mark);
  document.addEventListener("DOMContentLoaded", mark);
  if (document.readyState !== "loading") mark();

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-choose]");
    if (!form) return;
    const any = all("input[name=pk]", form).some((box) => box.checked);
    all("[data-needs-choice]", form).forEach((button) => { button.disabled = !any; });
  });
})();
