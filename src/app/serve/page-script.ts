/** The program of the page that tries a model. Whatever it shows goes in as text, never as markup. */
export const pageScript = `
"use strict";
const $ = (id) => document.getElementById(id);
const integer = (n) => Math.round(n).toLocaleString("en-US");
const percent = (share) => (100 * share).toFixed(1) + "%";
const shownAtFirst = 10;
let model, token = sessionStorage.getItem("textune-token") || "", isOpen = false;
const rows = new Map();

async function ask(path, body) {
  const headers = { ...(token && { Authorization: "Bearer " + token }), ...(body && { "Content-Type": "application/json" }) };
  const response = await fetch(path, { headers, ...(body && { method: "POST", body: JSON.stringify(body) }) });
  const answer = await response.json();
  if (response.ok) return answer;
  $("access").hidden = response.status !== 401;
  throw new Error(answer.error);
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function tableRow(cells) {
  const row = element("tr");
  for (const cell of cells) row.append(element("td", "", cell));
  return row;
}

function addClass(label, threshold) {
  const item = element("li"), line = element("div", "row"), track = element("div", "track"), bar = element("div", "bar");
  const value = element("span", "value", "–");
  line.append(element("span", "name", label), value);
  track.append(bar);
  if (threshold !== undefined) {
    const mark = element("div", "mark");
    mark.style.left = percent(threshold);
    mark.title = "applies above " + percent(threshold);
    track.append(mark);
  }
  item.append(line, track);
  rows.set(label, { item, value, bar });
}

function show(prediction) {
  const { scores, labels } = prediction ?? { scores: {}, labels: [] };
  const byScore = [...rows.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  // Of few classes each keeps its place; of many the likeliest come first.
  const order = rows.size > shownAtFirst ? byScore : [...rows.keys()];
  order.forEach((label, i) => {
    const { item, value, bar } = rows.get(label);
    item.className = labels.includes(label) ? "said" : "";
    value.textContent = prediction ? percent(scores[label]) : "–";
    bar.style.transform = "scaleX(" + (scores[label] ?? 0) + ")";
    item.hidden = !isOpen && i >= shownAtFirst;
    item.style.order = i;
  });
  $("more").hidden = rows.size <= shownAtFirst;
  $("more").textContent = isOpen ? "Show fewer classes" : "Show all " + integer(rows.size) + " classes";
  last = prediction;
}

function tell(text, isProblem) {
  $("said").textContent = text;
  $("said").className = isProblem ? "problem" : "";
}

let last, asked = 0, timer;
async function classify() {
  const text = $("text").value, pair = $("pair").value, isPair = !$("pair").hidden && (model.pair || pair.trim() !== "");
  const mine = ++asked;
  if (text.trim() === "" || (isPair && pair.trim() === "")) {
    show(undefined);
    tell("", false);
    $("took").textContent = "";
    return;
  }
  $("classes").className = "waiting";
  const start = performance.now();
  try {
    const prediction = await ask("/predict", isPair ? { text, pair } : { text });
    if (mine !== asked) return;
    show(prediction);
    const said = prediction.labels.length > 0 ? prediction.labels.join(", ") : "no class";
    tell(said.length > 80 ? said.slice(0, 79) + "…" : said, false);
    $("took").textContent = Math.max(1, Math.round(performance.now() - start)) + " ms";
  } catch (error) {
    if (mine === asked) tell(error.message, true);
  }
  if (mine === asked) $("classes").className = "";
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(classify, 150);
}

async function begin() {
  model = await ask("/model");
  $("access").hidden = true;
  document.title = model.name + " · textune";
  $("name").textContent = model.name;
  const kind = model.pair ? "pair of texts" : "text", classes = integer(model.labels.length) + " classes";
  $("lead").textContent = model.task === "multiLabel" ? "Any number of " + classes + " for each " + kind + "." : "One of " + classes + " for each " + kind + ".";
  for (const id of ["pair", "pair-label"]) $(id).hidden = model.pair === false || model.pair === undefined;
  if (model.pair) $("text-label").textContent = "First text";
  $("classes").replaceChildren();
  rows.clear();
  model.labels.forEach((label, i) => addClass(label, model.thresholds?.[i]));
  $("classes").append(...[...rows.values()].map(({ item }) => item));
  show(undefined);
  const body = model.pair ? { text: "…", pair: "…" } : { inputs: "…" };
  $("curl").textContent = "curl " + location.origin + "/predict \\\\\\n  -H 'Content-Type: application/json' \\\\\\n" + (token ? "  -H 'Authorization: Bearer TOKEN' \\\\\\n" : "") + "  -d '" + JSON.stringify(body) + "'";
  const { run } = model;
  if (!run) return;
  $("scores").hidden = run.evaluations.length === 0;
  $("scores").querySelector("tbody").replaceChildren(...run.evaluations.map((e) => tableRow([e.split, integer(e.rows), percent(e.accuracy), percent(e.macroF1), percent(e.majorityAccuracy)])));
  $("warnings").hidden = run.warnings.length === 0;
  $("warnings").replaceChildren(...run.warnings.map((text) => element("li", "", text)));
  $("data").hidden = run.data.length === 0;
  $("data").querySelector("tbody").replaceChildren(...run.data.map(({ source, rows }, i) => tableRow([(i === 0 ? "Trained on " : "Scored on ") + source, integer(rows)])));
  const facts = [run.architecture + ", " + integer(run.parameters) + " parameters", run.maxLength && "reads " + integer(run.maxLength) + " tokens of a text", "trained " + run.startedAt.slice(0, 10)];
  $("facts").textContent = facts.filter(Boolean).join(" · ");
}

const start = () => begin().then(() => ($("text").value.trim() ? classify() : undefined), (error) => tell(error.message, true));
$("text").addEventListener("input", later);
$("pair").addEventListener("input", later);
$("more").addEventListener("click", () => {
  isOpen = !isOpen;
  show(last);
});
$("access").querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  token = $("token").value.trim();
  sessionStorage.setItem("textune-token", token);
  tell("", false);
  start();
});
start();
`.trim();
