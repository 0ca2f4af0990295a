/* ZRG pages. Everything works without this file by plain links and forms; it adds keys, live updates, undo toasts,
   drafts that survive a reload, and address chips. No inline handlers, no eval (content security policy). */
(() => {
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const openLead = () => $("#conversation")?.dataset.lead || "";
document.documentElement.classList.add("js");

/* ── Toasts ─────────────────────────────────────────────────────────────── */

const RING = '<svg class="ring" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6"/><circle cx="8" cy="8" r="6" pathLength="100"/></svg>';

function said(text, error) {
  const box = document.createElement("div");
  box.className = "toast" + (error ? " is-danger" : "");
  box.setAttribute("role", error ? "alert" : "status");
  box.appendChild(document.createElement("p")).textContent = text;
  return box;
}

function toast({ text, until, undo, error }) {
  const box = said(text, error), line = $("p", box);
  if (until) box.insertAdjacentHTML("afterbegin", RING);
  if (!until) { show(box, error ? 8000 : 4000); return; }
  const button = box.appendChild(document.createElement("button"));
  button.type = "button";
  button.dataset.undo = undo;
  button.innerHTML = "Undo<kbd>Z</kbd>";
  button.addEventListener("click", () => { box.remove(); htmx.ajax("POST", undo, { swap: "none", source: document.body }); });
  const end = Date.parse(until), whole = Math.max(1, end - Date.now());
  const left = document.createElement("span");
  left.setAttribute("aria-hidden", "true"); // spoken once, not each second
  line.append(left);
  const tick = () => {
    const ms = end - Date.now();
    if (ms <= 0 || !box.isConnected) { clearInterval(timer); box.remove(); return; }
    left.textContent = ` in ${Math.ceil(ms / 1000)} s`;
    box.style.setProperty("--left", (100 * ms) / whole);
  };
  const timer = setInterval(tick, 250);
  show(box, 0);
  tick();
}

function show(box, ms) {
  $("#toasts").append(box);
  if (ms) setTimeout(() => box.remove(), ms);
}

for (const said of $$("#toasts .is-said")) setTimeout(() => said.remove(), 8000);
document.addEventListener("zrg:toast", (event) => toast(event.detail));

/* Countdowns: of a message that can still be undone, of a draft that sends itself. */
function leftOf(ms) {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function countDown() {
  for (const state of $$("[data-until]")) {
    const ms = Date.parse(state.dataset.until) - Date.now();
    $("[data-left]", state).textContent = ms > 0 ? `${state.dataset.before || "Sends in "}${leftOf(ms)}` : "Sending";
    state.classList.toggle("is-over", ms <= 0);
    state.dataset.whole ||= Math.max(ms, 1);
    state.style.setProperty("--left", Math.max(0, (100 * ms) / state.dataset.whole));
  }
}
setInterval(countDown, 500);

/* ── Filters of long menus ──────────────────────────────────────────────── */

document.addEventListener("input", (event) => {
  const list = event.target.dataset?.filters;
  if (!list) return;
  const word = event.target.value.trim().toLowerCase();
  for (const item of document.getElementById(list).children) item.hidden = !item.textContent.toLowerCase().includes(word);
});

document.addEventListener("click", (event) => {
  for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("toggle", (event) => {
  if (!event.target.open) { mendLater(event.target); return; }
  if (event.target.matches(".menu")) $("input, select, [aria-current=true]", event.target)?.focus();
  if (event.target.matches(".edit")) { const field = $("input:not([type=hidden]), select, textarea", event.target); field?.focus(); if (field?.matches("input")) field.select(); }
}, true);

/* ── Composer ───────────────────────────────────────────────────────────── */

const DRAFTS = "zrg:draft:";
const KEEP_DRAFTS_MS = 14 * 24 * 3600 * 1000;

function readDraft(key) {
  try { return JSON.parse(localStorage.getItem(DRAFTS + key)); } catch { return null; }
}

function dropOldDrafts() {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(DRAFTS) && !(JSON.parse(localStorage[key]).at > Date.now() - KEEP_DRAFTS_MS)) localStorage.removeItem(key);
    }
  } catch { /* storage is switched off: drafts live as long as the page */ }
}

/* A text of one's own, and the edits of each draft, are kept apart. */
const keyOf = (form) => form.dataset.draft + (form.dataset.draftId ? `:${form.dataset.draftId}` : "");
const channelOf = (form) => $("[name=channel]:checked", form)?.value || "";

function isTyped(form) {
  const box = form?.elements?.text;
  return Boolean(box) && (box.value !== box.defaultValue || ("restored" in form.dataset && box.value.trim() !== ""));
}

function writeDraft(key, form, text) {
  try {
    if (!text.trim()) localStorage.removeItem(DRAFTS + key);
    else localStorage.setItem(DRAFTS + key, JSON.stringify({ text, channel: channelOf(form), at: Date.now() }));
  } catch { /* as above */ }
}

function keepDraft(form) {
  const box = form.elements.text;
  if (box) writeDraft(keyOf(form), form, isTyped(form) ? box.value : "");
}

/* Edits of a draft that is not shown any more: nothing one wrote is lost. */
const lookedAt = new Set();

function editsOfAnother(form) {
  const start = `${DRAFTS}${form.dataset.draft}:`;
  try {
    const ids = Object.keys(localStorage).filter((key) => key.startsWith(start)).map((key) => key.slice(start.length));
    return ids.find((id) => id !== form.dataset.draftId && !lookedAt.has(id));
  } catch { return undefined; }
}

const loadComposer = (form, query) => htmx.ajax("GET", `${form.dataset.href}?${query}`, { target: "#composer-box", swap: "innerHTML" });

function setUpComposer() {
  const form = $("#composer");
  if (!form || form.dataset.ready || !form.elements?.channel) return;
  form.dataset.ready = "1";
  const kept = "restored" in form.dataset ? null : readDraft(keyOf(form)), box = form.elements.text;
  if (kept?.text && box.value === box.defaultValue) {
    box.value = kept.text;
    const tab = $(`[name=channel][value="${CSS.escape(kept.channel || "")}"]:enabled`, form);
    if (tab) tab.checked = true;
  }
  if ("restored" in form.dataset) { keepDraft(form); box?.focus(); }
  chips($("[data-chips]", form));
  countParts(form);
  showChanges(form);
  countDown();
  const own = $("[data-own-text]", form), isDraft = form.dataset.draftId && !("ended" in form.dataset);
  if (own) own.hidden = !(isDraft && readDraft(form.dataset.draft)?.text);
  const other = isTyped(form) ? undefined : editsOfAnother(form);
  if (other) { lookedAt.add(other); loadComposer(form, `draftId=${encodeURIComponent(other)}&typed=1`); }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("#composer");
  if (!form || event.target.form !== form) return;
  keepDraft(form); countParts(form); showChanges(form);
  // Nothing leaves while somebody changes it.
  if (form.dataset.hold && event.target.id === "text") {
    const hold = form.dataset.hold;
    delete form.dataset.hold;
    htmx.ajax("POST", hold, { swap: "none", source: document.body });
  }
});

document.addEventListener("zrg:sent", (event) => {
  const form = $("#composer");
  if (form) writeDraft(keyOf(form), form, "");
  if (event.detail.lead === openLead()) $("#text")?.focus();
});

/* Rejected, or to be written anew: what one made of it stays as a text of one's own. */
function setAside(form) {
  if (!form?.elements?.text || !form.dataset.draftId) return;
  if (isTyped(form)) writeDraft(form.dataset.draft, form, form.elements.text.value);
  writeDraft(keyOf(form), form, "");
  delete form.dataset.restored;
  form.elements.text.value = form.elements.text.defaultValue;
  showChanges(form);
}

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const asked = event.target;
  if (event.detail.xhr.status >= 300 || !asked.matches?.("[data-decides]")) return;
  setAside($("#composer"));
  for (const menu of $$("#composer-box details.menu[open]")) menu.open = false;
});

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("[data-say], [data-reset], [data-own-text], [data-drop-text]"), form = $("#composer");
  if (!target || !form) return;
  if (target.matches("[data-say]")) { $("#again-say").value = target.dataset.say; $("#again-form").requestSubmit(); }
  else if (target.matches("[data-drop-text]")) setAside(form);
  else if (target.matches("[data-own-text]")) loadComposer(form, "draftId=none");
  else { form.elements.text.value = form.elements.text.dataset.original; keepDraft(form); countParts(form); showChanges(form); form.elements.text.focus(); }
});

