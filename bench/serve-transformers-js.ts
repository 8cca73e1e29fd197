// The other side of bench/serve.ts: transformers.js behind Fastify, as its documentation has it, one text a call.
import { pipeline, type TextClassificationPipeline } from "@huggingface/transformers";
import Fastify from "fastify";

const [folder, dtype] = process.argv.slice(2) as [string, "fp32" | "q8"];
const classify = (await pipeline("text-classification", folder, { dtype })) as TextClassificationPipeline;
await classify("a");
const app = Fastify();
app.post<{ Body: { inputs: string } }>("/predict", async (request) => [
  await classify(request.body.inputs, { top_k: null } as object),
]);
console.log(await app.listen({ port: 0, host: "127.0.0.1" }));
