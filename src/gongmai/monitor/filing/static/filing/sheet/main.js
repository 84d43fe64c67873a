// The sheet of a return: brings its parts together. Without this script the form posts as a whole.
import { Boxes } from "./boxes.js";
import { Card } from "./card.js";
import { button, el } from "./dom.js";
import { Editor } from "./edit.js";
import { Findings } from "./findings.js";
import { Follow } from "./follow.js";
import { Keys } from "./keys.js";
import { fill } from "./numbers.js";
import { Sync } from "./sync.js";

const form = document.getElementById("return-form");
const data = JSON.parse(document.getElementById("sheet-data").textContent);
const { words } = data;
const boxes = new Boxes(form);
const said = document.getElementById("save-state");
const alertBox = document.getElementById("sheet-alert");

function say(text, level = "info") {
  const live = document.getElementById("sheet-said");
  live.textContent = text;
  live.dataset.level = level;
}

// saving ------------------------------------------------------------------
const sync = new Sync(form, data, JSON.parse(form.elements.namedItem("base").value), {
  state(name, values) {
    said.dataset.state = name;
    said.textContent = fill(words[name === "saved" && !values.time ? "unsaved" : name], values);
    if (name === "signed_out" || name === "another_person") {
      said.append(" ", el("a", { href: form.dataset.signIn, target: "_blank" }, words.sign_in));
    }
    editor.markUnsaved();
  },
  answer(answer) {
    Object.entries(answer.computed).forEach(([cell, text]) => {
      document.querySelectorAll(`[data-total="${cell}"]`).forEach((place) => { place.textContent = text; });
    });
    findings.update(answer);
    card.refresh();
  },
  values: takeValues,
  conflict(conflict) { findings.mark(); card.refresh(); tellConflicts(conflict); },
  settled,
});
const editor = new Editor(boxes, sync, new Follow(boxes, data), words, say);

// what others saved comes into the boxes that nobody here is typing into
function takeValues(answer, old, now) {
  let count = 0;
  const clashes = new Set(answer.conflicts.map((conflict) => conflict.address));
  Object.entries(answer.lines).forEach(([table, names]) => {
    names.forEach((name) => {
      if (!boxes.line(table, name) && !sync.pending.has(`r.${table}.${name}`)) boxes.addLine(table, name);
    });
    boxes.lines(table).filter((name) => !names.includes(name)).forEach((name) => {
      const own = (address) => address.startsWith(`l.${table}.${name}.`);
      if ([...old.keys()].some(own) && ![...sync.pending.keys(), ...clashes].some(own)) boxes.line(table, name).remove();
    });
  });
  new Set([...old.keys(), ...now.keys()]).forEach((address) => {
    const value = now.get(address) ?? "";
    if (value === (old.get(address) ?? "") || sync.pending.has(address) || sync.conflicts.has(address) || clashes.has(address)) return;
    if (keys.box && keys.box.name === address && keys.mode !== "walk") return;
    if (boxes.put(address, value)) {
      count += 1;
      boxes.get(address).classList.add("came");
    }
  });
  if (count) say(fill(words.merged, { count }));
  editor.refollow();
}

function tellConflicts(conflict) {
  const count = sync.conflicts.size;
  if (conflict && conflict.address.startsWith("r.")) {
    alertBox.replaceChildren(`${words.line_changed} `,
      button(words.drop_line, () => sync.settle(conflict.address, null)),
      button(words.keep_theirs, () => sync.settle(conflict.address)));
  } else if (count) alertBox.replaceChildren(fill(words.conflict, { count }), " ", button("F8", () => next(1)));
  alertBox.hidden = !count;
}

function settled(address, conflict) {
  const [kind, table, line] = address.split(".");
  const mine = sync.pending.get(address);
  const row = line && boxes.line(table, line);
  if (kind === "r") {
    if (mine && row) row.remove();
  } else if (conflict.why === "gone") {
    if (mine && row) Object.entries(boxes.texts(row)).forEach(([column, text]) => {
      const own = `l.${table}.${line}.${column}`;
      sync.pending.delete(own);
      sync.base.delete(own);
      sync.note(own, text, true);
    });
    else if (row) row.remove();
  } else if (!mine) boxes.put(address, conflict.theirs || "");
  findings.mark();
  tellConflicts();
  editor.markUnsaved();
  editor.refollow();
  card.refresh();
}

// keys ----------------------------------------------------------------------
const keys = new Keys(boxes, {
  begin(box) { editor.begin(box); card.show(box); },
  end() { editor.commit(); },
  escape() { editor.escape(); },
  clear(chosen) { editor.clear(chosen); return true; },
  chosen(rows, columns) { say(fill(words.selected, { rows, columns })); },
  undo: () => editor.undo(),
  redo: () => editor.redo(),
  save() { editor.commit(); sync.wake(); return true; },
  keys() { document.getElementById("sheet-keys").showModal(); return true; },
  next: (by) => next(by),
  take(box) {
    const item = findings.of(box.name).map((each) => each.querySelector("[data-take]")).find(Boolean);
    if (box.classList.contains("prefilled")) confirmCells([box.name.slice(2)]);
    else if (item && boxes.isOpen(box)) editor.change([{ box, text: item.dataset.value }]);
    return true;
  },
  last(box) {
    const values = card.values(box);
    const last = values && values[values.length - 1];
    const text = typeof last === "number" ? String(last) : box.dataset.last;
    if (text && boxes.isOpen(box)) editor.change([{ box, text }]);
    return true;
  },
  explain(box) {
    card.show(box);
    card.node.querySelector("textarea, button")?.focus();
    return true;
  },
  removeLine(box) {
    const row = box.closest("tr[data-line]");
    if (!row || !row.querySelector("[data-remove-line]")) return false;
    editor.takeLine(row);
    return true;
  },
});
editor.keys = keys;