/* What one changed of the draft: words taken out and put in, with some around them. */
function diffOf(before, after) {
  const one = before.split(/(\s+)/).filter(Boolean), other = after.split(/(\s+)/).filter(Boolean);
  let head = 0, tail = 0;
  while (head < one.length && head < other.length && one[head] === other[head]) head += 1;
  while (tail < one.length - head && tail < other.length - head && one[one.length - 1 - tail] === other[other.length - 1 - tail]) tail += 1;
  const left = one.slice(head, one.length - tail), right = other.slice(head, other.length - tail);
  const parts = [["", one.slice(0, head).join("")]];
  if (left.length * right.length > 1_000_000) parts.push(["del", left.join("")], ["ins", right.join("")]);
  else parts.push(...longest(left, right));
  parts.push(["", one.slice(one.length - tail).join("")]);
  return parts.filter(([, text]) => text);
}

function longest(left, right) {
  const rows = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i -= 1) for (let j = right.length - 1; j >= 0; j -= 1) {
    rows[i][j] = left[i] === right[j] ? rows[i + 1][j + 1] + 1 : Math.max(rows[i + 1][j], rows[i][j + 1]);
  }
  const parts = [];
  const add = (kind, text) => { const last = parts[parts.length - 1]; if (last?.[0] === kind) last[1] += text; else parts.push([kind, text]); };
  let i = 0, j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) { add("", left[i]); i += 1; j += 1; }
    else if (i < left.length && (j >= right.length || rows[i + 1][j] >= rows[i][j + 1])) { add("del", left[i]); i += 1; }
    else { add("ins", right[j]); j += 1; }
  }
  return parts;
}

