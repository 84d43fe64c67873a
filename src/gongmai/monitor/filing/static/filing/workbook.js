// The upload page of a return: progress while the file travels, and the draft's counter for the next upload.
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
  document.addEventListener("htmx:afterSwap", () => {
    const latest = document.getElementById("workbook-revision");
    const form = document.getElementById("workbook-form");
    if (!latest || !form) return;
    form.elements.namedItem("revision").value = latest.dataset.revision;
    latest.remove();
  });
})();
