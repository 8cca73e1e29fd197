// A page without a framework. It is served with textune's files in textune/ and ONNX Runtime's in ort/, see serve.ts.

import { sample } from "./sample.js";
import { Dataset, Interrupted, loadDataset, TextClassifier, version } from "./textune/index.js";

const at = (id) => document.getElementById(id);
const count = (n, what) => `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;

let rows;
let classifier;
let stop;

at("sample").addEventListener("click", () => show(() => Dataset.fromRows(sample, { source: "the sample" })));
at("file").addEventListener("change", ({ target }) => {
  if (target.files[0]) show(() => loadDataset(target.files[0]));
});
at("train").addEventListener("click", train);
at("stop").addEventListener("click", () => stop?.abort());
at("save").addEventListener("click", save);
at("text").addEventListener("input", ask);
at("footer").textContent =
  `textune ${version} · ${crossOriginIsolated ? `${navigator.hardwareConcurrency} threads` : "1 thread: the page is not cross-origin isolated"}`;

/** Says something, as a problem where it is an error. */
function say(place, message) {
  at(place).textContent = message instanceof Error ? message.message : message;
  at(place).classList.toggle("problem", message instanceof Error);
}

async function show(read) {
  try {
    rows = await read();
    const { labels, length, textColumns } = rows;
    const perClass = new Array(labels.length).fill(0);
    for (const id of rows.labelIds(labels)) perClass[id]++;
    say(
      "rows",
      `${count(length, "row")} of ${rows.source}, texts in the column ${textColumns.join(" and ")}.`,
    );
    at("classes").replaceChildren(...labels.map((label, i) => item(`${label} `, perClass[i])));
    at("train").disabled = false;
    say("status", "Ready. A model of the hub is downloaded once and kept by the browser.");
  } catch (error) {
    rows = undefined;
    at("train").disabled = true;
    at("classes").replaceChildren();
    say("rows", error);
  }
}

function item(text, number) {
  const element = document.createElement("li");
  const bold = document.createElement("b");
  bold.textContent = number;
  element.append(text, bold);
  return element;
}

async function train() {
  const { train, test } = rows.trainTestSplit({ testSize: 0.2, seed: 42 });
  const losses = [];
  stop = new AbortController();
  busy(true);
  at("scores").hidden = true;
  try {
    const before = classifier;
    classifier = undefined;
    await before?.dispose();
    const started = performance.now();
    classifier = await TextClassifier.fromPretrained(at("model").value.trim(), {
      runtime: "ort/",
      labels: rows.labels,
      trainable: at("trainable").value,
      onProgress,
      signal: stop.signal,
    });
    await classifier.fit(train, {
      epochs: Number(at("epochs").value),
      batchSize: 16,
      ...(at("trainable").value === "head" && { learningRate: 5e-3 }),
      onProgress,
      signal: stop.signal,
      onStep: ({ step, totalSteps, loss }) => {
        losses.push(loss);
        draw(losses, totalSteps);
        at("progress").value = step / totalSteps;
      },
    });
    const report = await classifier.evaluate(test);
    const seconds = (performance.now() - started) / 1000;
    scores({
      "accuracy on rows it has not seen": `${(100 * report.accuracy).toFixed(1)} %`,
      "macro F1": report.macroF1.toFixed(3),
      "trained and tested on": `${train.length} + ${test.length}`,
      time: `${seconds.toFixed(1)} s`,
    });
    say("status", "Trained.");
    at("save").disabled = at("text").disabled = false;
    await ask();
  } catch (error) {
    say("status", error instanceof Interrupted ? "Stopped; nothing was kept." : error);
    await classifier?.dispose();
    classifier = undefined;
  } finally {
    busy(false);
  }
}

function busy(isBusy) {
  at("train").disabled = isBusy;
  at("stop").disabled = !isBusy;
  at("progress").hidden = !isBusy;
  if (!isBusy) return;
  at("save").disabled = at("text").disabled = true;
  say("status", "Loading …");
}

const stages = {
  download: "Downloading",
  tokenize: "Reading",
  encode: "Encoding",
  train: "Training",
  evaluate: "Testing",
};

function onProgress({ stage, subject, done, total }) {
  const amount =
    stage === "download"
      ? `${(done / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`
      : `${done} of ${total}`;
  say("status", `${stages[stage] ?? stage} ${subject}: ${amount}`);
  at("progress").value = total > 0 ? done / total : 0;
}

function draw(losses, total) {
  at("curve").hidden = false;
  const highest = Math.max(...losses);
  const points = losses.map(
    (loss, i) => `${(600 * i) / Math.max(1, total - 1)},${145 - (135 * loss) / highest}`,
  );
  at("loss").setAttribute("points", points.join(" "));
  at("last-loss").textContent = losses.at(-1).toFixed(3);
}

function scores(named) {
  const list = Object.entries(named).map(([name, value]) => {
    const pair = document.createElement("div");
    const [term, description] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    description.textContent = value;
    pair.append(term, description);
    return pair;
  });
  at("scores").replaceChildren(...list);
  at("scores").hidden = false;
}

async function ask() {
  const text = at("text").value;
  if (!classifier || text.trim() === "") return at("answer").replaceChildren();
  const { scores } = await classifier.predict(text);
  // A later letter may have been answered already.
  if (text !== at("text").value) return;
  const list = Object.entries(scores).sort(([, a], [, b]) => b - a);
  at("answer").replaceChildren(
    ...list.map(([label, score]) => {
      const row = document.createElement("li");
      const [name, bar, share] = ["b", "i", "span"].map((tag) => document.createElement(tag));
      name.textContent = label;
      share.textContent = `${(100 * score).toFixed(1)} %`;
      bar.style.setProperty("--share", `${100 * score}%`);
      row.append(name, bar, share);
      return row;
    }),
  );
}

async function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await classifier.save("zip"));
  link.download = "model.zip";
  link.click();
  URL.revokeObjectURL(link.href);
}
