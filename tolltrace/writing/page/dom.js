// Making elements. Text goes in as text nodes only: nothing in this page ever parses text as markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element; `set` holds attributes, `on…` listeners, `class`; children are nodes, texts or nothing. */
function el(name, set = {}, ...children) {
  return fill(document.createElement(name), set, children);
}

/** The same for SVG. */
function svg(name, set = {}, ...children) {
  return fill(document.createElementNS(SVG, name), set, children);
}

function fill(node, set, children) {
  for (const [key, value] of Object.entries(set)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Words that strangers wrote: isolated, so that their direction marks change nothing around them. */
function said(text, set = {}) {
  return el("bdi", { dir: "auto", ...set }, text ?? "");
}

/** A link out, for http and https only; anything else stays text. */
function linkOut(url, words) {
  let parsed = null;
  try {
    parsed = new URL(url);
  } catch {
    return null;
  }
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") return null;
  return el("a", { href: parsed.href, target: "_blank", rel: "noopener noreferrer nofollow" }, words);
}

function button(words, press, set = {}) {
  return el("button", { type: "button", onclick: press, ...set }, words);
}

const byId = (id) => document.getElementById(id);

/** Tell those who listen rather than look. */
function announce(words) {
  byId("live").textContent = words;
}

/** A colour of the style sheet, for drawings on canvas. */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** What is kept in this browser; where it keeps nothing, the page works all the same. */
const kept = {
  get(key) {
    try {
      return localStorage.getItem(`tolltrace.${key}`);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`tolltrace.${key}`, value);
      return true;
    } catch {
      return false;
    }
  },
};
