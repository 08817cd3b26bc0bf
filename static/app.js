// Small comforts. Every page works without this file.
"use strict";

// Times in the viewer's own way and zone, beside the words that the server wrote.
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) continue;
  // Some are by the clock that the person has chosen.
  if (time.dataset.own !== undefined) continue;
  time.title = full.format(at);
  if (time.dataset.full !== undefined) time.textContent = full.format(at);
}

// On a phone the row of sections is wider than the screen: where one is comes into view.
for (const here of document.querySelectorAll(".top nav [aria-current], .tabs [aria-current]")) {
  const row = here.parentElement;
  const right = here.getBoundingClientRect().right - row.getBoundingClientRect().left;
  if (right > row.clientWidth - 28) row.scrollLeft = right - row.clientWidth + 28;
}

// A picture that does not load makes room for the drawing behind it.
for (const image of document.querySelectorAll(".picture img")) {
  const hide = () => image.remove();
  image.addEventListener("error", hide);
  if (image.complete && image.naturalWidth === 0 && image.src) hide();
}

// Choosing an order is asking for it.
for (const select of document.querySelectorAll("select[data-submit]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// While somebody types, the field's list shows how the search may go on. Only the latest answer counts.
for (const input of document.querySelectorAll("input[data-suggest]")) {
  let waiting, asked;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const typed = input.value.trim();
      asked?.abort();
      if (typed.length < 2) return;
      asked = new AbortController();
      try {
        const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(typed)}`, { signal: asked.signal });
        if (!answer.ok) return;
        const { items } = await answer.json();
        input.list.replaceChildren(...items.map((text) => new Option("", text)));
      } catch { /* The search works without suggestions. */ }
    }, 150);
  });
}

// Empty fields make long addresses: they are left out.
for (const form of document.querySelectorAll("form[method=get]")) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    setTimeout(() => { for (const field of form.elements) field.disabled = false; });
  });
}

// A file may be dropped anywhere on its field; its name and size are shown at once.
for (const drop of document.querySelectorAll(".drop")) {
  const input = drop.querySelector("input[type=file]");
  const said = drop.querySelector("[data-file]");
  const limit = Number(drop.dataset.limit);
  const show = () => {
    const file = input.files[0];
    if (!file) return;
    const size = file.size < 1e6 ? `${Math.ceil(file.size / 1e3)} kB` : `${(file.size / 1e6).toFixed(1)} MB`;
    const fits = !limit || file.size <= limit;
    said.textContent = fits ? `${file.name}, ${size}` : `${file.name}, ${size}: larger than the limit`;
    drop.classList.toggle("bad", !fits);
    drop.classList.toggle("full", fits);
  };
  input.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; show(); }
  });
}

// A click copies what stands beside the button; without this file a click on the text selects it whole.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}

// A click elsewhere, or Escape, closes the menu.
for (const menu of document.querySelectorAll("details.menu")) {
  addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
  });
}

// The same for the choices beside an ad, which come and go.
addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("[data-choices][open]")) if (!open.contains(event.target)) open.open = false;
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("[data-choices][open]")) { open.open = false; open.querySelector("summary").focus(); }
});

// A long list can be narrowed by words: what has all of them stays.
for (const box of document.querySelectorAll("[data-filter]")) {
  const input = box.querySelector("input");
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of document.querySelectorAll(box.dataset.filter)) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
    }
    for (const group of document.querySelectorAll(box.dataset.filterGroup)) {
      group.hidden = words.length > 0 && !group.querySelector(`${box.dataset.filter}:not([hidden])`);
    }
  };
  input.addEventListener("input", show);
  box.hidden = false;
  if (input.value) show();
}

// An address that names something folded unfolds it.
const unfold = () => {
  const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!named || named.tagName !== "DETAILS") return;
  named.hidden = false;
  named.open = true;
  named.scrollIntoView();
};
addEventListener("hashchange", unfold);
unfold();

// What is under way is followed as it happens; when it is over, the page shows what came of it.
for (const part of document.querySelectorAll("[data-live]")) {
  const events = new EventSource(part.dataset.live);
  events.addEventListener("message", (event) => { part.innerHTML = event.data; });
  events.addEventListener("over", (event) => { part.innerHTML = event.data; events.close(); location.reload(); });
}

// What is said of an ad is sent beside the page, and the answer takes the place of the controls. Whatever goes wrong,
// the browser sends the form itself.
addEventListener("submit", async (event) => {
  const form = event.target;
  const box = form.closest("[data-watch]");
  if (!box || event.defaultPrevented) return;
  event.preventDefault();
  const sent = new URLSearchParams(new FormData(form, event.submitter));
  for (const button of box.querySelectorAll("button")) button.disabled = true;
  try {
    // The buttons are called "action", which hides the form's own property of that name.
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: sent, headers: { "X-Part": "1" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    const fresh = made.content.querySelector("[data-watch]");
    const card = box.closest("[data-watch-card]");
    const wasOpen = box.querySelector(".watch-terms[open]");
    box.replaceWith(fresh);
    if (wasOpen) fresh.querySelector(".watch-terms")?.setAttribute("open", "");
    if (card) card.dataset.state = fresh.dataset.state;
    (fresh.querySelector(".watch-said button") ?? fresh.querySelector("button"))?.focus({ preventScroll: true });
  } catch {
    for (const button of box.querySelectorAll("button")) button.disabled = false;
    // The button's own field goes along.
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: event.submitter?.name ?? "action", value: event.submitter?.value ?? "" });
    form.append(field);
    form.submit();
  }
});

// A form that was sent says so, and is not sent twice.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    const button = event.submitter ?? form.querySelector("button");
    if (!button || form.closest("[data-watch]")) return;
    setTimeout(() => { button.disabled = true; });
    if (button.dataset.busy) button.textContent = button.dataset.busy;
  });
}
// Coming back with the browser's back button, the page is as it was left: forms can be sent again.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const button of document.querySelectorAll("button:disabled")) button.disabled = false;
});

// The bookmarklet's catch stands behind the "#" of the address: it is taken off there and sent on to be looked at.
for (const form of document.querySelectorAll("form[data-gathered]")) {
  if (!location.hash.startsWith("#d=")) break;
  try {
    form.elements.data.value = decodeURIComponent(location.hash.slice(3));
    history.replaceState(null, "", location.pathname);
    form.requestSubmit();
  } catch { /* A cut address: the page stays as it is. */ }
}

// The bookmarklet is for dragging; clicked here it would capture this page.
for (const link of document.querySelectorAll("a[data-drag]")) link.addEventListener("click", (event) => event.preventDefault());
