import { z } from "zod";
import { version } from "../../core/version.ts";
import { errorResponse, requests, responses } from "./api.ts";

const json = (schema: unknown) => ({ content: { "application/json": { schema } } });
const either = (schemas: Record<string, z.ZodType>) => ({
  oneOf: Object.values(schemas).map((schema) => z.toJSONSchema(schema)),
});
const failed = (description: string) => ({ description, ...json(z.toJSONSchema(errorResponse)) });
const plain = (description: string) => ({ responses: { 200: { description } } });

/** What the server takes and gives, as OpenAPI 3.1 says it. */
export function openapi(name: string, hasToken: boolean): object {
  return {
    openapi: "3.1.0",
    info: { title: `textune serve: ${name}`, version },
    ...(hasToken && {
      components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
      security: [{ bearer: [] }],
    }),
    paths: {
      "/predict": {
        post: {
          summary: "Classifies a text, several, or pairs of texts",
          requestBody: { required: true, ...json(either(requests)) },
          responses: {
            200: {
              description: "for each way of asking the answer in its place",
              ...json(either(responses)),
            },
            400: failed("the request is none, or a text is empty"),
            401: failed("the token is missing or wrong"),
            413: failed("the body is too large, or has too many texts"),
            429: failed("too much is waiting; Retry-After says when to try again"),
            503: failed("the server is stopping, or the deadline was over before it came to the request"),
            504: failed("the deadline was over while the request was under way"),
          },
        },
      },
      "/model": { get: plain("classes of the model, what it was trained on and how well it does") },
      "/health": { get: { ...plain("the process is alive"), security: [] } },
      "/ready": {
        get: {
          responses: { 200: { description: "requests are taken" }, 503: failed("the server is stopping") },
          security: [],
        },
      },
      "/metrics": { get: plain("figures for Prometheus") },
      "/openapi.json": { get: { ...plain("this document"), security: [] } },
      "/": { get: { ...plain("a page to try the model"), security: [] } },
    },
  };
}
