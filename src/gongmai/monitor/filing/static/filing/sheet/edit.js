// Changing boxes: each typing, paste, clearing or change of lines is one step that can be undone.
import { formatBlock, layOut, parseBlock } from "./clipboard.js";
import { fill } from "./numbers.js";
import { Steps } from "./undo.js";

export class Editor {
  constructor(boxes, sync, follow, words, say) {
    Object.assign(this, { boxes, sync, follow, words, say });
    this.steps = new Steps();
    this.keys = null;
    // what stood in the boxes that the typing at hand has touched, and lines that came with it
    this.first = new Map();
    this.came = [];
    this.stood = new WeakMap();
  }

  begin(box) {
    this.stood.set(box, box.value);
    this.first = new Map();
  }

  before(address) {
    return this.first.has(address) ? this.first.get(address) : this.boxes.text(address);
  }

  refollow() {
    this.follow.addUp();
    this.follow.grow();
  }

  markUnsaved() {
    const { boxes, sync } = this;
    boxes.form.querySelectorAll(".unsaved").forEach((box) => { if (!sync.pending.has(box.name)) box.classList.remove("unsaved"); });
    sync.pending.forEach((entry, address) => { const box = boxes.get(address); if (box) box.classList.add("unsaved"); });
  }

  typed(box) {
    const { boxes, first } = this;
    box.classList.remove("came", "filled");
    if (!first.has(box.name)) first.set(box.name, this.stood.get(box) ?? "");
    this.follow.followers(box.name, (address) => this.before(address)).forEach(({ address, value }) => {
      if (!first.has(address)) first.set(address, boxes.text(address));
      if (boxes.put(address, value)) boxes.get(address).classList.add("filled");
      this.sync.note(address, boxes.text(address));
    });
    if (box.matches(".key")) boxes.nameEntry(box);
    this.sync.note(box.name, box.value);
    this.refollow();
    this.markUnsaved();
  }

  // the typing is over: one step that can be undone, and it is saved soon
  commit() {
    const { boxes } = this;
    const step = [...this.came];
    this.first.forEach((text, address) => {
      const box = boxes.get(address);
      if (!box) return;
      if (box.matches("[data-number], .key")) boxes.put(address, boxes.fitting(box, box.value));
      step.push({ address, before: text, after: box.value });
      this.stood.set(box, box.value);
      if (text !== box.value) this.sync.note(address, box.value, true);
    });
    this.steps.push(step);
    this.first = new Map();
    this.came = [];
    this.markUnsaved();
  }

  escape() {
    this.first.forEach((text, address) => {
      this.boxes.put(address, text);
      this.sync.note(address, text);
    });
    this.first = new Map();
    this.refollow();
    this.markUnsaved();
  }

  // several boxes at once, as one step
  change(puts) {
    const lines = this.came;
    this.came = [];
    this.commit();
    this.came = lines;
    puts.forEach(({ box, text }) => {
      this.stood.set(box, box.value);
      if (this.boxes.put(box.name, this.boxes.fitting(box, text))) this.typed(box);
    });
    this.commit();
    const box = this.keys && this.keys.box;
    if (box && box.matches("input") && this.keys.mode === "walk") box.select();
  }

  open(chosen) {
    return chosen.filter((box) => box && this.boxes.isOpen(box));
  }

  clear(chosen) {
    this.change(this.open(chosen).map((box) => ({ box, text: "" })));
  }

  // lines -----------------------------------------------------------------
  addLine(table) {
    const row = this.boxes.addLine(table);
    if (row) this.came.push({ line: [table, row.dataset.line], came: true, texts: {} });
    return row;
  }

  takeLine(row) {
    this.steps.push([this.removeLine(row)]);
  }

  removeLine(row) {
    const { boxes, sync } = this;
    const table = row.closest("table").dataset.table;
    const name = row.dataset.line;
    const prefix = `l.${table}.${name}.`;
    this.commit();
    const texts = boxes.texts(row);
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    [...sync.pending.keys()].filter((address) => address.startsWith(prefix))
      .forEach((address) => sync.forget(address, sync.pending.get(address).value));
    const seen = [...sync.base].filter(([address, text]) => address.startsWith(prefix) && text !== "");
    if (seen.length) {
      sync.base.set(`r.${table}.${name}`, Object.fromEntries(seen.map(([address, text]) => [address.slice(prefix.length), text])));
      sync.note(`r.${table}.${name}`, null, true);
    }
    this.refollow();
    if (next) next.querySelector("[data-box]").focus();
    return { line: [table, name], came: false, texts };
  }

  restoreLine(table, name, texts) {
    const { boxes, sync } = this;
    const row = boxes.line(table, name) || boxes.addLine(table, name);
    if (!row) return;
    if (sync.pending.has(`r.${table}.${name}`)) sync.forget(`r.${table}.${name}`, null);
    Object.entries(texts).forEach(([column, text]) => {
      boxes.put(`l.${table}.${name}.${column}`, text);
      sync.note(`l.${table}.${name}.${column}`, text, true);
    });
    row.querySelector("[data-box]").focus();
    this.refollow();
  }

  // undo and redo -----------------------------------------------------------
  undo() {
    this.commit();
    return this.replay(this.steps.undo(), this.words.undone);
  }

  redo() {
    this.commit();
    return this.replay(this.steps.redo(), this.words.redone);
  }

  replay(step, done) {
    const { boxes, sync } = this;
    if (!step) { this.say(this.words.none_undone); return true; }
    step.forEach((each) => {
      if (each.line) {
        const [table, name] = each.line;
        if (each.came) this.restoreLine(table, name, each.texts);
        else if (boxes.line(table, name)) this.removeLine(boxes.line(table, name));
        return;
      }
      boxes.put(each.address, each.after);
      sync.note(each.address, each.after, true);
    });
    const at = step.map((each) => each.address && boxes.get(each.address)).filter(Boolean).pop();
    if (at) {
      at.focus();
      this.begin(at);
      if (at.matches("input")) at.select();
    }
    this.refollow();
    this.markUnsaved();
    this.say(done);
    return true;
  }

  // clipboard ---------------------------------------------------------------
  paste(event) {
    const box = event.target;
    const text = event.clipboardData ? event.clipboardData.getData("text") : "";
    if (!box.matches("[data-box]") || !text) return;
    const isBlock = box.matches("input") && /[\t\n]/.test(text.trim());
    if (this.keys.mode !== "walk" && !isBlock) return;
    event.preventDefault();
    const block = parseBlock(text);
    const chosen = this.keys.block().flat().filter(Boolean);
    this.commit();
    if (block.length === 1 && block[0].length === 1 && chosen.length > 1) {
      this.change(this.open(chosen).map((each) => ({ box: each, text: block[0][0] })));
      return;
    }
    const { puts, left } = layOut(block, chosen[0] || box, this.boxes, (table) => this.addLine(table));
    this.change(puts);
    if (left.length) this.say(fill(this.words.skipped, { count: left.length, values: left.slice(0, 5).join(", ") }), "warning");
    else this.say(fill(this.words.pasted, { count: puts.length }));
  }

  copy(event, cut) {
    if (!event.target.matches("[data-box]") || this.keys.mode === "write") return;
    const block = this.keys.block();
    const chosen = block.flat().filter(Boolean);
    event.preventDefault();
    event.clipboardData.setData("text/plain", formatBlock(block.map((row) => row.map((box) => (box ? box.value : "")))));
    if (cut) this.clear(chosen);
    this.say(fill(this.words.copied, { count: chosen.length }));
  }
}
