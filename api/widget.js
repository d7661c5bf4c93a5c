/* Relève: what may answer a question being written, and who knows. Apache-2.0. See docs/how-to/widget.md.
   Nothing is sent before someone types, only the named fields are read, and answers are shown as text. */
(() => {
"use strict";
const NAME = "releve-suggest";
if (customElements.get(NAME)) return;

const SCRIPT = document.currentScript;
const DEBOUNCE_MS = 350, TIMEOUT_MS = 1e4, FIRST_WAIT_MS = 2e3, LONGEST_WAIT_MS = 3e5;
const LEAST_WORDS = 3, LEAST_LENGTH = 12, LONGEST_DRAFT = 4000;
const SETTINGS = ["lang", "for", "body", "token", "top", "theme", "server"];

// What is counted is [heading, one, several].
const WORDS = {
  fr: {
    label: "Suggestions de Relève", dismiss: "Masquer pour cette session", tab: "(nouvel onglet)",
    practice: "Pratique", question: "Question", recording: "Enregistrement", page: "Document", solved: "résolue",
    answers: ["", "réponse", "réponses"],
    texts: ["Peut-être déjà répondu", "texte y répond peut-être", "textes y répondent peut-être"],
    people: ["Qui connaît le sujet", "personne connaît le sujet", "personnes connaissent le sujet"],
  },
  en: {
    label: "Suggestions from Relève", dismiss: "Hide for this session", tab: "(new tab)",
    practice: "Practice", question: "Question", recording: "Recording", page: "Document", solved: "solved",
    answers: ["", "answer", "answers"],
    texts: ["May already be answered", "text may answer this", "texts may answer this"],
    people: ["Who knows about this", "person knows about this", "people know about this"],
  },
};

// Colours follow the text around by default, so that the panel fits light and dark pages.
const STYLE = `
:host{display:block;flex:1 1 100%;inline-size:100%;container-type:inline-size;text-align:start;
--ink:var(--releve-color,currentColor);--accent:var(--releve-accent,#4a7fc1);
--back:var(--releve-background,color-mix(in srgb,currentColor 4%,transparent))}
:host([theme=light]){color-scheme:light}:host([theme=dark]){color-scheme:dark}:host([theme=system]){color-scheme:light dark}
:host([theme]:not([theme=auto])){--ink:var(--releve-color,light-dark(#1c2430,#e8edf3));
--accent:var(--releve-accent,light-dark(#1f5fa8,#8ebcf0));--back:var(--releve-background,light-dark(#f7f9fb,#1d242d))}
[hidden]{display:none!important}
*{box-sizing:border-box;margin:0;padding:0;unicode-bidi:plaintext}
section{margin-block:var(--releve-gap,.5rem);border:1px solid var(--releve-border,color-mix(in srgb,currentColor 22%,transparent));border-inline-start:3px solid var(--accent);
border-radius:var(--releve-radius,6px);background:var(--back);color:var(--ink);overflow-wrap:anywhere;
font-family:var(--releve-font,inherit);font-size:var(--releve-font-size,.9375rem);font-weight:400;line-height:1.45;
letter-spacing:normal;text-transform:none;white-space:normal}
header{display:flex}
button{font:inherit;color:inherit;background:none;border:0;cursor:pointer;min-block-size:2.75em}
.toggle{flex:1;display:flex;gap:.7em;align-items:center;text-align:start;padding:.4em .95em;font-weight:600}
.toggle::before{content:"";flex:none;inline-size:.45em;block-size:.45em;border:solid;border-width:0 2px 2px 0;
rotate:45deg;translate:0 -.12em}
[aria-expanded=false]::before{rotate:-45deg;translate:0}
.dismiss{inline-size:2.75em}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
button:focus-visible{outline-offset:-3px}
.lists{display:grid;gap:1em 1.75em;padding:.15em .95em .85em}
ul{list-style:none;display:grid;gap:.65em}
.name,.note{font-size:.9em;color:var(--releve-muted,color-mix(in srgb,currentColor 85%,transparent))}
.name{font-weight:600;margin-block-end:.35em}
.note{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
a{color:inherit;font-weight:500;text-decoration:underline 1px var(--accent);text-underline-offset:.2em}
.spoken{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@container (min-width:38rem){.lists{grid-auto-flow:column;grid-auto-columns:minmax(0,1fr)}}
@media (prefers-reduced-motion:no-preference){.toggle::before{transition:rotate .15s}}`;

const live = new Set();
let sheet, own, due;

// Hosts may forbid storage: then a dismissal lasts as long as the page.
let away = "";
const isAway = () => { try { return sessionStorage[NAME]; } catch { return away; } };
const setAway = (value) => { away = value; try { sessionStorage[NAME] = value; } catch {} };
const find = (selector) => { try { return document.querySelector(selector); } catch { return null; } };
const list = (value) => (Array.isArray(value) ? value.filter(Boolean) : []);

// Children are elements or text, never markup.
const make = (tag, attributes, ...children) => {
  const made = document.createElement(tag);
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  made.append(...list(children));
  return made;
};

// Fields that hide what is typed are not read.
const read = (field) => (field.type === "password" ? "" : (field.value ?? field.innerText).trim());

class ReleveSuggest extends HTMLElement {
  static get observedAttributes() { return SETTINGS; }

  constructor() {
    super();
    this._fields = [];
    this._failures = this._notBefore = 0;
    this._build();
  }

  connectedCallback() { live.add(this); this._say(); this._bind(); }
  disconnectedCallback() { live.delete(this); this._listen([]); }
  attributeChangedCallback() {
    this._failures = this._notBefore = 0;
    if (this.isConnected) this.connectedCallback();
  }

  /** The last answer of the server, or null. */
  get suggestions() { return this._answer; }
  get collapsed() { return this._lists.hidden; }
  set collapsed(collapsed) {
    this._lists.hidden = collapsed;
    this._toggle.setAttribute("aria-expanded", !collapsed);
  }

  /** Ask now, even if dismissed. */
  refresh() {
    setAway("");
    this._stop();
    return this._ask();
  }

  /** Show nothing more in this browser session, unless `refresh()` is called. */
  dismiss() {
    setAway("1");
    this._listen(this._fields);
  }

  /** Follow the fields there are now: the page may have inserted or replaced them. */
  _bind() {
    const fields = list([this.for, this.body].map(find)), now = this._fields;
    if (fields.length !== now.length || fields.some((field, at) => field !== now[at])) this._listen(fields);
  }

  _listen(fields) {
    this._stop();
    this._show(null);
    this._heard?.abort();
    const { signal } = this._heard = new AbortController();
    // Drafts that a script restores were not typed, and what is being composed is no word yet.
    const typed = (event) => { if (event.isTrusted && !event.isComposing) this._schedule(); };
    for (const field of this._fields = fields) {
      for (const type of ["input", "compositionend"]) field.addEventListener(type, typed, { signal });
    }
  }

  /** Forget what was asked: it answers a draft that is no more. */
  _stop() {
    clearTimeout(this._timer);
    this._request?.abort();
    this._request = null;
    this._asked = "";
  }

  _draft() { return list(this._fields.map(read)).join("\n\n").slice(0, LONGEST_DRAFT); }

  _schedule() {
    const draft = this._draft();
    if (draft === this._asked || isAway()) return;
    this._stop();
    if (draft.length < LEAST_LENGTH && draft.split(/\s+/).length < LEAST_WORDS) this._show(null);
    else this._timer = setTimeout(() => this._ask(), Math.max(DEBOUNCE_MS, this._notBefore - Date.now()));
  }

  async _ask() {
    const draft = this._draft();
    if (!draft || !this.token || Date.now() < this._notBefore) return;
    this._asked = draft;
    const request = this._request = new AbortController();
    const timeout = setTimeout(() => request.abort(), TIMEOUT_MS);
    try {
      const response = await fetch(new URL("v1/suggest", this._base()), {
        method: "POST", credentials: "omit", redirect: "error", referrerPolicy: "strict-origin", signal: request.signal,
        headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" },
        body: JSON.stringify({ draft, lang: this._language(), top: this._most() }),
      });
      if (!response.ok) throw { response };
      const answer = await response.json();
      if (this._request !== request) return;
      this._failures = 0;
      this._show(answer);
    } catch ({ response }) {
      // Nobody who writes is disturbed: their next words try again.
      if (this._request === request) this._wait(response);
    } finally {
      clearTimeout(timeout);
    }
  }

  /** Wait as long as the server says, or each time twice as long. */
  _wait(response) {
    this._asked = "";
    const doubled = FIRST_WAIT_MS * 2 ** this._failures++ * (1 + Math.random() / 4);
    const wait = response?.headers.get("Retry-After") * 1e3 || doubled;
    this._notBefore = Date.now() + Math.min(wait, LONGEST_WAIT_MS);
  }

  /** Where Relève is: beside the script, unless said otherwise. */
  _base() { return new URL((this.server || ".").replace(/\/*$/, "/"), SCRIPT?.src || document.baseURI); }
  _most() { return Math.min(Math.max(this.top | 0, 0) || 3, 10); }
  _language() { return /^en\b/i.test(this.closest("[lang]")?.lang) ? "en" : "fr"; }

  _build() {
    const root = this.attachShadow({ mode: "open" });
    // No style-src of the host forbids this.
    if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this._toggle = make("button", { class: "toggle", part: "toggle" });
    this._dismiss = make("button", { class: "dismiss", part: "dismiss" }, "✕");
    this._lists = make("div", { class: "lists", part: "lists" });
    this._panel = make("section", { part: "panel" }, make("header", {}, this._toggle, this._dismiss), this._lists);
    this._status = make("p", { class: "spoken", role: "status" });
    root.append(this._panel, this._status);
    this.collapsed = false;
    this._toggle.onclick = () => { this.collapsed = !this.collapsed; };
    this._dismiss.onclick = () => { this.dismiss(); this._fields[0]?.focus(); };
    this._panel.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation(); // the host may close its form at this key
      this.collapsed = true;
      this._fields[0]?.focus();
    };
    this._lists.addEventListener("focusout", ({ relatedTarget }) => {
      if (this._later && !this._lists.contains(relatedTarget)) this._show(this._later);
    });
  }

  _say() {
    const { label, dismiss } = this._words = WORDS[this._panel.lang = this._status.lang = this._language()];
    this._panel.setAttribute("aria-label", label);
    this._dismiss.setAttribute("aria-label", this._dismiss.title = dismiss);
    this._draw();
  }

  _show(answer) {
    // What someone is reading by keyboard does not change under them.
    this._later = this._lists.contains(this.shadowRoot.activeElement) && answer;
    if (this._later) return;
    this._answer = answer;
    const detail = this._draw();
    if (!this._panel.hidden) this._tell("shown", detail);
  }

  /** Render the answer and return how many texts and people it holds. */
  _draw() {
    const say = this._words, { practices, similar_questions: questions, experts } = this._answer || {};
    const count = (name, items) => `${items} ${say[name][items > 1 ? 2 : 1]}`;
    // The best practice, the best question, the second practice…
    const both = list(practices).flatMap((practice, at) => [practice, list(questions)[at]]);
    const mixed = [...new Set(list([...both, ...list(questions)]))].slice(0, this._most());
    const texts = mixed.map((item, at) => this._item("text", at, item, item.title,
      [say[item.kind] || say.page, item.solved && say.solved, item.answers > 0 && count("answers", item.answers), item.snippet]));
    const people = list(experts).slice(0, this._most()).map(({ person, reasons }, at) =>
      this._item("person", at, person, person.name, [person.unit, list(reasons)[0]]));
    const groups = list([["texts", texts], ["people", people]].map(([name, items]) => items.length && [name, items]));
    this._lists.replaceChildren(...groups.map(([name, items]) => make("div", {},
      make("p", { id: name, class: "name" }, say[name][0]),
      make("ul", { "aria-labelledby": name, part: `list ${name}` }, ...items))));
    this._panel.hidden = !groups[0];
    const summary = this._toggle.textContent = groups.map(([name, { length }]) => count(name, length)).join(", ");
    // The same words are not said again while someone types.
    if (this._status.textContent !== summary) this._status.textContent = summary;
    return { texts: texts.length, people: people.length };
  }

  _item(kind, at, { link }, title, notes) {
    const said = list(notes).flatMap((note) => [" · ", make("bdi", {}, note)]).slice(1);
    return make("li", { part: "item" }, this._link(title, link, kind, at + 1), make("p", { class: "note" }, ...said));
  }

  /** A link to another tab, so that the draft stays; mere words where the address is not of the web. */
  _link(title, address, kind, rank) {
    const words = make("bdi", {}, title);
    const url = address && new URL(address, this._base());
    if (!/^https?:/.test(url)) return words;
    const link = make("a", { href: url, target: "_blank", rel: "noopener noreferrer", part: `link ${kind}` },
      words, make("span", { class: "spoken" }, ` ${this._words.tab}`));
    link.onclick = link.onauxclick = ({ button }) => { if (button < 2) this._tell("opened", { kind, rank, link: url.href }); };
    return link;
  }

  /** For the host's own analytics; never what was typed. */
  _tell(what, detail) {
    this.dispatchEvent(new CustomEvent(`${NAME}:${what}`, { bubbles: true, composed: true, detail }));
  }
}
for (const name of SETTINGS.slice(1)) {
  Object.defineProperty(ReleveSuggest.prototype, name, {
    get() { return this.getAttribute(name) || ""; },
    set(value) { this.setAttribute(name, value); },
  });
}
customElements.define(NAME, ReleveSuggest);

const suggesterOf = ({ dataset }) => {
  const made = make(NAME, {});
  for (const name of SETTINGS) if (dataset[name]) made[name] = dataset[name];
  return made;
};

/** Look for what appeared: marked elements, where the script's own panel belongs, fields. */
const look = () => {
  for (const marked of document.querySelectorAll(`[data-${NAME}]`)) {
    if (!marked.querySelector(NAME)) marked.append(suggesterOf(marked));
  }
  const { for: selector, after } = SCRIPT?.dataset || {};
  const field = find(selector), place = (after && field?.closest(after)) || field;
  if (!place) own?.remove();
  else if (!own || place.nextElementSibling !== own) place.after(own = own || suggesterOf(SCRIPT));
  for (const element of live) element._bind();
};
// Pages still being read, and applications that insert their fields later; one look for many changes.
new MutationObserver(() => { due = due || setTimeout(() => { due = 0; look(); }, 100); })
  .observe(document, { childList: true, subtree: true });
look();
})();
