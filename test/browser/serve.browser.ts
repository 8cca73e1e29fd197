import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aboutModel } from "../../src/app/serve/about-model.ts";
import { type PredictServer, predictServer } from "../../src/app/serve/server.ts";
import { tinyClassifier } from "../classifier/tiny.ts";
import { agNews } from "../report/sample-record.ts";
import { startChromium } from "./chromium.ts";

/** What would run, or break the page, if it were taken for markup. */
const labels = ["<img src=x onerror=alert(1)>", "averyverylongclassname".repeat(6), "plain"];
const classifier = tinyClassifier({ labels });
let browser: Browser;
let server: PredictServer;
let address: string;

beforeAll(async () => {
  browser = await startChromium();
  const about = aboutModel("tiny", classifier, JSON.parse(JSON.stringify(agNews())));
  server = predictServer(about, [(inputs) => classifier.predict(inputs)], {
    ...{ maxBatch: 8, maxWait: 0, maxQueue: 64, maxTexts: 8, maxBody: 1 << 20, timeout: 30, sendTimeout: 10 },
    ...{ isLocal: true, logLevel: "silent", token: "secret" },
  });
  address = await server.app.listen({ port: 0 });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe("the page to try a model", () => {
  test("asks for the token, shows the classes move, and fits a phone", async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("dialog", (dialog) => problems.push(dialog.message()));
    await page.goto(address);
    await page.waitForSelector("#access:not([hidden])");
    await page.fill("#token", "secret");
    await page.press("#token", "Enter");
    await page.waitForSelector("#scores:not([hidden])");

    const { scores, label } = await classifier.predict("the goal was new");
    await page.fill("#text", "the goal was new");
    await page.waitForSelector("li.said");
    expect(await page.textContent("li.said .name")).toBe(label);
    const shown = await page
      .locator("li")
      .evaluateAll((items) =>
        items.map((item) => [...item.querySelectorAll(".name, .value")].map((part) => part.textContent)),
      );
    const classes = shown.filter((parts) => parts.length === 2);
    expect(classes).toEqual(labels.map((name) => [name, `${(scores[name]! * 100).toFixed(1)}%`]));
    const width = await page.evaluate("document.documentElement.scrollWidth");
    expect(width).toBeLessThanOrEqual(390);

    await page.fill("#text", " ");
    await page.waitForSelector("li.said", { state: "detached" });
    expect(problems).toEqual([]);
    await page.close();
  });
});
