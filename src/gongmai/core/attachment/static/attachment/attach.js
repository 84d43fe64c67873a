// Choosing, dropping and photographing files; without this the plain form works all the same.
const forms = (node) => node.closest("form[data-attach]");

function show(form) {
  const list = form.querySelector("[data-chosen]");
  const files = Array.from(form.querySelector("[data-choose]").files);
  list.replaceChildren(
    ...files.map((file) => {
      const item = document.createElement("li");
      item.textContent = `${file.name} · ${Math.max(1, Math.round(file.size / 1024))} KB`;
      return item;
    }),
  );
}

function put(form, added) {
  const box = form.querySelector("[data-choose]");
  const all = new DataTransfer();
  for (const file of [...box.files, ...added]) all.items.add(file);
  box.files = all.files;
  show(form);
}

document.addEventListener("change", (event) => {
  const form = forms(event.target);
  if (!form) return;
  if (event.target.matches("[data-camera]")) {
    put(form, event.target.files);
    event.target.value = "";
  } else if (event.target.matches("[data-choose]")) show(form);
});

for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (!zone || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => {
  const zone = event.target.closest?.("[data-drop]");
  if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  const zone = event.target.closest?.("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  zone.classList.remove("over");
  put(forms(zone), event.dataTransfer.files);
});

document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.querySelector?.("[data-progress]");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = Math.round((100 * event.detail.loaded) / event.detail.total);
});