const AROUND = 40;

function shortened(whole, isFirst, isLast) {
  const text = whole.replace(/\n{2,}/g, "\n");
  if (text.length <= 2 * AROUND + 20 && !(isFirst && text.length > AROUND)) return text;
  return `${isFirst ? "" : text.slice(0, AROUND)} … ${isLast ? "" : text.slice(-AROUND)}`;
}

function showChanges(form) {
  const box = form.elements.text, place = $("[data-changes]", form);
  if (!place || !box) return;
  const before = box.dataset.original.trim(), after = box.value.trim(), isEdited = before !== after;
  place.hidden = !isEdited;
  for (const label of $$("[data-when]", form)) label.hidden = (label.dataset.when === "edited") !== isEdited;
  if (form.elements.now) form.elements.now.disabled = isEdited;
  if (!isEdited) return;
  const parts = diffOf(before, after), diff = $("[data-diff]", place);
  diff.replaceChildren(...parts.map(([kind, text], index) => {
    if (!kind) return document.createTextNode(shortened(text, index === 0, index === parts.length - 1));
    const mark = document.createElement(kind);
    mark.textContent = text;
    return mark;
  }));
  const count = parts.filter(([kind]) => kind).length;
  $("[data-changes-said]", place).textContent = `${count} change${count === 1 ? "" : "s"} to the draft`;
}

const GSM = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED = "^{}\\[~]|€\f";

