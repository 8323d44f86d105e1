/* The command palette: Ctrl+K, by the place of the key, opens the list of all pages in a dialog. The
   list comes from its own page, which is the map of the site without a script. */

const link = document.querySelector("[data-palette]");
let dialog;

function visible() {
  return [...dialog.querySelectorAll("li:not([hidden]) > a")];
}

/* Shows what holds every word that was typed. */
function filter(text) {
  const words = text.toLowerCase().split(/\s+/);
  for (const item of dialog.querySelectorAll("li")) {
    const label = item.textContent.toLowerCase();
    item.hidden = !words.every((word) => label.includes(word));
  }
  dialog.querySelector("[role=status]").textContent = visible().length ? "" : link.dataset.nothing;
}

function move(step) {
  const all = [dialog.querySelector("input"), ...visible()];
  const here = all.indexOf(document.activeElement);
  all[(here + step + all.length) % all.length].focus();
}

function build(list) {
  dialog = document.createElement("dialog");
  dialog.className = "palette card";
  dialog.ariaLabel = link.textContent.trim();
  dialog.innerHTML = '<input type="search" autocomplete="off"><p class="muted small" role="status"></p>';
  const input = dialog.querySelector("input");
  input.placeholder = input.ariaLabel = link.dataset.prompt;
  list.removeAttribute("id");
  dialog.append(list);
  document.body.append(dialog);
  input.addEventListener("input", () => filter(input.value));
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.code];
    if (step) move(step);
    else if (event.key === "Enter" && event.target === input) visible()[0]?.click();
    else return;
    event.preventDefault();
  });
  // A click on what is around it.
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}

async function open() {
  if (!dialog) {
    const answer = await fetch(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    build(document.adoptNode(page.getElementById("places")));
  }
  const input = dialog.querySelector("input");
  if (!dialog.open) dialog.showModal();
  input.value = "";
  filter("");
  input.focus();
}

addEventListener("keydown", (event) => {
  const asked = event.code === "KeyK" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  if (!asked || event.repeat || document.documentElement.dataset.hotkeys === "off") return;
  event.preventDefault();
  open().catch(() => location.assign(link.href));
});
