// The upload page of a return: progress while the file travels, and the answer brought into view.
(() => {
  "use strict";
  const bar = () => document.getElementById("workbook-progress");
  document.addEventListener("htmx:xhr:progress", (event) => {
    if (!bar() || event.target.id !== "workbook-form" || !event.detail.lengthComputable) return;
    bar().hidden = false;
    bar().value = (event.detail.loaded / event.detail.total) * 100;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!bar() || event.target.id !== "workbook-form") return;
    bar().hidden = true;
    bar().value = 0;
  });
  // what would happen is shown below the cards: bring it into view and tell screen readers where it begins
  document.addEventListener("htmx:afterSwap", (event) => {
    const heading = event.target.id === "workbook-answer" && event.target.querySelector("h2");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus();
  });
})();
