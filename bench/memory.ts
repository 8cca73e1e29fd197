/**
 * Whether memory grows while a whole model is fine-tuned: hundreds of updates on sentence pairs of real lengths, similar
 * ones in a batch, and the process's resident memory after every so many of them. Run it alone: the peak is that of
 * its own process.
 *
 *     npx tsx bench/memory.ts --model DIR --data MNLI_FOLDER [--updates 500] [--every 50]
 */
import { join } from "node:path";
import { loadDataset, TextClassifier } from "../src/index.ts";
import { peakMemory } from "../src/node/classifier/node-host.ts";
import { flags } from "./measure.ts";

const options = flags({
  ...{ model: undefined, data: undefined, truncation: "256" },
  ...{ batch: "16", updates: "500", every: "50" },
});
const [batchSize, updates, every] = [options.batch, options.updates, options.every].map(Number) as [
  number,
  number,
  number,
];
const file = join(options.data, "train.csv");
const rows = await loadDataset(file, { split: "train" });
// No more rows than the updates read, or the epoch would go on to the end of the file.
const train = rows
  .take(Math.min(rows.length, updates * batchSize))
  .withTextColumns(["premise", "hypothesis"]);
const classifier = await TextClassifier.fromPretrained(options.model, { labels: ["0", "1", "2"] });

const inGB = (bytes: number) => Math.round(bytes / 1e7) / 100;
const loaded = inGB(process.memoryUsage.rss());
const course: { update: number; residentGB: number; peakGB: number }[] = [];
let update = 0;
const { record } = await classifier.fit(train, {
  ...{ batchSize, groupByLength: true, truncation: Number(options.truncation), dropEmpty: true },
  ...{ epochs: Math.ceil((updates * batchSize) / train.length), learningRate: 1e-5, schedule: "constant" },
  onProgress: ({ stage }) => {
    if (stage !== "train" || ++update % every > 0) return;
    const residentGB = inGB(process.memoryUsage.rss());
    course.push({ update, residentGB, peakGB: inGB(peakMemory()) });
    process.stderr.write(`update ${update}: ${residentGB} GB resident\n`);
  },
});
// The second half against the first: what is kept from update to update shows as growth.
const half = course.length / 2;
const highest = (points: typeof course) => Math.max(...points.map(({ residentGB }) => residentGB));
console.log(
  JSON.stringify(
    {
      model: options.model,
      ...{
        batchSize,
        updates: update,
        longestRow: Math.min(record.data[0]!.tokens.max, Number(options.truncation)),
      },
      ...{ loadedGB: loaded, course, peakGB: inGB(peakMemory()) },
      growthGB: inGB((highest(course.slice(half)) - highest(course.slice(0, half))) * 1e9),
    },
    null,
    2,
  ),
);
