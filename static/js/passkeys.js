/* Passkeys: a button [data-passkey="create" or "get"] asks the browser, puts its answer into the
   field [data-passkey-field] of its form and sends the form. The button shows only where the browser
   can do it; what else the form offers works without. */

const able = globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON;

async function ask(button) {
  const options = JSON.parse(button.dataset.passkeyOptions);
  if (button.dataset.passkey === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

async function use(button) {
  const { form } = button;
  const error = form.querySelector("[data-passkey-error]");
  error.hidden = true;
  button.disabled = true;
  try {
    const credential = await ask(button);
    form.elements[button.dataset.passkeyField].value = JSON.stringify(credential);
    form.requestSubmit();
  } catch {
    error.hidden = false;
  } finally {
    button.disabled = false;
  }
}

for (const button of document.querySelectorAll("button[data-passkey]")) {
  if (!able) {
    button.form.querySelector("[data-passkey-error]").hidden = false;
    continue;
  }
  button.hidden = false;
  button.addEventListener("click", () => use(button));
}
