import { createHash } from "node:crypto";
import { tokens } from "../report/charts/theme.ts";
import { pageScript } from "./page-script.ts";

const variables = (theme: "light" | "dark") =>
  Object.entries(tokens)
    .map(([name, value]) => `--${name}:${value[theme]}`)
    .join(";");

const style = `
:root{color-scheme:light dark;${variables("light")};--page:#f5f7f9;--line:#dfe4e9}
@media (prefers-color-scheme:dark){:root{${variables("dark")};--page:#0f1216;--line:#2b313a}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:760px;margin:0 auto;padding:36px 20px 48px}
h1{font-size:28px;line-height:1.2;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:17px;margin:0 0 12px}
p{margin:0}
.muted{color:var(--muted)}
.small{font-size:14px}
.card{background:var(--surface);border:1px solid var(--line);border-radius:12px;padding:20px;margin-top:20px}
label{display:block;font-size:14px;color:var(--muted);margin-bottom:6px}
textarea,input{width:100%;font:inherit;color:inherit;background:var(--page);border:1px solid var(--line);border-radius:8px;padding:10px 12px}
textarea{min-height:104px;resize:vertical}
label+textarea+label{margin-top:12px}
:focus-visible{outline:2px solid var(--series1);outline-offset:1px}
.status{display:flex;justify-content:space-between;gap:12px;min-height:21px;margin:10px 0 14px;font-size:14px;color:var(--muted)}
.status .problem{color:var(--series2)}
ol{list-style:none;margin:0;padding:0;display:grid;gap:10px}
li .row{display:flex;justify-content:space-between;gap:16px}
li .name{overflow-wrap:anywhere;min-width:0}
li .value{font-variant-numeric:tabular-nums;color:var(--muted);flex:none}
li .track{height:8px;border-radius:4px;background:var(--grid);margin-top:3px;position:relative;overflow:hidden}
li .bar{height:100%;width:100%;border-radius:4px;background:var(--muted);transform-origin:left;transform:scaleX(0);transition:transform .25s ease-out,background-color .25s}
li .mark{position:absolute;top:0;bottom:0;width:2px;background:var(--ink);opacity:.55}
li.said .name{font-weight:650}
li.said .value{color:var(--ink)}
li.said .bar{background:var(--series1)}
ol.waiting{opacity:.55}
button{font:inherit;font-size:14px;color:var(--series1);background:none;border:0;padding:10px 0 0;cursor:pointer}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:15px}
th,td{text-align:right;padding:7px 0 7px 18px;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums;white-space:nowrap}
th:first-child,td:first-child{text-align:left;padding-left:0;white-space:normal;overflow-wrap:anywhere;min-width:5.5em}
a{color:var(--series1)}
tr:last-child td{border-bottom:0}
th{font-weight:500;font-size:14px;color:var(--muted)}
ul{margin:10px 0 0;padding-left:20px;font-size:14px}
.facts{margin-top:10px}
pre{margin:0;overflow-x:auto;font:13px/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
[hidden]{display:none!important}
@media (max-width:480px){main{padding:22px 14px 36px}.card{padding:16px}h1{font-size:24px}th,td{padding-left:12px}table{font-size:14px}th{white-space:normal;vertical-align:bottom}}
@media (prefers-reduced-motion:reduce){li .bar{transition:none}}
`.trim();

const body = `
<main>
<h1 id="name">textune</h1>
<p id="lead" class="muted">A text classifier.</p>
<section class="card" id="access" hidden>
<form><label for="token">This server asks for a token</label><input id="token" type="password" autocomplete="off"></form>
</section>
<section class="card">
<label for="text" id="text-label">Text</label>
<textarea id="text" maxlength="20000" placeholder="Type or paste a text; the classes move as you go." autofocus></textarea>
<label for="pair" id="pair-label" hidden>Second text</label>
<textarea id="pair" maxlength="20000" hidden></textarea>
<p class="status" role="status"><span id="said"></span><span id="took"></span></p>
<ol id="classes"></ol>
<button id="more" type="button" hidden></button>
</section>
<section class="card" id="scores" hidden>
<h2>How well it does</h2>
<div class="scroll"><table><thead><tr><th>Split</th><th>Rows</th><th>Accuracy</th><th>Macro F1</th><th>Majority class</th></tr></thead><tbody></tbody></table></div>
<ul id="warnings" hidden></ul>
</section>
<section class="card" id="data" hidden>
<h2>What it was trained on</h2>
<div class="scroll"><table><thead><tr><th>Data</th><th>Rows</th></tr></thead><tbody></tbody></table></div>
<p class="muted small facts" id="facts"></p>
</section>
<section class="card">
<h2>From a program</h2>
<pre id="curl"></pre>
<p class="muted small facts">It answers as Hugging Face's inference API does; <a href="/openapi.json">openapi.json</a> says the rest.</p>
</section>
</main>
`.trim();

/** The page that tries a model: one document that asks nobody but its own server, and the headers that see to that. */
export function tryPage(): { html: string; headers: Record<string, string> } {
  const digest = (source: string) => `'sha256-${createHash("sha256").update(source).digest("base64")}'`;
  const policy = [
    "default-src 'none'",
    "img-src data:",
    `script-src ${digest(pageScript)}`,
    // The bars are moved by their style.
    "style-src 'unsafe-inline'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return {
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>textune</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${body}
<script>${pageScript}</script>
</body>
</html>
`,
    headers: {
      "Content-Security-Policy": policy,
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
    },
  };
}