/* As inbox/sms_parts.py counts. */
function smsParts(text) {
  const letters = [...text];
  const plain = letters.every((letter) => GSM.includes(letter) || EXTENDED.includes(letter));
  const widths = letters.map((letter) => (plain ? (EXTENDED.includes(letter) ? 2 : 1) : letter.length));
  const [one, many] = plain ? [160, 153] : [70, 67];
  const sum = widths.reduce((total, width) => total + width, 0);
  if (!sum) return { parts: 0, left: one, plain };
  if (sum <= one) return { parts: 1, left: one - sum, plain };
  let parts = 1, used = 0;
  for (const width of widths) { if (used + width > many) { parts += 1; used = 0; } used += width; }
  return { parts, left: many - used, plain };
}

function countParts(form) {
  countNote(form);
  const place = $("[data-parts]", form);
  if (!place) return;
  const { parts, left, plain } = smsParts(form.elements.text.value.trim());
  place.textContent = parts ? `${parts} part${parts > 1 ? "s" : ""}, ${left} left${plain ? "" : ", special characters"}` : "";
}

/* A text that may go out as the note of a LinkedIn connection request. */
function countNote(form) {
  const place = $("[data-note]", form);
  if (!place) return;
  const most = Number(place.dataset.note), used = [...form.elements.text.value.trim()].length;
  place.textContent = used > most ? `${used - most} too many for a connection request` : used ? `${used} of ${most}` : "";
  place.classList.toggle("is-danger", used > most);
}

/* Addresses become chips; the plain field stays what is sent without script. */
const ADDRESS = /^[^@\s<>"',;()]+@[^@\s<>"',;()]+\.[^@\s<>"',;().]{2,}$/;

function chips(box) {
  const input = box && $("input", box);
  if (!input) return;
  const take = () => {
    const words = input.value.split(/[\s,;]+/).filter(Boolean);
    input.value = "";
    words.forEach(add);
  };
  const add = (address) => {
    const chip = document.createElement("span");
    chip.className = "recip" + (ADDRESS.test(address) ? "" : " is-wrong");
    chip.title = ADDRESS.test(address) ? address : `${address} is not an e-mail address`;
    chip.append(address);
    const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: "cc", value: address });
    const remove = Object.assign(document.createElement("button"), { type: "button" });
    remove.innerHTML = '<svg class="i" aria-hidden="true"><use href="#i-x"/></svg>';
    remove.setAttribute("aria-label", `Remove ${address}`);
    remove.addEventListener("click", () => { chip.remove(); input.focus(); });
    chip.append(hidden, remove);
    input.before(chip);
  };
  take();
  input.addEventListener("keydown", (event) => {
    if (["Enter", ",", ";", " "].includes(event.key) && input.value.trim()) { event.preventDefault(); take(); }
    else if (event.key === "Backspace" && !input.value) input.previousElementSibling?.matches(".recip") && input.previousElementSibling.remove();
  });
  input.addEventListener("blur", take);
}

/* ── Live: a poll that costs nothing while nothing happens ──────────────── */

const POLL_MS = 3000;
let revision = document.body.dataset.revision;
let liveHref = document.body.dataset.live;
let refreshing = false, again = false;

async function poll() {
  if (document.hidden || !liveHref) return;
  try {
    const answer = await fetch(`${liveHref}&rev=${encodeURIComponent(revision)}`, { credentials: "omit", cache: "no-store" });
    tellAway(answer.status >= 500 ? "live" : "");
    if (answer.status === 200 || answer.status === 403) await refresh();
  } catch { tellAway("connection"); }
}

/* The connection is gone, or only what tells us of news: said once it lasts, until it is over. Away for a moment is
   nothing: the next poll asks again. */
const AWAY = {
  connection: "No connection. Your text is kept; new messages show when it is back.",
  live: "Live updates rest. New messages show every half minute.",
};
let missed = 0, awayBox = null;

