// Undo and redo: steps of changed boxes and of lines that came or went.
const LIMIT = 500;

export class Steps {
  constructor() {
    this.done = [];
    this.undone = [];
  }

  // a step is a list of {address, before, after} and {line: [table, name], came, texts}
  push(step) {
    const real = step.filter((each) => each.line || each.before !== each.after);
    if (!real.length) return;
    this.done.push(real);
    if (this.done.length > LIMIT) this.done.shift();
    this.undone = [];
  }

  undo() {
    const step = this.done.pop();
    if (!step) return null;
    this.undone.push(step);
    return step.slice().reverse().map((each) => (each.line
      ? { ...each, came: !each.came }
      : { address: each.address, before: each.after, after: each.before }));
  }

  redo() {
    const step = this.undone.pop();
    if (!step) return null;
    this.done.push(step);
    return step;
  }
}
