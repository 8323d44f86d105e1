/* Completion of names in a list separated by commas or lines: [data-suggest="address"].
   Below the field stand buttons for the name that is being typed; the field itself works without. */

const PAUSE = 150;

/* The name around the caret: where it starts and ends, what is typed of it. */
function typed(field) {
  const caret = field.selectionStart;
  const start = Math.max(...[",", ";", "\n"].map((mark) => field.value.lastIndexOf(mark, caret - 1))) + 1;
  const rest = field.value.slice(caret).search(/[,;\n]/);
  const end = rest < 0 ? field.value.length : caret + rest;
  return { start, end, text: field.value.slice(start, caret).trim() };
}

function insert(field, name) {
  const { start, end } = typed(field);
  const before = field.value.slice(0, start);
  const after = field.value.slice(end).replace(/^[,;\s]+/, "");
  const space = before && !before.endsWith("\n") ? " " : "";
  const head = `${before}${space}${name}, `;
  field.value = head + after;
  field.setSelectionRange(head.length, head.length);
  field.focus();
}

function button(field, list, { name, other }) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button button--soft button--small";
  element.textContent = name === other ? name : `${name} · ${other}`;
  element.addEventListener("click", () => {
    insert(field, name);
    list.replaceChildren();
  });
  return element;
}

async function suggest(field, list) {
  const { text } = typed(field);
  const address = new URL(field.dataset.suggest, location.href);
  address.searchParams.set("q", text);
  let found = [];
  try {
    if (text.length > 1) found = await (await fetch(address)).json();
  } catch {
    // Without an answer the field is what it is without a script.
  }
  if (typed(field).text === text) list.replaceChildren(...found.map((skill) => button(field, list, skill)));
}

for (const field of document.querySelectorAll("textarea[data-suggest]")) {
  const list = document.createElement("div");
  list.className = "cluster field__suggestions";
  list.setAttribute("aria-live", "polite");
  field.after(list);
  let timer;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => suggest(field, list), PAUSE);
  });
}
