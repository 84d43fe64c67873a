// What every page does: drawer, menu, toasts, keyboard. Charts are in charts.js.
(() => {
  "use strict";
  const $ = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const on = (type, handler, options) => document.addEventListener(type, handler, options);

  // toasts ------------------------------------------------------------------
  const toasts = () => $("#toasts");
  function toast(text, level) {
    const box = toasts();
    if (!box || !text) return;
    const note = document.createElement("div");
    note.className = `toast-note ${level || "info"}`;
    const words = document.createElement("span");
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.dataset.closeToast = "";
    close.setAttribute("aria-label", box.dataset.close);
    close.textContent = "\u00d7";
    note.append(words, close);
    box.append(note);
    fade(note);
  }
  function fade(note) {
    if (!note.classList.contains("error")) setTimeout(() => note.remove(), 6000);
  }
  // a response may carry HX-Trigger: {"toast": {"text": "...", "level": "success"}}
  on("toast", (event) => toast(event.detail.text, event.detail.level));

  // drawer ------------------------------------------------------------------
  let opener = null;
  function openDrawer() {
    const shell = $("#drawer-shell");
    if (!shell) return;
    shell.hidden = false;
    shell.scrollTop = 0;
    const body = $("#drawer");
    body.focus({ preventScroll: true });
  }
  function closeDrawer() {
    const shell = $("#drawer-shell");
    if (!shell || shell.hidden) return;
    shell.hidden = true;
    $("#drawer").replaceChildren();
    all("tr.is-open").forEach((row) => row.classList.remove("is-open"));
    if (opener && opener.isConnected) opener.focus({ preventScroll: true });
    opener = null;
  }
  function openRow(row) {
    all("tr.is-open").forEach((other) => other.classList.remove("is-open"));
    row.classList.add("is-open");
    opener = row;
    htmx.ajax("GET", row.dataset.open, { target: "#drawer", source: row });
  }

  on("click", (event) => {
    const hit = (selector) => event.target.closest(selector);
    if (hit("[data-close-toast]")) hit("[data-close-toast]").parentElement.remove();
    if (hit("[data-drawer-close]")) closeDrawer();
    if (hit("[data-shortcuts]")) $("#shortcuts").showModal();
    if (hit("[data-print]")) window.print();
    if (hit("[data-fullscreen]")) toggleFullscreen();
    if (hit("[data-nav-toggle]")) {
      const open = document.body.classList.toggle("nav-open");
      hit("[data-nav-toggle]").setAttribute("aria-expanded", String(open));
    }
    if (hit("[data-filters-toggle]")) {
      const open = document.body.classList.toggle("filters-open");
      hit("[data-filters-toggle]").setAttribute("aria-expanded", String(open));
    }
    if (hit("[data-trend-switch]")) switchTrend();
    if (hit("[data-copy]")) copy(hit("[data-copy]"));
    if (hit("[data-focus-cell]")) focusCell(event, hit("[data-focus-cell]").dataset.focusCell);
    all("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    const row = hit("tr[data-open]");
    if (row && !hit("a, button, input, select, textarea, label, summary")) openRow(row);
  });
  on("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
    else if ("signOut" in event.target.dataset && !forgetKept(event.target)) event.preventDefault();
  });
  on("change", (event) => {
    if (event.target.closest("form[data-auto]")) event.target.form.requestSubmit();
  });

  // entries of returns that wait on this device to be sent (filing/sheet/journal.js) do not outlive a sign-out
  function forgetKept(form) {
    try {
      const kept = Object.keys(localStorage).filter((key) => key.startsWith("gongmai.sheet|"));
      if (kept.length && !window.confirm(form.dataset.signOut)) return false;
      kept.forEach((key) => localStorage.removeItem(key));
    } catch { /* a browser that keeps nothing has nothing to forget */ }
    return true;
  }
  function toggleFullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.body.requestFullscreen();
  }
  function switchTrend() {
    const root = document.documentElement;
    const next = root.dataset.trend === "red-up" ? "green-up" : "red-up";
    root.dataset.trend = next;
    document.cookie = `gongmai_trend=${next};path=/;max-age=31536000;samesite=lax`;
    document.dispatchEvent(new CustomEvent("gongmai:trend"));
  }
  function copy(button) {
    const source = $(button.dataset.copy);
    navigator.clipboard.writeText(source.value || source.textContent.trim());
    if (button.dataset.copied) toast(button.dataset.copied, "success");
  }
  function focusCell(event, cell) {
    const field = document.getElementById(`cell-${cell}`) || $(`[name="${CSS.escape(cell)}"]`);
    if (!field) return;
    event.preventDefault();
    field.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  }

  // keyboard ----------------------------------------------------------------
  const typing = (target) => target.closest("input, textarea, select, [contenteditable=true], dialog[open]");
  function step(by) {
    const rows = all("tr[data-open]");
    if (!rows.length) return;
    const current = rows.findIndex((row) => row === document.activeElement || row.classList.contains("is-open"));
    const row = rows[Math.max(0, Math.min(rows.length - 1, current + by))];
    row.tabIndex = 0;
    row.focus();
    if ($("#drawer-shell") && !$("#drawer-shell").hidden) openRow(row);
  }
  on("keydown", (event) => {
    if (event.key === "Escape" && !$("dialog[open]")) {
      closeDrawer();
      document.body.classList.remove("nav-open");
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const search = $("[data-search], input[type=search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    } else if (event.key === "?") $("#shortcuts").showModal();
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "Enter" && event.target.matches("tr[data-open]")) openRow(event.target);
  });

  // htmx --------------------------------------------------------------------
  let running = 0;
  const busy = (by) => {
    running = Math.max(0, running + by);
    $("#loading").classList.toggle("on", running > 0);
  };
  const quiet = (event) => event.detail.elt && event.detail.elt.closest("[data-quiet]");
  // the end is heard at the request itself: what asked may have left the page before the answer came
  on("htmx:beforeSend", (event) => {
    if (quiet(event)) return;
    busy(1);
    event.detail.xhr.addEventListener("loadend", () => busy(-1), { once: true });
  });
  on("htmx:afterSwap", (event) => {
    if (event.detail.target && event.detail.target.id === "drawer") {
      if (!opener) opener = event.detail.requestConfig && event.detail.requestConfig.elt;
      openDrawer();
    }
  });
  on("htmx:responseError", (event) => {
    const words = toasts().dataset;
    toast(event.detail.xhr.status === 403 ? words.refused : words.error, "error");
  });
  on("htmx:sendError", () => toast(toasts().dataset.offline, "error"));

  // the box in the head of a table ticks and unticks every row of the page
  on("change", (event) => {
    if (!event.target.matches("[data-choose-all]")) return;
    all("tbody input[type=checkbox]:not(:disabled)", event.target.closest("table"))
      .forEach((box) => { box.checked = event.target.checked; });
  });

  // a table that scrolls in its own box can be scrolled with the keyboard too
  function reachScrolling() {
    all(".table-box:not([tabindex])").forEach((box) => {
      if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
    });
  }
  on("htmx:afterSettle", reachScrolling);
  window.addEventListener("resize", reachScrolling);

  on("DOMContentLoaded", () => {
    reachScrolling();
    all(".toast-note").forEach(fade);
    all("tr[data-open]:not([tabindex])").forEach((row) => { row.tabIndex = 0; });
  });
})();
