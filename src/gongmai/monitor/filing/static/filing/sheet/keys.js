// Moving about, choosing and writing with the keyboard and the pointer, as in a spreadsheet.
// A box is walked over ("walk": arrows move), typed over ("type": arrows end it), or written in ("write").
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class Keys {
  constructor(boxes, on) {
    this.boxes = boxes;
    this.on = on; // begin(box), end(box), escape(box), clear(boxes), chosen(rows, columns), tools by name
    this.box = null;
    this.mode = "walk";
    this.anchor = null;
    this.head = null;
    const form = boxes.form;
    form.addEventListener("focusin", (event) => this.enter(event.target));
    form.addEventListener("focusout", (event) => this.leave(event.target));
    form.addEventListener("beforeinput", (event) => this.beforeInput(event), true);
    form.addEventListener("keydown", (event) => this.key(event));
    form.addEventListener("pointerdown", (event) => this.press(event));
    form.addEventListener("pointerover", (event) => this.drag(event));
    form.addEventListener("click", (event) => this.click(event));
    form.addEventListener("dblclick", (event) => { if (isBox(event.target)) this.setMode("write"); });
    window.addEventListener("pointerup", () => { this.dragging = false; });
  }

  enter(box) {
    if (!isBox(box)) return;
    this.box = box;
    this.anchor = null;
    this.head = null;
    this.setMode(box.matches("textarea") ? "write" : "walk");
    if (box.matches("input")) box.select();
    this.paint();
    this.on.begin(box);
  }

  leave(box) {
    if (!isBox(box)) return;
    this.on.end(box);
    this.setMode("walk");
    this.box = null;
    this.head = null;
    this.paint();
  }

  setMode(mode) {
    this.mode = mode;
    if (this.box) this.box.dataset.mode = mode;
  }

  beforeInput(event) {
    if (!isBox(event.target)) return;
    if (this.mode === "walk") this.setMode("type");
    if (this.head) this.single();
  }

  // only the box at hand is chosen
  single() {
    this.anchor = null;
    this.head = null;
    this.paint();
  }

  press(event) {
    const box = isBox(event.target) ? event.target : null;
    if (!box || event.button) return;
    if (event.shiftKey && this.box && box !== this.box) {
      event.preventDefault();
      this.choose(box);
    } else if (box === this.box && this.mode !== "write") {
      this.setMode("write");
      this.fresh = false;
    } else if (box !== this.box) {
      this.fresh = true;
      this.dragging = event.pointerType === "mouse";
    }
  }

  click(event) {
    if (isBox(event.target) && this.fresh && event.target.matches("input")) event.target.select();
    this.fresh = false;
  }

  drag(event) {
    if (!this.dragging || !event.buttons || !this.box || !isBox(event.target) || event.target === this.box) return;
    if (event.target.closest("table") === this.box.closest("table")) this.choose(event.target);
  }

  // choosing ------------------------------------------------------------
  choose(box) {
    const { rows, index, column } = this.boxes.place(box);
    if (rows[index].table !== this.box.closest("table")) return;
    this.head = { row: rows[index].row, column };
    this.paint();
    window.getSelection().removeAllRanges();
    const block = this.block();
    this.on.chosen(block.length, block[0].length);
  }

  // the chosen boxes as rows of columns; a hole is null
  block() {
    const { rows, index, column } = this.boxes.place(this.box);
    const from = this.anchor && this.head ? this.anchor : { row: rows[index].row, column };
    const to = this.head || from;
    const [one, other] = [from, to].map((corner) => rows.findIndex((row) => row.row === corner.row));
    const [top, bottom] = [Math.min(one, other), Math.max(one, other)];
    const [left, right] = [Math.min(from.column, to.column), Math.max(from.column, to.column)];
    return rows.slice(top, bottom + 1).map((row) => {
      const found = [];
      for (let at = left; at <= right; at += 1) found.push(row.columns.get(at) || null);
      return found;
    });
  }

  paint() {
    document.querySelectorAll(".chosen").forEach((cell) => cell.classList.remove("chosen"));
    if (this.box && this.head) {
      this.block().flat().forEach((box) => { if (box) box.closest("td, th").classList.add("chosen"); });
    }
  }

  extend(by) {
    const { rows, index, column } = this.boxes.place(this.box);
    const table = rows[index].table;
    const own = rows.filter((row) => row.table === table);
    const width = Math.max(...own.flatMap((row) => [...row.columns.keys()]));
    const low = Math.min(...own.flatMap((row) => [...row.columns.keys()]));
    const from = this.head || { row: rows[index].row, column };
    const at = own.findIndex((row) => row.row === from.row);
    const down = Math.max(0, Math.min(own.length - 1, at + by[0]));
    this.head = { row: own[down].row, column: Math.max(low, Math.min(width, from.column + by[1])) };
    this.paint();
    const block = this.block();
    this.on.chosen(block.length, block[0].length);
  }

  chooseTable() {
    const own = this.boxes.rows().filter((row) => row.table === this.box.closest("table"));
    const columns = own.flatMap((row) => [...row.columns.keys()]);
    this.anchor = { row: own[0].row, column: Math.min(...columns) };
    this.head = { row: own[own.length - 1].row, column: Math.max(...columns) };
    this.paint();
    this.on.chosen(own.length, Math.max(...columns) - Math.min(...columns) + 1);
  }

  // moving --------------------------------------------------------------
  go(box) {
    if (!box) return false;
    if (box !== this.box) box.focus({ preventScroll: true });
    else { this.on.end(box); this.enter(box); }
    box.scrollIntoView({ block: "nearest", inline: "nearest" });
    return true;
  }

  step([down, right]) {
    const { rows, index, column } = this.boxes.place(this.box);
    if (right) {
      const columns = [...rows[index].columns.keys()].sort((one, two) => one - two);
      return this.go(rows[index].columns.get(columns[columns.indexOf(column) + right]));
    }
    for (let at = index + down; at >= 0 && at < rows.length; at += down) {
      const box = nearest(rows[at], column, rows[at].table === rows[index].table);
      if (box) return this.go(box);
    }
    return false;
  }

  // Tab: the next open box in reading order
  tab(by) {
    const open = this.boxes.rows().flatMap((row) => [...row.columns.values()])
      .filter((box) => this.boxes.isOpen(box) || box === this.box);
    return this.go(open[open.indexOf(this.box) + by]);
  }

  // Enter: the next open box below, or above
  down(by) {
    const { rows, index, column } = this.boxes.place(this.box);
    for (let at = index + by; at >= 0 && at < rows.length; at += by) {
      const box = nearest(rows[at], column, rows[at].table === rows[index].table);
      if (box && this.boxes.isOpen(box)) return this.go(box);
    }
    this.on.end(this.box);
    this.enter(this.box);
    return false;
  }

  // Ctrl+arrow: to the edge of filled boxes
  jump([down, right]) {
    const { rows, index, column } = this.boxes.place(this.box);
    const line = right
      ? [...rows[index].columns.entries()].sort(([one], [two]) => one - two).map(([, box]) => box)
      : rows.map((row) => nearest(row, column, row.table === rows[index].table)).filter(Boolean);
    const by = down + right;
    let at = line.indexOf(this.box);
    const filled = (place) => line[place] && line[place].value !== "";
    if (filled(at) && filled(at + by)) while (filled(at + by)) at += by;
    else {
      do at += by; while (line[at] && !filled(at));
      if (!line[at]) at = by > 0 ? line.length - 1 : 0;
    }
    return this.go(line[at]);
  }

  end(last, whole) {
    const { rows, index } = this.boxes.place(this.box);
    const row = rows[whole ? (last ? rows.length - 1 : 0) : index];
    const columns = [...row.columns.keys()];
    return this.go(row.columns.get(last ? Math.max(...columns) : Math.min(...columns)));
  }

  // keys ----------------------------------------------------------------
  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const box = isBox(event.target) ? event.target : null;
    if (this.tool(event, box) || (box && this.boxKey(event, box))) event.preventDefault();
  }

  // keys that hold wherever the focus is in the sheet
  tool(event, box) {
    const control = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    if (event.key === "F8") return this.on.next(event.shiftKey ? -1 : 1);
    if (event.key === "F1") return this.on.keys();
    if (control && letter === "s") return this.on.save();
    if (control && letter === "z" && (!box || this.mode === "walk")) return event.shiftKey ? this.on.redo() : this.on.undo();
    if (control && letter === "y" && (!box || this.mode === "walk")) return this.on.redo();
    return false;
  }

  boxKey(event, box) {
    const control = event.ctrlKey || event.metaKey;
    const writing = this.mode === "write";
    const arrow = ARROWS[event.key];
    if (event.altKey) return this.altKey(event, box);
    if (control && event.key === "-" && !writing) return this.on.removeLine(box);
    if (control && event.key.toLowerCase() === "a" && !writing) { this.chooseTable(); return true; }
    if (event.key === "Tab") return this.tab(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") return this.escape(box);
    if (event.key === "Enter") {
      if (box.matches("textarea") && !control) return false;
      this.down(event.shiftKey ? -1 : 1);
      return true;
    }
    if (event.key === "F2") return this.write(box);
    if (arrow && this.mayMove(box, event.key)) {
      if (event.shiftKey && !writing) this.extend(arrow);
      else if (control) this.jump(arrow);
      else this.step(arrow);
      return true;
    }
    if (writing) return false;
    if (event.key === "Home" || event.key === "End") return this.end(event.key === "End", control);
    if (this.mode === "walk" && event.key === "Delete") return this.on.clear(this.block().flat().filter(Boolean));
    return false;
  }

  altKey(event, box) {
    if (event.key === "Enter") return this.on.take(box);
    if (event.code === "KeyL") return this.on.last(box);
    if (event.key === "ArrowDown") return this.on.explain(box);
    return false;
  }

  // whether an arrow moves to another box: not inside a text, a list of entries, or an open choice
  mayMove(box, key) {
    if (this.mode === "write") {
      if (!box.matches("textarea")) return false;
      return (key === "ArrowUp" && box.selectionEnd === 0)
        || (key === "ArrowDown" && box.selectionStart === box.value.length);
    }
    return !(this.mode === "type" && box.matches("[list]") && (key === "ArrowUp" || key === "ArrowDown"));
  }

  write(box) {
    if (box.matches("select") || !this.boxes.isOpen(box)) return true;
    this.single();
    this.setMode("write");
    box.setSelectionRange(box.value.length, box.value.length);
    return true;
  }

  escape(box) {
    if (this.head) { this.single(); return true; }
    this.on.escape(box);
    this.setMode(box.matches("textarea") ? "write" : "walk");
    if (box.matches("input")) box.select();
    return true;
  }
}

function isBox(node) {
  return node instanceof Element && node.matches("[data-box]");
}

function nearest(row, column, sameTable) {
  const columns = [...row.columns.keys()];
  if (row.columns.has(column)) return row.columns.get(column);
  if (sameTable && columns.length > 1) return null;
  return row.columns.get(columns.reduce((one, two) => (Math.abs(two - column) < Math.abs(one - column) ? two : one)));
}
