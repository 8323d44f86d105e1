/* Progressive enhancement. Every act works as a plain form or link; this makes it quicker:
   [data-enhance][data-swap="id …"]  sent by fetch, the answer's elements replace their namesakes;
                                     on a form, a link, or one button of a form
   [data-live]                       an enhanced button that is pressed when a control of its form changes
   [data-autosubmit]                 a form that is sent when a control of it changes
   [data-quiet]                      … but not by this one: it goes along with whatever is sent next
   [data-hotkey="KeyS"]              the key (by its place, whatever the layout) presses the control
   [data-hotkey-twice]               … pressed once it only takes the focus, since nothing takes back what
                                     it does: a word typed beside its field must not do it
   [data-focus-key="…"]              finds the same control again after a swap
   Whatever fails here ends in what the browser would have done without it. */

const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const sending = new WeakMap();

function announce(text) {
  const region = byId("announcement");
  region.textContent = "";
  // A region that gets the same text twice is read once: empty it first, fill it a tick later.
  setTimeout(() => { region.textContent = text; }, 50);
}

const typing = (element) =>
  element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox], [type=radio])");

/* Focus */

const focusKeys = () => [...document.querySelectorAll("[data-focus-key]")];
const controls = (element) => [...(element?.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary") ?? [])];

/* Remembers the focused control and returns a function that focuses it again after a swap: by its
   id, by its key or, where it is gone, the next key of the list, by its place in what holds it. */
function rememberFocus() {
  const active = document.activeElement;
  if (!active || active === document.body) return () => {};
  const { id, dataset: { focusKey: key } } = active;
  const keys = focusKeys().map((element) => element.dataset.focusKey);
  const place = keys.indexOf(key);
  const order = key ? [key, ...keys.slice(place + 1), ...keys.slice(0, place).reverse()] : [];
  const holder = active.parentElement.closest("[id]");
  const index = controls(holder).indexOf(active);
  return () => {
    if (active.isConnected) return active.focus({ preventScroll: true });
    const now = new Map(focusKeys().map((element) => [element.dataset.focusKey, element]));
    const heir = (id && byId(id)) || now.get(order.find((name) => now.has(name)))
      || (holder && controls(byId(holder.id))[index]);
    (heir || byId("content")).focus({ preventScroll: Boolean(heir) });
  };
}

/* What was typed */

const isBox = (control) => control.type === "checkbox" || control.type === "radio";
const state = (control) => (isBox(control) ? control.checked : control.value);

/* Whether a control holds something else than the page came with. */
function isChanged(control) {
  if (isBox(control)) return control.checked !== control.defaultChecked;
  if (control.type === "file") return control.files.length > 0;
  if (control.type === "hidden" || control.type === "submit" || control.type === "button") return false;
  if (!control.options) return control.value !== control.defaultValue;
  const first = [...control.options].findIndex((option) => option.defaultSelected);
  return control.selectedIndex !== Math.max(first, 0);
}

/* The control of a page that is the same as `control` of another. */
function twin(control, page) {
  const where = (one) => one.form?.id || one.form?.getAttribute("action");
  return [...page.querySelectorAll(`[name="${CSS.escape(control.name)}"]`)].find(
    (one) => where(one) === where(control) && one.type === control.type && (!isBox(one) || one.value === control.value),
  );
}

/* Puts into the new elements the controls of the old ones that were changed since the page came or,
   of the form that was sent, since then: an answer to one form undoes nothing in another. */
function keepTyped(old, fresh, sent) {
  for (const control of old.querySelectorAll("input[name], select[name], textarea[name]")) {
    const kept = sent.has(control) ? state(control) !== sent.get(control) : isChanged(control);
    if (kept) twin(control, fresh)?.replaceWith(control);
  }
}

/* Swapping */

function openDetails() {
  return [...document.querySelectorAll("details[id][open]")].map((element) => element.id);
}

/* Replaces the named elements by those of the answer; one that the answer lacks goes away.
   False, and nothing done, where the answer holds none of them: it is another page. */
function swap(answer, ids, sent = new Map()) {
  const pairs = ids.map((id) => [byId(id), answer.getElementById(id)]);
  if (!pairs.some(([, fresh]) => fresh)) return false;
  const open = openDetails();
  for (const [old, fresh] of pairs) {
    if (!old || !fresh) old?.remove();
    else {
      keepTyped(old, fresh, sent);
      old.replaceWith(document.adoptNode(fresh));
    }
  }
  for (const id of open) byId(id)?.setAttribute("open", "");
  return true;
}

/* The first match of a selector inside the named elements. */
const inside = (ids, selector) => ids.map((id) => byId(id)?.querySelector(selector)).find(Boolean);

/* What the page tells on top: what has just happened. */
const told = () => [...byId("messages").querySelectorAll("[data-message] > p, [data-message] > div")]
  .map((element) => element.textContent.trim()).join(" ");

function show(answer, ids, requested, final, sent) {
  const restoreFocus = rememberFocus();
  const elsewhere = new URL(final).pathname !== new URL(requested).pathname
    && new URL(final).pathname !== location.pathname;
  const isOther = elsewhere || !swap(answer, ids, sent);
  const trouble = isOther && answer.getElementById("error-notice");
  if (trouble) {
    // Told here: the page of the error would take away all that stands and was typed on this one.
    byId("messages").replaceChildren(document.adoptNode(trouble.content));
  } else {
    if (isOther) {
      swap(answer, ["content", "navigation"], sent);
      scrollTo(0, 0);
    }
    swap(answer, ["messages"]);
    document.title = answer.title;
  }
  const first = trouble ? null : isOther ? document.querySelector("[data-focus-first]") : inside(ids, "[data-focus-first]");
  settle(ids, () => (first ? first.focus() : restoreFocus()));
}

/* Makes what has come usable, puts the focus and says what has changed. */
function settle(ids, putFocus) {
  const text = told();
  byId("messages").classList.toggle("messages--floating", text !== "");
  prepare();
  putFocus();
  const result = inside(ids, "[data-announce]") || document.querySelector("[data-announce]");
  announce(text || result?.textContent.trim() || document.title);
}

/* Sending */

const address = () => location.pathname + location.search;
// Of the page that is shown.
let shown = address();

async function send(source, request, ids) {
  sending.get(source)?.abort();
  const controller = new AbortController();
  sending.set(source, controller);
  source.setAttribute("aria-busy", "true");
  const form = source.form ?? source;
  const sent = new Map([...(form.elements ?? [])].map((control) => [control, state(control)]));
  try {
    const response = await fetch(request, { signal: controller.signal, credentials: "same-origin" });
    if (!(response.headers.get("Content-Type") || "").includes("text/html")) throw new Error("no page");
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    const final = response.url;
    if (final !== location.href && (request.method === "GET" || response.redirected)) {
      history.pushState({ ids: request.method === "GET" ? ids : ["content"] }, "", final);
      shown = address();
    }
    show(answer, ids, request.url, final, sent);
    return true;
  } catch (error) {
    // Aborted: a newer act of the same form is on its way.
    return error.name === "AbortError";
  } finally {
    if (sending.get(source) === controller) {
      sending.delete(source);
      source.removeAttribute("aria-busy");
    }
  }
}

const swapIds = (element) => (element.dataset.swap || "content").split(/\s+/);

function formRequest(form, submitter) {
  const attribute = (name) => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name);
  const url = new URL(attribute("action") || location.href, location.href);
  const data = new FormData(form, submitter);
  if ((attribute("method") || "get").toLowerCase() === "get") {
    // An address to keep and to send to others: without the filters that are not set.
    url.search = new URLSearchParams([...data].filter(([, value]) => value !== ""));
    return new Request(url);
  }
  const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
  return new Request(url, { method: "POST", body });
}

addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (form.method === "dialog" || form.target) return;
  const source = submitter?.hasAttribute("data-enhance") ? submitter : form;
  if (form.method === "post") {
    // Of two quick clicks one counts.
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "true";
  }
  if (!source.hasAttribute("data-enhance")) return;
  event.preventDefault();
  const done = await send(source, formRequest(form, submitter), swapIds(source));
  delete form.dataset.sent;
  if (done) return;
  source.removeAttribute("data-enhance");
  // In a task of its own: a browser ignores a submit within the submit it is still dispatching.
  setTimeout(() => form.requestSubmit(submitter));
});

addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-enhance]");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || link.origin !== location.origin) return;
  event.preventDefault();
  if (!(await send(link, new Request(link.href), swapIds(link)))) location.assign(link.href);
});

addEventListener("popstate", async (event) => {
  // A link within the page, such as one from an error to its field: there is nothing to fetch.
  if (address() === shown) return;
  shown = address();
  const known = event.state?.ids;
  if (known) {
    // The page that is left may have none of the parts that came with the one gone back to.
    const ids = known.every(byId) ? known : ["content", "navigation"];
    const response = await fetch(location.href).catch(() => null);
    const text = response?.ok ? await response.text() : "";
    const answer = new DOMParser().parseFromString(text, "text/html");
    const restoreFocus = rememberFocus();
    if (swap(answer, ids)) {
      swap(answer, ["messages"]);
      document.title = answer.title;
      return settle(ids, restoreFocus);
    }
  }
  location.reload();
});

function forgetSent() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
}

// The page was kept as it was left: nothing is on its way any more.
addEventListener("pageshow", forgetSent);

/* Leaving */

const isText = (control) =>
  control.matches("textarea, input:not([type=password], [type=search], [type=hidden])") && typing(control);

/* Whether a form would take something written with it: a text, or more than one line. What came back
   with errors is not saved either. */
