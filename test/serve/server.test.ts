import { type AddressInfo, connect } from "node:net";
import { InferenceClient } from "@huggingface/inference";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordSchema } from "../../src/app/runs/record-schema.ts";
import { aboutModel } from "../../src/app/serve/about-model.ts";
import { type PredictServer, predictServer, type ServerOptions } from "../../src/app/serve/server.ts";
import { labels, tinyClassifier } from "../classifier/tiny.ts";
import { agNews } from "../report/sample-record.ts";

const classifier = tinyClassifier();
const log: string[] = [];

function start(changes: Partial<ServerOptions> = {}, model = classifier): PredictServer {
  return predictServer(aboutModel("tiny", model, undefined), [(inputs) => model.predict(inputs)], {
    ...{ maxBatch: 8, maxWait: 0, maxQueue: 64, maxTexts: 8, maxBody: 4096, timeout: 30, sendTimeout: 10 },
    ...{ isLocal: true, logLevel: "info", logStream: { write: (line) => void log.push(line) } },
    ...changes,
  });
}

let server: PredictServer;
beforeAll(() => {
  server = start();
});
afterAll(() => server.stop());

const post = (body: unknown, { app } = server, headers: Record<string, string> = {}) =>
  app.inject({
    ...{ method: "POST", url: "/predict", headers: { "content-type": "application/json", ...headers } },
    payload: typeof body === "string" ? body : JSON.stringify(body),
  });

describe("POST /predict", () => {
  test("answers one text as Hugging Face's inference API does: all classes, the most probable first", async () => {
    const answer = (await post({ inputs: "the goal was new" })).json();
    const { scores } = await classifier.predict("the goal was new");
    expect(answer).toHaveLength(1);
    expect(answer[0].map(({ score }: { score: number }) => score)).toEqual(
      Object.values(scores).sort((a, b) => b - a),
    );
    for (const { label, score } of answer[0]) expect(score).toBe(scores[label]);
  });

  test("several texts, top_k, and the function that the model has", async () => {
    const parameters = { top_k: 1, function_to_apply: "softmax" };
    const answer = (await post({ inputs: ["goal", "bank"], parameters })).json();
    const expected = await classifier.predict(["goal", "bank"]);
    expect(answer).toEqual(expected.map(({ label, score }) => [{ label, score }]));
  });

  test("pairs, as either writes them", async () => {
    const expected = await classifier.predict({ text: "goal", pair: "bank" });
    expect((await post({ text: "goal", pair: "bank" })).json()).toEqual(expected);
    expect((await post({ texts: [{ text: "goal", pair: "bank" }] })).json()).toEqual([expected]);
    const [ranked] = (await post({ inputs: { text: "goal", text_pair: "bank" } })).json();
    expect(ranked[0]).toEqual({ label: expected.label, score: expected.score });
  });

  test.each([
    ["not json", 400, "not valid JSON"],
    ["", 400, "the body is empty"],
    [[], 400, "send a JSON object"],
    [{}, 400, "text: give a text"],
    [{ inputs: 5 }, 400, "inputs: give a text, { text, text_pair }, or a list of either"],
    [{ inputs: [] }, 400, "inputs: give"],
    [{ inputs: "" }, 400, "text 1 of 1 is empty"],
    [{ texts: ["a", " "] }, 400, "text 2 of 2 is empty"],
    [{ texts: ["a", { text: "a", pair: "b" }] }, 400, "send one kind"],
    [{ inputs: "a", parameters: { top_k: 0 } }, 400, "parameters.top_k: give a number from 1"],
    [{ inputs: "a", parameters: { function_to_apply: "sigmoid" } }, 400, "answers with softmax"],
    [{ text: "a", colour: 1 }, 400, 'no key "colour"'],
    [{ texts: Array(9).fill("a") }, 413, "9 texts in one request; send 8 at most"],
    [{ text: "a ".repeat(4000) }, 413, "too large"],
  ])("request %# that is none is refused with one line", async (body, status, message) => {
    const response = await post(body);
    expect(response.statusCode).toBe(status);
    expect(Object.keys(response.json())).toEqual(["error"]);
    expect(response.json().error).toContain(message);
    expect(response.json().error).not.toMatch(/\n|undefined/);
  });

  test("plain text, which any page could send, and other hosts' names are refused", async () => {
    const plain = await post('{"text":"a"}', server, { "content-type": "text/plain" });
    expect([plain.statusCode, plain.json().error]).toEqual([
      415,
      "send JSON, with Content-Type: application/json",
    ]);
    expect((await post({ text: "a" }, server, { host: "evil.example" })).statusCode).toBe(403);
    expect((await post({ text: "a" }, server, { host: "localhost:8000" })).statusCode).toBe(200);
  });

  test("a model of pairs takes no single text", async () => {
    const about = { ...aboutModel("pairs", classifier, undefined), pair: true };
    const pairs = predictServer(about, [(inputs) => classifier.predict(inputs)], {
      ...{ maxBatch: 8, maxWait: 0, maxQueue: 64, maxTexts: 8, maxBody: 4096, timeout: 30, sendTimeout: 10 },
      ...{ isLocal: true, logLevel: "silent" },
    });
    expect((await post({ text: "a" }, pairs)).json().error).toContain("trained on pairs of texts");
    await pairs.stop();
  });

  test("of a multi-label model every class has its own probability", async () => {
    const model = tinyClassifier({ task: "multiLabel", thresholds: 0 });
    const several = start({}, model);
    const [ranked] = (
      await post({ inputs: "goal", parameters: { function_to_apply: "sigmoid" } }, several)
    ).json();
    const { scores } = await model.predict("goal");
    expect(
      Object.fromEntries(ranked.map((r: { label: string; score: number }) => [r.label, r.score])),
    ).toEqual(scores);
    expect((await post({ text: "goal" }, several)).json().labels).toHaveLength(3);
    await several.stop();
  });
});

