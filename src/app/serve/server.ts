import { createHash, timingSafeEqual } from "node:crypto";
import type { Socket } from "node:net";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import type { TextInput } from "../../core/classifier/predict.ts";
import { DataError, TextuneError } from "../../core/errors.ts";
import { isEmpty } from "../predict-file/answer.ts";
import type { AboutModel } from "./about-model.ts";
import { readRequest } from "./api.ts";
import { Batcher, NotServed, type Predict } from "./batcher.ts";
import { serverMetrics } from "./metrics.ts";
import { openapi } from "./openapi.ts";
import { tryPage } from "./page.ts";

/** Bounds of a server, and who may use it. */
export interface ServerOptions {
  /** Texts that are classified at once, at most. */
  maxBatch: number;
  /** Milliseconds that a text may wait for others. */
  maxWait: number;
  /** Texts that may wait. */
  maxQueue: number;
  /** Texts of one request. */
  maxTexts: number;
  /** Bytes of a request's body. */
  maxBody: number;
  /** Seconds within which a request is answered, or given up. */
  timeout: number;
  /** Seconds within which a client has to send its request. */
  sendTimeout: number;
  /** What a client has to send as `Authorization: Bearer`. @default nothing */
  token?: string | undefined;
  /** Whether texts are written to the log. @default false */
  logTexts?: boolean | undefined;
  /** Whether only names of this machine are answered to, so that no page of the web can reach a server behind it. */
  isLocal: boolean;
  logLevel: string;
  /** Where the log goes. @default stdout */
  logStream?: { write(line: string): void } | undefined;
}

/** A server that is listening or can be told to. */
export interface PredictServer {
  app: FastifyInstance;
  /** Takes nothing more, answers what it has taken, and closes. */
  stop(): Promise<void>;
}

/**
 * An HTTP server that answers by a model: `POST /predict` in the shape of Hugging Face's inference API, `/health`,
 * `/ready`, `/metrics`, `/openapi.json`, `/model`, and a page to try it.
 *
 * @param workers Each classifies one batch at a time.
 */
export function predictServer(
  about: AboutModel,
  workers: readonly Predict[],
  options: ServerOptions,
): PredictServer {
  const { maxTexts, timeout, sendTimeout, token, logTexts = false } = options;
  const app: FastifyInstance = Fastify({
    logger: { level: options.logLevel, ...(options.logStream && { stream: options.logStream }) },
    bodyLimit: options.maxBody,
    // Slow clients: for the whole request, and for silence beyond the longest answer.
    requestTimeout: sendTimeout * 1000,
    // Where the time for headers alone is longer, Node.js enforces neither.
    http: { headersTimeout: sendTimeout * 1000, connectionsCheckingInterval: 1000 },
    connectionTimeout: (timeout + sendTimeout) * 1000,
    keepAliveTimeout: 5000,
    clientErrorHandler: (error, socket) => answerMalformed(error, socket),
    routerOptions: { maxParamLength: 100 },
  });
  let isStopping = false;
  const batcher = new Batcher(workers, {
    ...{ maxBatch: options.maxBatch, maxWait: options.maxWait, maxQueue: options.maxQueue },
    deadline: timeout * 1000,
    onBatch: (texts, seconds) => {
      metrics.batchTexts.observe(texts);
      metrics.batchSeconds.observe(seconds);
    },
  });
  const metrics = serverMetrics(() => batcher.queued);
  let answered = 0;

  // A page of another site can send plain text here unasked, and JSON can't without leave.
  app.removeContentTypeParser("text/plain");
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, request.log));
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send({ error: `there is no ${request.method} ${request.url.slice(0, 100)}; see /openapi.json` }),
  );
  app.addHook("onRequest", async (request, reply) => {
    if (options.isLocal && !isLoopbackName(request.hostname)) {
      return reply
        .code(403)
        .send({ error: "this server answers to localhost only; start it with --host to change that" });
    }
    const isOpen = request.routeOptions.config.isOpen === true;
    if (token === undefined || isOpen || hasToken(request.headers.authorization, token)) return;
    return reply
      .code(401)
      .header("WWW-Authenticate", "Bearer")
      .send({ error: "give the server's token: Authorization: Bearer TOKEN" });
  });
  app.addHook("onResponse", async (request, reply) => {
    if (request.routeOptions.url !== "/predict") return;
    metrics.requests.inc({ status: String(reply.statusCode) });
    metrics.requestSeconds.observe(reply.elapsedTime / 1000);
    if (reply.statusCode === 200) answered++;
  });

  app.post("/predict", async (request, reply) => {
    const { inputs, shape } = readRequest(request.body, about);
    checkInputs(inputs, about, maxTexts);
    if (logTexts) request.log.info({ texts: inputs }, "texts");
    const gone = new AbortController();
    reply.raw.once("close", () => {
      if (!reply.raw.writableFinished) gone.abort();
    });
    return shape(await batcher.predict(inputs, gone.signal));
  });
  const open = { config: { isOpen: true } };
  app.get("/health", open, async () => ({ status: "ok" }));
  app.get("/ready", open, async (_, reply) =>
    isStopping ? reply.code(503).send({ error: "the server is stopping" }) : { status: "ready" },
  );
  app.get("/metrics", async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  app.get("/model", async () => about);
  const document = openapi(about.name, token !== undefined);
  app.get("/openapi.json", open, async () => document);
  const page = tryPage();
  app.get("/", open, async (_, reply) =>
    reply.type("text/html; charset=utf-8").headers(page.headers).send(page.html),
  );

  return {
    app,
    async stop() {
      if (isStopping) return;
      isStopping = true;
      app.log.info({ queued: batcher.queued }, "stopping: answering what was taken");
      // A closing server waits for whoever is still sending, as long as it takes.
      const patience = setTimeout(() => app.server.closeAllConnections(), (timeout + sendTimeout) * 1000);
      // Refuses new requests with 503 and waits for those that were begun, which still go through the batcher.
      await app.close();
      clearTimeout(patience);
      await batcher.close();
      metrics.registry.clear();
      app.log.info({ answered }, "stopped");
    },
  };
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether it is answered without a token. */
    isOpen?: boolean;
  }
}