function isUnsaved(form) {
  if (form.method !== "post" || form.dataset.sent || form.dataset.given) return false;
  if (form.hasAttribute("data-unsaved")) return true;
  const returned = byId("error-summary");
  const written = [...form.elements].filter(
    (control) => isText(control) && control.value && (returned || isChanged(control)),
  );
  return written.length > 1 || written.some((control) => control.matches("textarea"));
}

// «Cancel», the link among the buttons of a form, says already that what was typed may go.
addEventListener("click", (event) => {
  const form = event.target.closest(".form-actions a")?.closest("form");
  if (form) form.dataset.given = "up";
});
// Pages are not kept by the browser (Cache-Control: no-store): the way back would find the form empty.
addEventListener("beforeunload", (event) => {
  if (![...document.forms].some(isUnsaved)) return;
  event.preventDefault();
  // Whoever then stays has not sent the other form either.
  setTimeout(forgetSent);
});

/* Controls */

// At the window, by the control's own form: `change` of a control that is tied to a form by its
// `form` attribute does not pass through the form.
addEventListener("change", (event) => {
  const { form } = event.target;
  if (event.target.hasAttribute("data-quiet")) return;
  if (form?.hasAttribute("data-autosubmit")) form.requestSubmit();
  const live = form && document.querySelector(`[data-live][form="${CSS.escape(form.id)}"]`);
  // Without the way back to a plain submit: nobody has asked for another page.
  if (live) send(live, formRequest(form, live), swapIds(live));
});

addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest("[data-message]").remove();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

/* The control for a key: the one in the card that holds the focus, else the first of the page. */
function hotkeyTarget(code) {
  const all = [...document.querySelectorAll(`[data-hotkey="${CSS.escape(code)}"]`)];
  const scope = document.activeElement.closest("[data-hotkey-scope]");
  return all.find((element) => scope?.contains(element)) || all[0];
}

/* [data-hotkey-step="KeyJ KeyK"] on a list: to the next card and back. */
function step(code) {
  const list = document.querySelector(`[data-hotkey-step~="${CSS.escape(code)}"]`);
  if (!list) return false;
  const cards = [...list.querySelectorAll("[data-hotkey-scope]")];
  const here = cards.findIndex((card) => card.contains(document.activeElement));
  const forward = list.dataset.hotkeyStep.split(" ")[0] === code;
  const card = cards[here < 0 ? 0 : here + (forward ? 1 : -1)];
  card?.querySelector("a, button")?.focus();
  card?.scrollIntoView({ block: "nearest" });
  return Boolean(card);
}

addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
  if (root.dataset.hotkeys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
  // Behind an open dialog nothing can be pressed.
  if (event.repeat || typing(event.target) || document.querySelector("dialog[open]")) return;
  const target = hotkeyTarget(event.code);
  if (target) {
    event.preventDefault();
    const first = target.hasAttribute("data-hotkey-twice") && document.activeElement !== target;
    if (typing(target) || first) target.focus();
    else target.click();
  } else if (step(event.code)) event.preventDefault();
});

/* [data-check-all="case"] around a box: ticks all boxes of that name that can be ticked. */
addEventListener("change", (event) => {
  const name = event.target.closest("[data-check-all]")?.dataset.checkAll;
  if (!name) return;
  for (const box of document.querySelectorAll(`input[name="${CSS.escape(name)}"]:enabled`)) {
    box.checked = event.target.checked;
  }
});

/* [data-count="c"] says how many boxes of that name are ticked; what holds it goes while none is. */
function countTicks() {
  for (const number of document.querySelectorAll("[data-count]")) {
    const ticked = document.querySelectorAll(`input[name="${CSS.escape(number.dataset.count)}"]:checked`).length;
    number.textContent = ticked;
    number.parentElement.hidden = ticked === 0;
  }
}
addEventListener("change", countTicks);

/* What only a page with the script shows; again after every swap. */
function prepare() {
  countTicks();
  for (const all of document.querySelectorAll("[data-check-all]")) all.hidden = false;
  // A list that scrolls by itself shows the present item.
  for (const list of document.querySelectorAll("[data-keep-current]")) {
    const current = list.querySelector("[aria-current]");
    if (current && list.scrollHeight > list.clientHeight) {
      list.scrollTop = current.offsetTop - list.offsetTop - list.clientHeight / 3;
    }
  }
  for (const button of document.querySelectorAll("[data-dismiss]")) button.hidden = false;
}

// On a phone the sections and tabs scroll sideways: bring the present one into view.
for (const link of document.querySelectorAll(".navigation [aria-current], .tabs [aria-current]")) {
  const box = link.closest("nav");
  const { left, width } = link.getBoundingClientRect();
  box.scrollLeft += left + width / 2 - box.getBoundingClientRect().left - box.clientWidth / 2;
}

history.replaceState(history.state ?? { ids: ["content"] }, "");
prepare();
if (!location.hash) document.querySelector("[data-focus-first]")?.focus();
// Screen readers tell what changes in a region, not what a new page has come with.
if (told()) announce(told());