function tellAway(what) {
  missed = what ? missed + 1 : 0;
  if (what === "live" && missed % 10 === 0) refresh();
  if (!what) { awayBox?.remove(); awayBox = null; }
  if (missed < 2) return;
  if (!awayBox) { awayBox = said("", false); show(awayBox, 0); }
  const line = $("p", awayBox);
  if (line.textContent !== AWAY[what]) line.textContent = AWAY[what];
}

window.addEventListener("online", poll);

async function refresh() {
  if (refreshing) { again = true; return; }
  refreshing = true;
  const asked = shownNow();
  try {
    const query = new URLSearchParams(location.search);
    for (const name of ["after", "before", "restore", "via"]) query.delete(name);
    askForComposer(query);
    query.set("clientId", document.body.dataset.client);
    query.set("shown", $$("#rows > .row").length);
    if (openLead()) query.set("leadId", openLead()); else query.delete("leadId");
    const answer = await fetch(`${document.body.dataset.refresh}?${query}`, { cache: "no-store" });
    if (answer.redirected) location.reload();
    if (answer.status !== 200) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Another view, search or conversation was opened meanwhile: this answer is about the former one.
    if (shownNow() === asked) apply(fresh); else again = true;
  } finally {
    refreshing = false;
    if (again) { again = false; refresh(); }
  }
}

function apply(fresh) {
  const state = $("#state", fresh);
  revision = state.dataset.revision;
  liveHref = state.dataset.live;
  document.title = fresh.title;
  for (const source of $$("[data-for]", fresh)) {
    const name = source.dataset.for, target = $(`[data-into="${name}"]`);
    if (!target || (["items", "actions", "panel", "composer"].includes(name) && state.dataset.lead !== openLead())) continue;
    if (name === "composer") mendComposer(target, source);
    else reconcile(target, source, name);
  }
  followVersion(state);
}

/* The composer is brought only where it is another one than ours: `composer` is our version of it. */
function askForComposer(query) {
  const form = $("#composer");
  query.set("composer", form?.dataset.v || "none");
  query.set("draftId", form?.dataset.draftId || (form && "own" in form.dataset ? "none" : ""));
  if (isTyped(form)) query.set("typed", "1"); else query.delete("typed");
}

/* Another draft, a decision, a countdown: the composer is exchanged around what somebody types. */
function mendComposer(box, fresh) {
  const old = $("#composer", box), next = $("#composer", fresh);
  if (old?.dataset.v === next?.dataset.v) return;
  const active = document.activeElement, inside = box.contains(active);
  if ($("details.menu[open]", box) || (inside && active.matches("input, select"))) { box.dataset.late = "1"; return; }
  const had = old?.elements?.text, isKept = isTyped(old);
  const caret = had && active === had ? [had.selectionStart, had.selectionEnd, had.scrollTop] : null;
  box.replaceChildren(...[...fresh.children].map((child) => document.importNode(child, true)));
  const form = $("#composer", box);
  if (isKept && form?.elements?.text) carryOver(old, form);
  htmx.process(box);
  setUpComposer();
  if (!caret || !form?.elements?.text) return;
  form.elements.text.focus({ preventScroll: true });
  if (isKept) { form.elements.text.setSelectionRange(caret[0], caret[1]); form.elements.text.scrollTop = caret[2]; }
}

function carryOver(old, form) {
  form.elements.text.value = old.elements.text.value;
  const names = ["to", "cc"];
  // Of the same draft one still has seen what one saw; approving anything newer needs another look.
  if (old.dataset.draftId === form.dataset.draftId) names.push("version", "opened", "draft_version");
  const copies = $$("input[name=cc]", old).map((input) => input.value).filter(Boolean).join(", ");
  for (const name of names) {
    const from = name === "cc" ? { value: copies } : old.elements[name], into = form.elements[name];
    if (from && into && "value" in into) into.value = from.value;
  }
  const tab = $(`input[name=channel][value="${CSS.escape(channelOf(old))}"]:enabled`, form);
  if (tab) tab.checked = true;
}

