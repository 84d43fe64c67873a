// The boxes of the sheet: where each is, what stands in it, and the lines of the repeating tables.
import { tidy } from "./numbers.js";

const all = (selector, root) => Array.from(root.querySelectorAll(selector));
let added = 0;

export class Boxes {
  constructor(form) {
    this.form = form;
  }

  get(address) {
    const found = this.form.elements.namedItem(address);
    return found instanceof Element && !found.closest("#cell-card") ? found : null;
  }

  text(address) {
    const box = this.get(address);
    return box ? box.value : "";
  }

  // put a text into a box; true when it changed
  put(address, text) {
    const box = this.get(address);
    if (!box || box.value === text) return false;
    box.value = text;
    if (box.matches(".key")) this.nameEntry(box);
    return true;
  }

  isOpen(box) {
    return !box.readOnly && !box.disabled;
  }

  // rows of boxes in the order of the page; a row knows its table and the box at each column
  rows() {
    return all(".sheet-grid tbody tr", this.form).map((row) => {
      const columns = new Map();
      all("[data-box]", row).forEach((box) => columns.set(box.closest("td, th").cellIndex, box));
      return { row, table: row.closest("table"), columns };
    }).filter((row) => row.columns.size);
  }

  place(box) {
    const rows = this.rows();
    const index = rows.findIndex((row) => row.row === box.closest("tr"));
    return { rows, index, column: box.closest("td, th").cellIndex };
  }

  // lines ---------------------------------------------------------------
  tables() {
    return all("table[data-table]", this.form);
  }

  lines(code) {
    return all(`table[data-table="${code}"] tr[data-line]`, this.form).map((row) => row.dataset.line);
  }

  line(code, name) {
    return this.form.querySelector(`table[data-table="${code}"] tr[data-line="${CSS.escape(name)}"]`);
  }

  // names of added lines sort by the time at which they were made, as the server orders them
  newName() {
    added += 1;
    const tail = Math.floor(Math.random() * 1296).toString(36).padStart(2, "0");
    return `n${Date.now().toString(36)}${String(added % 1000).padStart(3, "0")}${tail}`;
  }

  addLine(code, name = this.newName(), before = null) {
    const blank = this.form.querySelector(`template[data-blank="${code}"]`);
    const body = this.form.querySelector(`table[data-table="${code}"] tbody`);
    if (!blank || !body) return null;
    const holder = document.createElement("tbody");
    holder.innerHTML = blank.innerHTML.replaceAll("__n__", name);
    const row = holder.querySelector("tr");
    body.insertBefore(row, before && before.isConnected ? before : null);
    return row;
  }

  // the texts of a line by column, empty ones left out
  texts(row) {
    const found = {};
    all("[data-box]", row).forEach((box) => {
      if (box.value !== "") found[box.name.split(".")[3]] = box.value;
    });
    return found;
  }

  nameEntry(box) {
    const words = box.parentElement.querySelector("small");
    const option = this.option(box, (each) => each.value === box.value.trim());
    if (words) words.textContent = option ? option.textContent : "";
  }

  option(box, fits) {
    const list = box.getAttribute("list") && document.getElementById(box.getAttribute("list"));
    return list ? Array.from(list.options).find(fits) : undefined;
  }

  // what a text becomes in a box: a plain number, the code of an entry that was pasted by its name
  fitting(box, text) {
    const trimmed = text.trim();
    if (box.matches("[data-number]")) {
      const plain = tidy(trimmed);
      return plain === null ? trimmed : plain;
    }
    if (box.matches(".key")) {
      const code = trimmed.normalize("NFKC").match(/^[\w-]+/);
      const option = this.option(box, (each) => each.value === trimmed)
        || this.option(box, (each) => each.textContent.trim() === trimmed || each.textContent.split(" (")[0] === trimmed)
        || (code && this.option(box, (each) => each.value === code[0]));
      return option ? option.value : trimmed;
    }
    if (box.matches("select")) {
      const option = Array.from(box.options).find((each) => each.value === trimmed || each.textContent === trimmed);
      return option ? option.value : box.value;
    }
    return text.replace(/\r\n?/g, "\n");
  }
}
