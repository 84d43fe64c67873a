// My tasks: which returns have entries on this device that were not sent yet.
import { countKept } from "./journal.js";
import { fill } from "./numbers.js";

document.querySelectorAll("[data-filing]").forEach((card) => {
  const count = countKept(card.dataset.person, card.dataset.filing);
  const note = card.querySelector("[data-kept]");
  if (!count || !note) return;
  note.textContent = fill(note.dataset.words, { count });
  note.hidden = false;
});
