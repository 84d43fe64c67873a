// Blocks as Excel copies them: tabs between columns, line breaks between rows, quotes around odd texts.
export function parseBlock(text) {
  const rows = [[]];
  let cell = "";
  let quoted = false;
  const plain = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < plain.length; at += 1) {
    const char = plain[at];
    if (quoted) {
      if (char !== '"') cell += char;
      else if (plain[at + 1] === '"') { cell += '"'; at += 1; } else quoted = false;
    } else if (char === '"' && cell === "") quoted = true;
    else if (char === "\t" || char === "\n") {
      rows[rows.length - 1].push(cell);
      cell = "";
      if (char === "\n") rows.push([]);
    } else cell += char;
  }
  rows[rows.length - 1].push(cell);
  return rows;
}

export function formatBlock(rows) {
  const quote = (text) => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map(quote).join("\t")).join("\n");
}

// where a block goes: [{box, text}] and the values that have no open box; lines are added as needed
export function layOut(block, start, boxes, addLine) {
  const { rows, index, column } = boxes.place(start);
  const table = rows[index].table;
  const puts = [];
  const left = [];
  block.forEach((texts, down) => {
    let row = rows[index + down];
    if (row && row.table !== table) row = undefined;
    if (!row && table.dataset.table && texts.some((text) => text.trim())) {
      const line = addLine(table.dataset.table);
      const columns = new Map();
      if (line) line.querySelectorAll("[data-box]").forEach((box) => columns.set(box.closest("td, th").cellIndex, box));
      if (line) row = { row: line, table, columns };
    }
    texts.forEach((text, right) => {
      const box = row && row.columns.get(column + right);
      if (box && boxes.isOpen(box)) puts.push({ box, text });
      else if (text.trim() && !(box && box.value === boxes.fitting(box, text))) left.push(text.trim());
    });
  });
  return { puts, left };
}