// F8: what was sent back, what was found, what is in conflict
function next(by) {
  const all = boxes.rows().flatMap((row) => [...row.columns.values()]);
  const shut = form.querySelector("[data-shut]");
  const look = all.filter((box) => box.matches(".bad, .look, .clash, .prefilled") || (shut && boxes.isOpen(box)));
  if (!look.length) { say(words.no_more); return true; }
  const here = all.indexOf(keys.box || card.box);
  const order = by > 0 ? look : look.slice().reverse();
  const beyond = (box) => (by > 0 ? all.indexOf(box) > here : here >= 0 && all.indexOf(box) < here);
  const box = order.find(beyond) || order[0];
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: "center", inline: "nearest" });
  return true;
}

function confirmCells(cells) {
  cells.forEach((cell) => {
    const box = boxes.get(`c.${cell}`);
    sync.note(`k.${cell}`, "1", true);
    box?.classList.remove("prefilled");
    box?.closest("td").querySelector(".cell-note")?.remove();
  });
  card.refresh();
}

function take(address, value) {
  const box = boxes.get(address);
  if (!box) return;
  editor.change([{ box, text: value }]);
  box.focus();
}

const findings = new Findings(boxes, sync, words, { take, confirm: confirmCells });
const card = new Card(boxes, findings, sync, data, {
  take,
  confirm: confirmCells,
  settle(address, mine) { sync.settle(address, mine); boxes.get(address)?.focus(); },
  explain(key, text) {
    const box = boxes.get(`e.${key}`);
    if (box) box.value = text;
    sync.note(`e.${key}`, text);
  },
  back: (box) => box.focus(),
});

// typing, clipboard, buttons --------------------------------------------------
const isExplanation = (node) => Boolean(node.name && node.name.startsWith("e."));
form.addEventListener("input", (event) => {
  if (event.target.matches("[data-box]")) editor.typed(event.target);
  else if (isExplanation(event.target)) sync.note(event.target.name, event.target.value);
});
form.addEventListener("change", (event) => {
  if (event.target.matches("select[data-box]")) {
    editor.typed(event.target);
    editor.commit();
  } else if (isExplanation(event.target)) sync.note(event.target.name, event.target.value, true);
  else if (event.target.dataset.explain) sync.schedule(100);
});
form.addEventListener("paste", (event) => editor.paste(event));
form.addEventListener("copy", (event) => editor.copy(event, false));
form.addEventListener("cut", (event) => editor.copy(event, true));
form.addEventListener("mousedown", (event) => {
  // a button in a box or of the tools leaves the focus where it is
  if (event.target.closest(".cell-note button, [data-tool]")) event.preventDefault();
});
form.addEventListener("click", (event) => {
  const hit = (selector) => event.target.closest(selector);
  if (hit("[data-add-line]")) {
    editor.commit();
    const row = editor.addLine(hit("[data-add-line]").dataset.addLine);
    editor.commit();
    row?.querySelector("input").focus();
  } else if (hit("[data-remove-line]")) editor.takeLine(hit("tr[data-line]"));
  else if (hit("[data-take]")) take(Findings.address(hit("[data-take]").dataset.take), hit("[data-take]").dataset.value);
  else if (hit("[data-confirm]")) confirmCells([hit("[data-confirm]").dataset.confirm]);
  else if (hit("[data-confirm-all]")) confirmCells(Array.from(form.querySelectorAll("[data-box].prefilled"), (box) => box.name.slice(2)));
  else if (hit("[data-tool]")) keys.on[hit("[data-tool]").dataset.tool](1);
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  editor.commit();
  const done = await sync.flush();
  if (!done || sync.count()) {
    say(sync.conflicts.size ? fill(words.conflict, { count: sync.conflicts.size }) : words.submit_offline, "error");
    return;
  }
  const submit = document.getElementById("submit-form");
  submit.elements.namedItem("revision").value = sync.revision;
  submit.submit();
});
form.addEventListener("focusout", () => setTimeout(() => {
  if (matchMedia("(max-width: 980px)").matches && !form.contains(document.activeElement)) card.hide();
}));
window.addEventListener("beforeunload", (event) => {
  if (sync.pending.size && !sync.journal.works) event.preventDefault();
});

// start: what a closed page left on this device; totals and growth; the box that the address names
sync.adopt().forEach(({ value }, address) => {
  const [kind, table, name] = address.split(".");
  if (kind === "l" && !boxes.line(table, name)) boxes.addLine(table, name);
  if (kind === "r") boxes.line(table, name)?.remove();
  else boxes.put(address, value ?? "");
});
if (sync.pending.size) say(fill(words.adopted, { count: sync.pending.size }));
editor.refollow();
editor.markUnsaved();
findings.mark();
form.dataset.ready = "1";
const wanted = location.hash.slice(1) && document.getElementById(decodeURIComponent(location.hash.slice(1)));
if (wanted && wanted.matches("[data-box]")) {
  wanted.focus({ preventScroll: true });
  wanted.scrollIntoView({ block: "center" });
}
