// The same with Hono, as in an API route of a larger program.
//
//     npx tsx examples/serve-hono.ts runs/spam 8000
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { modelFolder, TextClassifier } from "textune/predict";

const [run = "runs/spam", port = "8000"] = process.argv.slice(2);
const classifier = await TextClassifier.fromPretrained(await modelFolder(run));
const app = new Hono();
app.post("/predict", async (c) => c.json(await classifier.predict(await c.req.text())));
app.onError((error, c) => c.json({ error: error.message }, 400));
serve({ fetch: app.fetch, port: Number(port), hostname: "127.0.0.1" }, (address) =>
  console.log("listening on", address),
);