function mendLater(part) {
  const box = part.closest?.("#composer-box");
  if (box?.dataset.late) { delete box.dataset.late; refresh(); }
}
document.addEventListener("focusout", (event) => setTimeout(() => mendLater(event.target), 0));

/* Only what differs is exchanged, by id and version, so focus, scroll, open details and typed text stay. */
function reconcile(target, source, name) {
  const wanted = [...source.children].filter((child) => child.id);
  const kept = new Set(wanted.map((child) => child.id));
  const before = name === "rows" ? firstVisible(target) : null;
  if (name === "items") skipEarlier(target, wanted);
  let cursor = name === "items" ? wanted.map((child) => document.getElementById(child.id)).find(Boolean) || target.firstElementChild : target.firstElementChild;
  for (const child of wanted) {
    const current = document.getElementById(child.id);
    let node = current;
    if (!current || (current.dataset.v !== child.dataset.v && !busy(current))) {
      node = document.importNode(child, true);
      if (current) {
        keepOpen(current, node);
        const focused = current.contains(document.activeElement);
        if (cursor === current) cursor = node;
        current.replaceWith(node);
        if (focused) $("a, button, summary", node)?.focus({ preventScroll: true });
      }
      htmx.process(node);
    }
    if (node === cursor) cursor = node.nextElementSibling;
    else target.insertBefore(node, cursor);
  }
  const tail = name === "rows" && $$(".row", target).length > 150;
  while (cursor) {
    const next = cursor.nextElementSibling;
    if (!tail && !kept.has(cursor.id)) cursor.remove();
    cursor = next;
  }
  if (name === "rows") { markOpen(); tellNewer(target, before); }
}

/* Earlier messages may stand above what was asked for: they stay, and so does the day that both share. */
function skipEarlier(target, wanted) {
  if (wanted[0]?.id === "earlier") wanted.shift();
  const day = document.getElementById(wanted[0]?.id);
  if (day?.matches(".day") && day.nextElementSibling?.id !== wanted[1]?.id) wanted.shift();
}

const busy = (node) => node.contains(document.activeElement) && document.activeElement.matches("input, textarea, select") || Boolean($("details.menu[open], details.edit[open]", node));

function keepOpen(old, fresh) {
  const opened = $$("details", old), closed = $$("details", fresh);
  opened.forEach((details, index) => {
    if (!closed[index]) return;
    closed[index].open = details.open;
    const loaded = $(".original", details);
    if (details.open && loaded) $(".original", closed[index])?.replaceWith(loaded);
  });
}

const firstVisible = (rows) => (rows.scrollTop > 40 ? $$(".row", rows)[0]?.id : null);

function tellNewer(rows, before) {
  const button = $("#newer");
  if (button && before && $$(".row", rows)[0]?.id !== before) button.hidden = false;
}

/* New words of the lead were shown: sending needs no second look. What a colleague sent still asks first. */
function followVersion(state) {
  const form = $("#composer");
  if (form?.dataset.draftId) return; // written for what was known then: anything newer needs a second look
  const foreign = form && $$("#items .is-out").some((item) => Date.parse($("time", item).getAttribute("datetime")) > Date.parse(form.elements.opened?.value));
  if (form?.elements.version && state.dataset.lead === openLead() && !foreign) form.elements.version.value = state.dataset.version;
}

document.addEventListener("zrg:changed", refresh);
document.addEventListener("zrg:saved", (event) => { const part = event.target.closest?.("details.edit"); if (part) part.open = false; refresh(); });
document.addEventListener("visibilitychange", poll);
if (liveHref) setInterval(poll, POLL_MS);
if (liveHref) setInterval(() => { if (!document.hidden && $("[data-writing]")) refresh(); }, POLL_MS);

