// What the audits found: the list in the panel, and the marks and messages at the boxes.
import { button, el } from "./dom.js";
import { fill, group } from "./numbers.js";

export class Findings {
  constructor(boxes, sync, words, on) {
    this.boxes = boxes;
    this.sync = sync;
    this.words = words;
    this.on = on; // take(address, value), confirm(cells)
    this.list = document.querySelector("[data-findings]");
    this.html = new Map();
    this.conflicts = sync.conflicts;
    this.mark();
  }

  // the address of a place, such as "output" or "output_lines.k1311.output"
  static address(place) {
    return place.includes(".") ? `l.${place}` : `c.${place}`;
  }

  of(address) {
    return Array.from(this.list.children).filter((item) => Findings.address(item.dataset.cell) === address);
  }

  update(answer) {
    const old = new Map(Array.from(this.list.children, (item) => [`${item.dataset.finding}|${item.dataset.cell}`, item]));
    const next = answer.findings.map((finding) => {
      const id = `${finding.key}|${finding.place}`;
      const there = old.get(id);
      old.delete(id);
      if (there && (this.html.get(id) === finding.html || there.contains(document.activeElement))) {
        if (there.contains(document.activeElement)) there.querySelector("[data-text]").textContent = finding.text;
        return there;
      }
      if (there) there.remove();
      this.html.set(id, finding.html);
      const holder = document.createElement("ul");
      holder.innerHTML = finding.html;
      const item = holder.firstElementChild;
      const box = item.querySelector("textarea");
      if (box) box.value = this.explanation(finding.key);
      return item;
    });
    old.forEach((item) => { if (!item.contains(document.activeElement)) item.remove(); });
    next.forEach((item, index) => {
      if (this.list.children[index] !== item) this.list.insertBefore(item, this.list.children[index] || null);
    });
    this.sayState(answer);
    this.mark();
  }

  explanation(key) {
    const address = `e.${key}`;
    return this.sync.pending.has(address) ? this.sync.pending.get(address).value : this.sync.known(address);
  }

  sayState(answer) {
    const state = document.getElementById("panel-state");
    const [name, count] = answer.blocking ? ["must_correct", answer.blocking]
      : answer.to_explain ? ["must_explain", answer.to_explain] : ["ready", 0];
    const icon = { must_correct: "circle-x", must_explain: "alert-triangle", ready: "circle-check" }[name];
    const use = state.querySelector("use");
    if (use) use.setAttribute("href", use.getAttribute("href").replace(/#.*$/, `#tabler-${icon}`));
    const text = fill(this.words[name], { count });
    if (state.lastChild.textContent.trim() !== text) {
      state.replaceChildren(...Array.from(state.children).slice(0, 1), text);
    }
    document.querySelector("[data-all-good]").hidden = answer.findings.length > 0;
    document.querySelector("[data-confirm-all]").hidden = !answer.to_confirm;
    this.ready = answer.ready;
    this.gate();
  }

  // the button that submits: nothing blocks, nothing waits to be decided
  gate() {
    const submit = document.querySelector("[data-submit]");
    if (this.ready === undefined) this.ready = submit.dataset.ready === "1";
    submit.disabled = !this.ready || this.conflicts.size > 0;
  }

  // marks at the boxes; one that is right already is left alone, so that nothing moves under the cursor
  mark() {
    const wanted = new Map();
    Array.from(this.list.children).forEach((item) => {
      const address = Findings.address(item.dataset.cell);
      const entry = wanted.get(address) || { level: "look", texts: [], suggestion: "", confirm: false };
      if (item.dataset.finding === "not_confirmed") entry.confirm = true;
      else {
        if (item.classList.contains("blocking")) entry.level = "bad";
        entry.texts.push(item.querySelector("[data-text]").textContent);
        const take = item.querySelector("[data-take]");
        if (take && !entry.suggestion) entry.suggestion = take.dataset.value;
      }
      wanted.set(address, entry);
    });
    this.boxes.form.querySelectorAll("[data-box]").forEach((box) => this.markBox(box, wanted.get(box.name)));
    this.gate();
  }

  markBox(box, entry) {
    const conflict = this.conflicts.get(box.name);
    const level = conflict ? "clash" : entry && entry.texts.length ? entry.level : "";
    ["bad", "look", "clash"].forEach((name) => box.classList.toggle(name, name === level));
    box.classList.toggle("prefilled", Boolean(entry && entry.confirm));
    if (level === "bad" || level === "clash") box.setAttribute("aria-invalid", "true");
    else box.removeAttribute("aria-invalid");
    const cell = box.closest("td, th");
    const old = cell.querySelector(".cell-note");
    const key = JSON.stringify([level, entry && entry.texts, entry && entry.suggestion, entry && entry.confirm, conflict && [conflict.theirs, conflict.mine]]);
    if (old && old.dataset.key === key) return;
    if (old) old.remove();
    box.removeAttribute("aria-describedby");
    if (!level && !(entry && entry.confirm)) return;
    const note = el("div", { class: `cell-note ${level}`, id: `note-${box.name}` });
    note.dataset.key = key;
    if (conflict) note.append(el("span", {}, this.clashText(conflict)));
    else if (entry.texts.length) {
      const more = entry.texts.length > 1 ? ` (+${entry.texts.length - 1})` : "";
      note.append(el("span", { title: entry.texts.join("\n") }, entry.texts[0] + more));
      if (entry.suggestion && this.boxes.isOpen(box)) {
        note.append(button(fill(this.words.use, { value: group(entry.suggestion) }), () => this.on.take(box.name, entry.suggestion), { class: "btn btn-sm use", tabindex: "-1" }));
      }
    } else if (entry.confirm) {
      note.append(button(this.words.confirm, () => this.on.confirm([box.name.slice(2)]), { class: "btn btn-sm use", tabindex: "-1", title: this.words.prefilled }));
    }
    cell.append(note);
    box.setAttribute("aria-describedby", note.id);
  }

  clashText(conflict) {
    const show = (value) => (value && typeof value === "string" ? group(value) : this.words.nothing);
    return fill(this.words[conflict.why], { mine: show(conflict.mine), theirs: show(conflict.theirs) });
  }
}
