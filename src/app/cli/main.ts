#!/usr/bin/env node
import { printableLine } from "../../core/printable.ts";
import { runCommandLine } from "./command-line.ts";

// Whoever reads the output may stop before its end, as `head` does; a training goes on, which is for its folder.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

// What the process is warned of reads like every other note, in place of Node's own lines with a process number.
process.removeAllListeners("warning");
process.on("warning", ({ name, message, code }: Error & { code?: string }) => {
  // Proxies are honoured through an agent of undici that calls itself experimental, which is nothing to users.
  if (code === "UNDICI-EHPA") return;
  const line = name === "HubWarning" ? `note: ${message}` : `warning: ${name}: ${message}`;
  process.stderr.write(`${process.stderr.isTTY ? "\r\x1b[2K" : ""}${printableLine(line)}\n`);
});

process.exitCode = await runCommandLine(process.argv.slice(2));