/* ── Moving between list, conversation and lead ─────────────────────────── */

function markOpen() {
  const lead = openLead();
  for (const row of $$("#rows > .row")) {
    const is = row.id === `row-${lead}`;
    row.classList.toggle("is-open", is);
    const link = $("a", row);
    if (is) link.setAttribute("aria-current", "true"); else link?.removeAttribute("aria-current");
  }
}

let focusConversation = false;

/* A conversation was asked for: its row is marked at once; where it takes longer, skeleton lines keep its place. */
const SKELETON_MS = 300;
let skeleton = 0;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id !== "open") return;
  const row = event.target.closest?.("#rows > .row");
  if (row) for (const other of $$("#rows > .row")) other.classList.toggle("is-open", other === row);
  clearTimeout(skeleton);
  skeleton = setTimeout(() => $("#open")?.classList.add("is-loading"), SKELETON_MS);
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.target?.id !== "open") return;
  clearTimeout(skeleton);
  $("#open").classList.remove("is-loading");
  markOpen(); // what is really open: the request may have failed
});

document.addEventListener("htmx:configRequest", (event) => {
  const { parameters, path, target, verb } = event.detail;
  if (verb !== "get") return;
  for (const [name, value] of Object.entries(parameters)) if (value === "") delete parameters[name];
  if (target?.id === "list" && openLead() && !/[?&]leadId=/.test(path)) parameters.leadId = openLead();
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "open") {
    markOpen();
    showLead(false);
    if (focusConversation) $("#conversation")?.focus({ preventScroll: true });
    focusConversation = false;
  }
  if (event.detail.target?.id === "list") { const rows = $("#rows"); if (rows) rows.scrollTop = 0; }
  setUpComposer();
  watchSections();
});

/* Earlier messages come above what one reads, which stays where it is; a day that goes on is named once. */
let readFrom = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "earlier") return;
  const node = $("#items > .msg");
  readFrom = node && { node, top: node.getBoundingClientRect().top };
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "earlier" || !readFrom) return;
  for (const day of $$("#items > .day")) if (document.getElementById(day.id) !== day) day.remove();
  $(".thread").scrollTop += readFrom.node.getBoundingClientRect().top - readFrom.top;
  readFrom = null;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  // 4xx pages are whole pages: say it in a toast instead of putting them into a pane.
  if (event.detail.xhr.status >= 400) { event.detail.shouldSwap = false; tellFailure(event.detail.xhr.status); }
});
document.addEventListener("htmx:sendError", () => toast({ text: "No connection. Your text is kept; try again in a moment.", error: true }));

function tellFailure(status) {
  const text = { 403: "This is not yours to do, or you were signed out. Your text is kept: load the page again.", 404: "It is not here any more. Load the page again." }[status];
  toast({ text: text || "That did not work, and it is our fault. Your text is kept.", error: true });
}

/* Back and forward: the conversation of that address, or the whole page where the list is another one. */
const listOf = (address) => { const query = new URL(address, location.href).searchParams; query.delete("leadId"); query.sort(); return query.toString(); };
const shownNow = () => `${listOf(location.href)} ${openLead()}`;
let shownList = listOf(location.href);
document.addEventListener("htmx:pushedIntoHistory", () => { shownList = listOf(location.href); });
document.addEventListener("htmx:historyCacheMiss", (event) => {
  event.preventDefault();
  if (listOf(location.href) !== shownList) location.reload();
  else htmx.ajax("GET", location.pathname + location.search, { target: "#open", swap: "innerHTML", push: "false" });
});

