// Numbers, days and the scheme's terms in words for people.

const HARMS = ["killed", "injured", "missing", "detained", "displaced", "unspecified"];
const HARM_WORDS = { unspecified: "harmed, not said how" };
const GROUPS = ["all", "civilians", "combatants", "police", "children", "women", "men", "other"];
const GROUP_WORDS = { all: "all victims", other: "others" };
const CERTAINTY = {
  stated: "blamed outright",
  suspected: "suspected",
  claimed: "claims it itself",
  unidentified: "culprit not known",
};
const MEANS_WORDS = {
  air: "from the air", drone: "drone", artillery_rocket: "artillery or rockets", ground_fighting: "ground fighting", ied_mine: "explosive device or mine",
  suicide: "suicide attack", other: "other means",
};
const PRECISION = {
  exact: "the place itself",
  near: "near or part of this place",
  district: "somewhere in this district",
  province: "somewhere in this province",
  country: "somewhere in this country",
};
const DATE_PRECISION = {
  day: "to the day",
  days: "within days",
  week: "within a week",
  month: "within a month",
  year: "within a year",
  period: "within a period",
  relative: "relative to an article of unknown date",
};
const KINDS = {
  monitor: "monitor",
  media: "media",
  party: "party to the conflict",
  official: "official",
  un: "UN body",
  ngo: "aid or rights group",
  medical: "medical",
  witness: "witnesses",
  unknown: "kind not known",
};
/** Four shapes of marks: who speaks. */
const SHAPES = {
  monitor: "circle", un: "circle", ngo: "circle",
  party: "square", official: "square",
  media: "diamond",
  medical: "triangle", witness: "triangle", unknown: "triangle",
};
const SHAPE_WORDS = {
  circle: "monitor, UN or NGO",
  square: "official or party to the conflict",
  diamond: "media",
  triangle: "medical, witness or unknown",
};

const grouped = new Intl.NumberFormat("en", { useGrouping: "always" });
const number = (value) => grouped.format(value).replaceAll(",", "\u202f");
const short = (value) => (value >= 1e6 ? `${value / 1e6}m` : value >= 1000 ? `${value / 1000}k` : String(value));

/** A count with its noun: `plural(1, "event")`. */
function plural(count, noun, many = `${noun}s`) {
  return `${number(count)} ${count === 1 ? noun : many}`;
}

/** `14`, `23–35`, `23+`, `up to 40`, `?`. */
function span(low, high, open = false) {
  if (low === null && high === null) return "?";
  if (low === null) return `up to ${number(high)}`;
  if (high === null) return `${number(low)}+`;
  return (low === high ? number(low) : `${number(low)}–${number(high)}`) + (open ? "+" : "");
}

/** The numbers of one figure: an open end is part of it. */
const figureSpan = (figure) => span(figure.min, figure.max);

const harmWords = (harm) => harm.map((one) => HARM_WORDS[one] ?? one).join(" or ");
const groupWords = (range) => (range.group === "other" && range.victims) || GROUP_WORDS[range.group] || range.group;

const dayForm = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const monthForm = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });

/** Milliseconds of an ISO day (or month, or year), `null` where it is none. */
function time(day) {
  const value = day ? Date.parse(day.length === 10 ? `${day}T00:00:00Z` : day) : NaN;
  return Number.isNaN(value) ? null : value;
}

function dayWords(day) {
  const at = time(day);
  return at === null ? day || "no date" : dayForm.format(at);
}

/** When an event was, as far as the reports tell. */
function whenWords(row) {
  const first = row.first ?? row.first_day ?? null;
  const last = row.last ?? row.last_day ?? null;
  if (!first) return "no date";
  if (!last || last === first) return dayWords(first);
  const [a, b] = [time(first), time(last)];
  if (a !== null && b !== null && first.slice(0, 7) === last.slice(0, 7)) {
    const wholeMonth = first.endsWith("-01") && new Date(b + 864e5).getUTCDate() === 1;
    return wholeMonth ? monthForm.format(a) : `${Number(first.slice(8))}–${dayWords(last)}`;
  }
  return `${dayWords(first)} – ${dayWords(last)}`;
}

const regions = (() => {
  try {
    return new Intl.DisplayNames(["en"], { type: "region" });
  } catch {
    return null;
  }
})();

function countryWords(code) {
  if (!code) return "";
  try {
    return regions?.of(code) ?? code;
  } catch {
    return code;
  }
}

/** Text without case and marks, for comparing: "Ḥasaka" is found by "hasaka". */
function fold(text) {
  return (text ?? "").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[’‘`]/g, "'");
}
