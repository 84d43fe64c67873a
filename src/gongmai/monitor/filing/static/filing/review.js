// Reviewing: keys, the figure chosen in the sheet, the list of figures that go back.
(() => {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const one = (selector, root) => (root || document).querySelector(selector);
  // where the reader works: the open drawer, else the page
  const place = () => {
    const shell = one("#drawer-shell");
    return (shell && !shell.hidden && one("[data-review]", shell)) || one("main [data-review]") || null;
  };

  function addRow(form, box, label) {
    const list = one("[data-back-rows]", form);
    if (!list || all("input[name=boxes]", list).some((other) => other.value === box)) return null;
    const row = one("template[data-back-row]", form).content.firstElementChild.cloneNode(true);
    one("input[name=boxes]", row).value = box;
    one("b", row).textContent = label;
    const reason = one("input:not([name=boxes])", row);
    reason.name = `reason.${box}`;
    reason.setAttribute("aria-label", `${reason.getAttribute("aria-label")}: ${label}`);
    list.append(row);
    return reason;
  }
  function openBack(root) {
    const details = one("details.send-back:has(form[data-back])", root);
    if (details) details.open = true;
    return details && one("form[data-back]", details);
  }

  document.addEventListener("click", (event) => {
    const hit = (selector) => event.target.closest(selector);
    const add = hit("[data-add-box]");
    if (add) {
      const form = openBack(add.closest("[data-review]"));
      const reason = form && addRow(form, add.dataset.addBox, add.dataset.label);
      if (form) form.scrollIntoView({ block: "nearest" });
      if (reason) reason.focus();
    }
    if (hit("[data-drop-row]")) hit("[data-drop-row]").closest("li").remove();
    if (hit("[data-close-panel]")) {
      const panel = hit(".box-panel");
      const box = one("[data-panel-box]", panel).dataset.panelBox;
      panel.replaceChildren();
      const figure = all("a.figure", panel.closest("[data-review]")).find((other) => other.dataset.box === box);
      if (figure) { figure.classList.remove("is-chosen"); figure.focus(); }
    }
    if (hit("a.figure")) {
      all("a.figure.is-chosen").forEach((other) => other.classList.remove("is-chosen"));
      hit("a.figure").classList.add("is-chosen");
    }
  });
  document.addEventListener("change", (event) => {
    const pick = event.target.closest("[data-pick-box]");
    if (!pick || !pick.value) return;
    const reason = addRow(pick.form, pick.value, pick.selectedOptions[0].textContent);
    pick.value = "";
    if (reason) reason.focus();
  });

  // the list is asked for again under the address that it has now
  document.addEventListener("htmx:configRequest", (event) => {
    const list = event.target.closest && event.target.closest("[data-review-list]");
    if (list && event.target === list) event.detail.path = window.location.pathname + window.location.search;
  });

  // p pass, r send back, s mark: in the drawer or on the page
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable=true], dialog[open]")) return;
    const root = place();
    if (!root || !["p", "r", "s"].includes(event.key)) return;
    const control = one(`[data-key="${event.key}"]`, root);
    if (!control) return;
    event.preventDefault();
    if (event.key === "r") {
      const form = openBack(root);
      const reason = form && one("[data-reason]", form);
      if (reason) reason.focus();
    } else control.click();
  });
})();