function showLead(shown) {
  const lead = $("#lead");
  if (!lead) return;
  lead.classList.toggle("is-shown", shown);
  (shown ? lead : $(".to-lead"))?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("a, button");
  if (!target) return;
  if (target.matches(".to-lead")) { event.preventDefault(); showLead(!$("#lead").classList.contains("is-shown")); }
  else if (target.matches(".close-lead")) { event.preventDefault(); if (location.hash) history.replaceState(history.state, "", location.pathname + location.search); showLead(false); }
  else if (target.matches("[data-show-keys]")) $("#keys")?.showModal();
  else if (target.id === "newer") { $("#rows").scrollTo({ top: 0 }); target.hidden = true; }
  else if (target.matches(".row a")) focusConversation = event.detail === 0; // by Enter, not by pointer
});

document.addEventListener("scroll", (event) => {
  if (event.target.id === "rows" && event.target.scrollTop < 40 && $("#newer")) $("#newer").hidden = true;
}, true);

/* ── Keys ───────────────────────────────────────────────────────────────── */

function step(by) {
  const links = $$("#rows > .row > a");
  if (!links.length) return;
  const at = links.indexOf(document.activeElement.closest?.(".row > a"));
  const from = at >= 0 ? at : links.findIndex((link) => link.closest(".is-open"));
  links[Math.min(Math.max(from + by, 0), links.length - 1)].focus();
}

function reply() {
  const text = $("#text");
  if (!text) return;
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
}

function done() {
  const next = $(".row.is-open + .row > a");
  const button = $("#done");
  (button || $("#reopen"))?.click();
  if (button) (next || $("#conversation")).focus({ preventScroll: !next });
}

function approve() {
  const form = $("#composer[data-draft-id]:not([data-ended])");
  if (form && !$(".composer-foot [type=submit]", form)?.disabled) form.requestSubmit();
}

function openMenu(selector) {
  const menu = $(selector);
  if (!menu) return;
  menu.open = true;
  ($("input, select, [aria-current=true]", menu) || $("summary", menu)).focus(); // at once: the next key is typed into it
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  r: reply,
  e: reply,
  d: done,
  m: () => openMenu(".assign-menu"),
  a: approve,
  x: () => openMenu(".reject-menu"),
  g: () => openMenu(".again-menu"),
  z: () => ($$("#toasts [data-undo]").pop() || $("#items .is-queued .delivery button"))?.click(),
  i: () => $(".to-lead")?.click(),
  f: () => openMenu(".filter-menu"),
  w: () => openMenu(".switch-menu"),
  "/": () => { $("#q")?.focus(); $("#q")?.select(); },
  "?": () => $("#keys")?.showModal(),
};

function leave(event) {
  const menu = $$("details.menu[open], details.edit[open]").pop();
  if (menu) { menu.open = false; $("summary", menu).focus(); event.preventDefault(); return; }
  if ($("#lead.is-shown")) { showLead(false); return; }
  if (!document.activeElement.matches("input, textarea")) return;
  event.preventDefault(); // Chromium would empty the search without telling the list.
  document.activeElement.blur();
  $("#conversation")?.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if ($("dialog[open]")) return;
  if (event.key === "Escape") { leave(event); return; }
  const form = event.target.closest?.("#composer");
  if (form && event.target.form === form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
  const act = KEYS[event.key];
  if (act) { event.preventDefault(); act(); }
});

/* ── Settings: which section one reads ──────────────────────────────────── */

let sections = null;

function watchSections() {
  const links = $$(".set-nav a");
  if (sections?.links[0] === links[0]) return;
  sections?.observer.disconnect();
  sections = null;
  if (!links.length) return;
  const seen = new Set();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) seen.add(`#${target.id}`); else seen.delete(`#${target.id}`);
    const first = links.find((link) => seen.has(link.hash));
    for (const link of links) if (link === first) link.setAttribute("aria-current", "true"); else if (first) link.removeAttribute("aria-current");
  }, { root: $(".page"), rootMargin: "-70px 0px -65% 0px" });
  for (const link of links) { const card = $(link.hash); if (card) observer.observe(card); }
  sections = { links, observer };
}

dropOldDrafts();
setUpComposer();
watchSections();
})();
