import { createServer, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { HubError } from "../../src/core/errors.ts";
import { hubFetch } from "../../src/node/hub/requests.ts";
import { hubSettings } from "../../src/node/hub/settings.ts";
import { withOwnHubSettings } from "./environment.ts";

withOwnHubSettings();
beforeEach(() => {
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toLowerCase(), undefined);
  }
});

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A proxy that forwards, and what it was asked for. */
async function startProxy(): Promise<{ url: string; log: string[] }> {
  const log: string[] = [];
  const server = createServer((asked, response) => {
    log.push(`${asked.method} ${asked.url}`);
    const forwarded = request(asked.url!, { method: asked.method, headers: asked.headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    asked.pipe(forwarded);
  });
  server.on("connect", (asked, client, head) => {
    log.push(`CONNECT ${asked.url}`);
    const [host, port] = asked.url!.split(":");
    const tunnel = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      tunnel.write(head);
      tunnel.pipe(client);
      client.pipe(tunnel);
    });
    tunnel.on("error", () => client.destroy());
    client.on("error", () => tunnel.destroy());
  });
  return { url: await listening(server), log };
}

const startWeb = () => listening(createServer((_, response) => response.end("hello")));

async function get(address: string): Promise<string> {
  const response = await hubFetch(hubSettings({ endpoint: address }))(`${address}/x`);
  return response.text();
}

test.each([
  ["HTTP_PROXY", ""],
  ["http_proxy", ""],
  ["HTTP_PROXY", "http://"],
])("%s is gone through (%j is left out of its address)", async (name, left) => {
  const [proxy, web] = [await startProxy(), await startWeb()];
  vi.stubEnv(name, proxy.url.replace(left, ""));
  expect(await get(web)).toBe("hello");
  expect(proxy.log).toHaveLength(1);
  expect(proxy.log[0]).toContain(new URL(web).host);
});

test("https goes through HTTPS_PROXY, and through no proxy of http", async () => {
  const proxy = await startProxy();
  // Nothing there speaks TLS: what counts is whether the proxy is asked for the way.
  const address = (await startWeb()).replace("http:", "https:");
  vi.stubEnv("HF_HUB_DOWNLOAD_TIMEOUT", "2");
  vi.stubEnv("HTTP_PROXY", proxy.url);
  await expect(get(address)).rejects.toThrow(HubError);
  expect(proxy.log).toEqual([]);
  vi.stubEnv("HTTPS_PROXY", proxy.url);
  await expect(get(address)).rejects.toThrow(HubError);
  expect(proxy.log).toEqual([`CONNECT ${new URL(address).host}`]);
});

test("hosts in NO_PROXY and what is below them are asked directly", async () => {
  const [proxy, web] = [await startProxy(), await startWeb()];
  vi.stubEnv("HTTP_PROXY", proxy.url);
  vi.stubEnv("NO_PROXY", "example.com, 127.0.0.1");
  expect(await get(web)).toBe("hello");
  expect(proxy.log).toEqual([]);
  vi.stubEnv("NO_PROXY", "localhost");
  const { port } = new URL(web);
  // A name below one in the list that every machine resolves to itself.
  await get(`http://hub.localhost:${port}`).catch(() => {});
  expect(proxy.log).toEqual([]);
});

test("addresses that are none are refused by the variable's name, their passwords unsaid", () => {
  vi.stubEnv("HTTPS_PROXY", "socks5://me:secret@proxy:1080");
  expect(() => hubSettings({})).toThrow(
    new HubError("HTTPS_PROXY is no address of the kind http://host:port"),
  );
  vi.stubEnv("HTTPS_PROXY", undefined);
  vi.stubEnv("HF_ENDPOINT", "hub.example");
  expect(() => hubSettings({})).toThrow(
    new HubError("HF_ENDPOINT is no address of the kind http://host:port"),
  );
});