/** @throws DataError, or NotServed where there are too many */
function checkInputs(inputs: readonly TextInput[], { pair }: AboutModel, maxTexts: number): void {
  if (inputs.length > maxTexts) {
    throw new NotServed(`${inputs.length} texts in one request; send ${maxTexts} at most`, 413, 0);
  }
  const empty = inputs.findIndex(isEmpty);
  if (empty >= 0)
    throw new DataError(`text ${empty + 1} of ${inputs.length} is empty: there is nothing to classify`);
  const pairs = inputs.filter((input) => typeof input !== "string").length;
  if (pairs > 0 && pairs < inputs.length) {
    throw new DataError("some inputs are single texts and some are pairs; send one kind");
  }
  if (pair === undefined || pair === pairs > 0) return;
  throw new DataError(
    pair
      ? 'the model was trained on pairs of texts; send {"text": "…", "pair": "…"}, or as inputs {"text": "…", "text_pair": "…"}'
      : "the model was trained on single texts, not on pairs; leave the second text out",
  );
}

async function sendError(
  error: unknown,
  _request: FastifyRequest,
  reply: FastifyReply,
  log: FastifyBaseLogger,
): Promise<FastifyReply> {
  if (error instanceof NotServed) {
    if (error.retryAfter > 0) reply.header("Retry-After", error.retryAfter);
    return reply.code(error.status).send({ error: error.message });
  }
  if (error instanceof TextuneError) return reply.code(400).send({ error: error.message });
  const { statusCode = 500, code } = error as { statusCode?: number; code?: string };
  if (statusCode < 500)
    return reply.code(statusCode).send({ error: clientErrors[code ?? ""] ?? "the request is malformed" });
  log.error({ err: error }, "unexpected");
  return reply.code(500).send({ error: "the server failed at this request; its log says where" });
}

/** Of what is no HTTP, or comes too slowly: the connection is told why and closed. */
function answerMalformed({ code }: { code: string }, socket: Socket): void {
  if (code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const isSlow = code === "ERR_HTTP_REQUEST_TIMEOUT";
  const body = JSON.stringify({
    error: isSlow ? "the request took too long to arrive" : "the request is malformed",
  });
  socket.end(
    `HTTP/1.1 ${isSlow ? "408 Request Timeout" : "400 Bad Request"}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

/** Fastify's own refusals, in words that say what to do. */
const clientErrors: Record<string, string> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "send JSON, with Content-Type: application/json",
  FST_ERR_CTP_BODY_TOO_LARGE: "the request is too large; send fewer or shorter texts",
  FST_ERR_CTP_EMPTY_JSON_BODY: 'the body is empty; send {"inputs": "a text"}',
  FST_ERR_CTP_INVALID_JSON_BODY: "the body is not valid JSON",
};

/** Compares digests, whose comparison takes the same time wherever they differ. */
function hasToken(header: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(header ?? ""), digest(`Bearer ${token}`));
}

const isLoopbackName = (name: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?|.+\.localhost)$/i.test(name);