test("Hugging Face's own client works", async () => {
  const open = start();
  const address = await open.app.listen({ port: 0 });
  const client = new InferenceClient(undefined, { endpointUrl: `${address}/predict` });
  const answer = await client.textClassification({ inputs: "the bank said", parameters: { top_k: 2 } });
  const { label, score } = await classifier.predict("the bank said");
  expect(answer).toHaveLength(2);
  expect(answer[0]).toEqual({ label, score });
  await open.stop();
});

test("a client that is too slow, or sends no HTTP, is told and let go", async () => {
  const strict = start({ sendTimeout: 1 });
  await strict.app.listen({ port: 0 });
  const { port } = strict.app.server.address() as AddressInfo;
  const answerTo = async (sent: string) => {
    const socket = connect(port, "localhost");
    socket.write(sent);
    let answer = "";
    for await (const chunk of socket) answer += chunk;
    return answer;
  };
  const half =
    "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{";
  expect(await answerTo(half)).toMatch(
    /^HTTP\/1\.1 408 [\s\S]*{"error":"the request took too long to arrive"}$/,
  );
  expect(await answerTo("hello\r\n\r\n")).toMatch(
    /^HTTP\/1\.1 400 [\s\S]*{"error":"the request is malformed"}$/,
  );
  await strict.stop();
});

describe("who may ask, and what is told", () => {
  test("a token is asked for everywhere but where nothing is told", async () => {
    const guarded = start({ token: "secret" });
    const statusOf = async (url: string, authorization?: string) =>
      (await guarded.app.inject({ url, headers: authorization ? { authorization } : {} })).statusCode;
    for (const url of ["/health", "/ready", "/openapi.json", "/"]) expect(await statusOf(url)).toBe(200);
    for (const url of ["/model", "/metrics"]) {
      expect(await statusOf(url)).toBe(401);
      expect(await statusOf(url, "Bearer secre")).toBe(401);
      expect(await statusOf(url, "Bearer secret")).toBe(200);
    }
    expect((await post({ text: "a" }, guarded)).statusCode).toBe(401);
    expect((await post({ text: "a" }, guarded, { authorization: "Bearer secret" })).statusCode).toBe(200);
    await guarded.stop();
  });

  test("texts are in the log only where that is asked for", async () => {
    log.length = 0;
    await post({ text: "myprivatetext goal" });
    await post({ inputs: 5, myprivatetext: 1 });
    expect(log.length).toBeGreaterThan(0);
    for (const line of log) expect(JSON.parse(line)).toHaveProperty("msg");
    expect(log.join("")).not.toContain("myprivatetext");
    const telling = start({ logTexts: true });
    await post({ text: "myprivatetext goal" }, telling);
    expect(log.join("")).toContain("myprivatetext");
    await telling.stop();
  });

  test("metrics count requests, texts and batches; openapi.json describes what is taken", async () => {
    await post({ texts: ["goal", "bank"] });
    const metrics = (await server.app.inject({ url: "/metrics" })).body;
    expect(metrics).toMatch(/^textune_requests_total\{status="200"\} [1-9]/m);
    expect(metrics).toMatch(/^textune_batch_texts_bucket\{le="2"\} [1-9]/m);
    expect(metrics).toMatch(/^textune_queue_texts 0$/m);
    const document = (await server.app.inject({ url: "/openapi.json" })).json();
    const { schema } = document.paths["/predict"].post.requestBody.content["application/json"];
    expect(schema.oneOf.map((one: { required: string[] }) => one.required[0])).toEqual([
      "inputs",
      "texts",
      "text",
    ]);
    expect((await server.app.inject({ url: "/model" })).json()).toMatchObject({ name: "tiny", labels });
    const lost = await server.app.inject({ url: "/nothing" });
    expect([lost.statusCode, lost.json().error]).toEqual([
      404,
      "there is no GET /nothing; see /openapi.json",
    ]);
  });

  test("a run's data and scores are told, and no folder of this machine", async () => {
    const record = recordSchema.parse(JSON.parse(JSON.stringify(agNews())));
    const moved = { ...record, data: [{ name: "train", source: "/home/me/news.csv · shuffled", rows: 7 }] };
    const { run, name } = aboutModel("model", classifier, moved);
    expect(name).toBe(record.name);
    expect(run!.data).toEqual([{ name: "train", source: "news.csv · shuffled", rows: 7 }]);
    expect(run!.evaluations.map(({ accuracy }) => accuracy)).toEqual(
      record.evaluations.map(({ report }) => report.accuracy),
    );
  });

  test("the page asks nobody but its own server, and its script is the one that it allows", async () => {
    const { headers, body } = await server.app.inject({ url: "/" });
    expect(headers["content-security-policy"]).toContain("connect-src 'self'");
    expect(body).not.toMatch(/(src|href)="(https?:)?\/\//);
  });
});
