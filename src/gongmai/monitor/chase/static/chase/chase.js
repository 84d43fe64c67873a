// The box in the head of the list ticks and unticks all of the page.
document.addEventListener("change", (event) => {
  const head = event.target.closest("[data-choose-all]");
  if (!head) return;
  for (const box of head.closest("form").querySelectorAll("tbody input[name=return]")) box.checked = head.checked;
});
