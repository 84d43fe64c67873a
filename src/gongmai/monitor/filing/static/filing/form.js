// The return as a sheet: keys and paste as in a spreadsheet, the linked triple, lines, marks of findings.
(() => {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const sheet = () => document.querySelector("[data-sheet]");
  const number = (text) => {
    const plain = String(text).normalize("NFKC").replace(/[\s,]/g, "");
    return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : null;
  };
  const tidy = (value) => String(Math.round(value * 100) / 100);
  const touch = (input) => input.dispatchEvent(new Event("change", { bubbles: true }));

  // this month + cumulative of last period = cumulative: an empty box is filled from the other two
  function complete(input) {
    const row = input.closest("tr[data-item]");
    if (!row) return;
    const item = row.dataset.item;
    for (const [monthKey, ytdKey] of [[item, `${item}__ytd`], [`${item}__base`, `${item}__ytd_base`]]) {
      const month = document.getElementById(`cell-${monthKey}`);
      const ytd = document.getElementById(`cell-${ytdKey}`);
      if (!month || !ytd || month.readOnly || ytd.readOnly || !("previous" in ytd.dataset)) continue;
      const before = number(ytd.dataset.previous);
      const own = document.getElementById(`cell-${item}_adjustment`);
      const adjustment = (own && monthKey === item && number(own.value)) || 0;
      const given = [number(month.value), number(ytd.value)];
      if (input === month && given[0] !== null && (ytd.value === "" || ytd.classList.contains("filled"))) {
        ytd.value = tidy(before + given[0] + adjustment);
        ytd.classList.add("filled");
      } else if (input === ytd && given[1] !== null && month.value === "") {
        month.value = tidy(given[1] - before - adjustment);
        month.classList.add("filled");
      }
    }
  }
  document.addEventListener("input", (event) => {
    if (event.target.closest("[data-sheet] td.box")) event.target.classList.remove("filled");
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-sheet] td.box input")) complete(event.target);
  }, true);

  // moving about and pasting a block, as in a spreadsheet
  const grid = (input) => all("tbody tr", input.closest("table")).map((row) => all("td.box input", row));
  function place(input) {
    const rows = grid(input);
    for (let r = 0; r < rows.length; r += 1) {
      const column = input.closest("td").cellIndex;
      const c = rows[r].findIndex((other) => other === input);
      if (c >= 0) return { rows, r, c, column };
    }
    return null;
  }
  function go(input, by) {
    const here = place(input);
    if (!here) return;
    for (let r = here.r + by; r >= 0 && r < here.rows.length; r += by) {
      const next = here.rows[r].find((other) => other.closest("td").cellIndex === here.column && !other.readOnly);
      if (next) { next.focus(); next.select(); return; }
    }
  }
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches("[data-sheet] td.box input")) return;
    if (event.key === "Enter" || event.key === "ArrowDown") { event.preventDefault(); go(event.target, 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); go(event.target, -1); }
  });
  document.addEventListener("paste", (event) => {
    if (!event.target.matches("[data-sheet] td.box input")) return;
    const text = event.clipboardData.getData("text");
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const here = place(event.target);
    text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, i) => {
      const row = here.rows[here.r + i];
      if (!row) return;
      const start = row.findIndex((other) => other.closest("td").cellIndex >= here.column);
      line.split("\t").forEach((value, j) => {
        const box = row[start + j];
        if (start >= 0 && box && !box.readOnly) box.value = value.trim();
      });
    });
    touch(event.target);
  });

  // lines: numbered from nought as the server numbers them
  function renumber(body) {
    all("tr[data-line]", body).forEach((row, index) => {
      all("input", row).forEach((input) => {
        const parts = input.name.split(".");
        parts[2] = String(index);
        input.name = parts.join(".");
        if (input.id) input.id = `cell-${parts.slice(1).join(".")}`;
      });
    });
  }
  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-line]");
    const remove = event.target.closest("[data-remove-line]");
    const take = event.target.closest("[data-take]");
    if (add) {
      const code = add.dataset.addLine;
      const body = document.querySelector(`table[data-table="${code}"] tbody`);
      const blank = document.querySelector(`template[data-blank="${code}"]`).innerHTML;
      const used = all("input.key", body).map((input) => Number(input.name.split(".")[2]));
      body.insertAdjacentHTML("beforeend", blank.replaceAll("__n__", String(Math.max(-1, ...used) + 1)));
      body.lastElementChild.querySelector("input").focus();
    } else if (remove) {
      const body = remove.closest("tbody");
      remove.closest("tr").remove();
      renumber(body);
      sheet().dispatchEvent(new Event("change", { bubbles: true }));
    } else if (take) {
      const box = document.getElementById(`cell-${take.dataset.take}`);
      if (box) { box.value = take.dataset.value; touch(box); box.focus(); }
    }
  });

  // marks: which boxes the findings point at
  function mark() {
    all(".bad, .look", sheet() || document).forEach((box) => box.classList.remove("bad", "look"));
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

  // choosing rows of the workbench
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-choose]");
    if (!form) return;
    if (event.target.matches("[data-choose-all]")) {
      all("input[name=pk]", form).forEach((box) => { box.checked = event.target.checked; });
    }
    const any = all("input[name=pk]", form).some((box) => box.checked);
    all("[data-needs-choice]", form).forEach((button) => { button.disabled = !any; });
  });
})();
