// Answers over HTTP with nothing but Node.js: POST a text, get its class.
//
//     npx tsx examples/serve-http.ts runs/spam 8000
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { modelFolder, TextClassifier } from "textune/predict";

const [run = "runs/spam", port = "8000"] = process.argv.slice(2);
const classifier = await TextClassifier.fromPretrained(await modelFolder(run));
const server = createServer(async (request, response) => {
  const answer = await classifier
    .predict(await text(request))
    .catch((error: Error) => ({ error: error.message }));
  response.writeHead("error" in answer ? 400 : 200, { "Content-Type": "application/json" });
  response.end(JSON.stringify(answer));
});
server.listen(Number(port), "127.0.0.1", () => console.log("listening on", server.address()));
