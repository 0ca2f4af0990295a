/* The palette (Ctrl K): every view, page, workspace and conversation, and whatever can be done here, by typing a few
   letters. It knows no address and does nothing itself: it reads the page's own links and presses the page's own keys. */
(() => {
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const dialog = $("#palette");
if (!dialog) return;
const input = $("input", dialog), list = $("ul", dialog), said = $("[role=status]", dialog);
const MOST = 9, LEADS = 5;
let shown = [], at = 0, leads = [], asked = "", timer = 0;

const textOf = (node) => (node ? node.textContent.trim() : "");
const isThere = (node) => Boolean(node) && !node.disabled && node.checkVisibility();
const iconOf = (node) => $("use", node)?.getAttribute("href") || "#i-right";

/* ── What there is ──────────────────────────────────────────────────────── */

/* A key of app.js: pressed as if by hand, so that there is one way to do a thing. */
const press = (key) => () => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const follow = (link) => () => link.click();

function deeds() {
  const name = textOf($("#conversation .bar-title")), draft = $("#composer[data-draft-id]:not([data-ended])");
  const submit = $("#composer .composer-foot [type=submit]");
  return [
    [draft && isThere(submit), "Approve and send the draft", "#i-send", "a", "ok yes"],
    [isThere($("#text")), `Write to ${name}`, "#i-pen", "r", "write reply answer edit"],
    [isThere($("#done")), `Mark ${name} done`, "#i-check", "d", "done archive close"],
    [isThere($("#reopen")), `Reopen ${name}`, "#i-undo", "d", "reopen needs reply"],
    [isThere($(".again-menu")), draft ? "Regenerate the draft" : "Have a draft written", "#i-spark", "g", "again rewrite ai"],
    [isThere($(".reject-menu")), "Reject the draft", "#i-x", "x", "discard no"],
    [isThere($("#toasts [data-undo], #items .is-queued .delivery button")), "Undo the send", "#i-undo", "z", "take back"],
    [isThere($(".assign-menu")), `Assign ${name} …`, "#i-userplus", "m", "assign give owner"],
    [isThere($(".to-lead")), "Lead details", "#i-panel", "i", "facts memory"],
    [isThere($("#q")), "Search this list", "#i-search", "/", "find"],
    [isThere($(".filter-menu")), "Filter this list", "#i-filter", "f", "channel status unread"],
    [$("#keys"), "All keys", "#i-keys", "?", "help shortcuts"],
  ].filter(([is]) => is).map(([, text, icon, key, also]) => ({
    // Found by what it does; a name typed means the conversation of that name.
    text, icon, key: key.toUpperCase(), words: `${text.replace(name, "")} ${also}`, run: press(key),
  }));
}

function places() {
  const views = $$("#views a").map((link) => ({ text: textOf($("span", link)), icon: iconOf(link), hint: textOf($(".count", link)) || "View", run: follow(link) }));
  const pages = $$(".pages a").map((link) => ({ text: textOf($("span", link)), icon: iconOf(link), hint: "Page", run: follow(link) }));
  const sections = $$("#tabs a, .set-nav a").map((link) => ({ text: `Settings: ${textOf(link)}`, icon: "#i-sliders", hint: "Settings", run: follow(link) }));
  const own = $$(".me-menu .menu-in li a").map((link) => ({ text: textOf(link), icon: iconOf(link), hint: "You", run: follow(link) }));
  const themes = $$(".me-menu .themes button").map((button) => ({ text: `Colours: ${textOf(button)}`, icon: iconOf(button), hint: "You", run: follow(button) }));
  const spaces = $$("#workspaces a:not([aria-current])").map((link) => ({ text: textOf($(".cut", link)), icon: "#i-updown", hint: "Workspace", run: follow(link) }));
  return [...views, ...pages, ...sections, ...spaces, ...own, ...themes];
}

/* Conversations: asked of the list's own search, as more rows. */
async function askForLeads(word) {
  asked = word;
  const address = `${dialog.dataset.find}&q=${encodeURIComponent(word)}`;
  let html = "";
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Target": "more" }, cache: "no-store" });
    if (answer.ok && !answer.redirected) html = await answer.text();
  } catch { return; } // away for a moment: everything else still works
  if (asked !== word) return;
  const found = new DOMParser().parseFromString(html, "text/html");
  leads = $$(".row > a", found).slice(0, LEADS).map((link) => {
    const here = document.getElementById(link.parentElement.id);
    const company = textOf($(".row-who .cut", link));
    return {
      text: textOf($("b", link)) + (company ? `, ${company}` : ""), icon: iconOf(link), hint: textOf($("time", link)),
      run: () => (here ? $("a", here).click() : location.assign(link.getAttribute("href"))),
    };
  });
  draw();
}

/* ── Choosing ───────────────────────────────────────────────────────────── */

/* Every word has to be there; what begins with the first one stands before what only holds it. */
function rank(text, words) {
  const low = text.toLowerCase();
  if (!words.every((word) => low.includes(word))) return 0;
  if (low.startsWith(words[0])) return 3;
  return low.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(words[0])) ? 2 : 1;
}

function draw() {
  const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const all = [...deeds(), ...places()];
  const fitting = words.length
    ? all.map((one) => [rank(one.words || one.text, words), one]).filter(([points]) => points).sort((a, b) => b[0] - a[0]).map(([, one]) => one)
    : all;
  shown = words.length ? [...fitting.slice(0, MOST - Math.min(leads.length, 3)), ...leads] : fitting.slice(0, MOST);
  at = Math.min(at, Math.max(shown.length - 1, 0));
  list.replaceChildren(...shown.map((one, index) => {
    const item = document.createElement("li");
    item.id = `palette-${index}`;
    item.setAttribute("role", "option");
    item.dataset.index = index;
    item.innerHTML = `<svg class="i" aria-hidden="true"><use/></svg><span class="cut"></span>${one.key ? "<kbd></kbd>" : "<small></small>"}`;
    $("use", item).setAttribute("href", one.icon);
    $("span", item).textContent = one.text;
    $("small, kbd", item).textContent = one.key || one.hint;
    return item;
  }));
  said.textContent = shown.length ? "" : "Nothing of that name.";
  input.setAttribute("aria-expanded", String(shown.length > 0));
  mark();
}

function mark() {
  for (const item of list.children) item.setAttribute("aria-selected", String(Number(item.dataset.index) === at));
  if (shown.length) input.setAttribute("aria-activedescendant", `palette-${at}`); else input.removeAttribute("aria-activedescendant");
  list.children[at]?.scrollIntoView({ block: "nearest" });
}

function run(index) {
  const one = shown[index];
  if (!one) return;
  close();
  one.run();
}

/* ── Opening and closing ────────────────────────────────────────────────── */

function open() {
  if ($("dialog[open]")) return;
  for (const menu of $$("details.menu[open]")) menu.open = false;
  input.value = "";
  leads = []; asked = ""; at = 0;
  dialog.showModal();
  draw();
}

function close() {
  clearTimeout(timer);
  asked = "";
  dialog.close();
}

input.addEventListener("input", () => {
  at = 0;
  const word = input.value.trim();
  clearTimeout(timer);
  if (word.length < 2) { leads = []; asked = ""; }
  else if (dialog.dataset.find) timer = setTimeout(askForLeads, 150, word);
  draw();
});

input.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by && shown.length) { at = (at + by + shown.length) % shown.length; mark(); event.preventDefault(); }
  else if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); run(at); }
});

list.addEventListener("click", (event) => {
  const item = event.target.closest("li");
  if (item) run(Number(item.dataset.index));
});
list.addEventListener("pointermove", (event) => {
  const item = event.target.closest("li");
  if (item && Number(item.dataset.index) !== at) { at = Number(item.dataset.index); mark(); }
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) close(); });

document.addEventListener("click", (event) => { if (event.target.closest?.("[data-show-palette]")) open(); });
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  if (dialog.open) close(); else open();
});
})();
