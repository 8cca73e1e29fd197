import { cssDeclarations } from "../charts/theme.ts";

/** The stylesheet of every HTML page: light and dark by the reader's preference, light on paper. */
export const stylesheet = `
:root{color-scheme:light dark;${cssDeclarations("light")};--page:#f5f6f8;--cell:14px;--line:#dde1e6;--soft:#eef1f4;--more:#0003;--warning:#9a4a00;--warning-soft:#fdf1e4;--link:#0059a8}
@media screen and (prefers-color-scheme:dark){:root{${cssDeclarations("dark")};--page:#0f1114;--line:#2e343c;--soft:#20252b;--more:#fff3;--warning:#ffb070;--warning-soft:#2d2117;--link:#7cc0f5}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans",sans-serif}
.page{max-width:1120px;margin:0 auto;padding:0 24px 48px}
header{padding:36px 0 4px}
h1{font-size:30px;line-height:1.2;margin:0 0 6px;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{font-size:21px;line-height:1.3;margin:0 0 14px;letter-spacing:-.01em;overflow-wrap:anywhere}
h3{font-size:15px;margin:0 0 8px}
p{margin:0 0 10px;max-width:88ch;overflow-wrap:anywhere}
a{color:var(--link)}
.lead{color:var(--muted);margin:0;overflow-wrap:anywhere}
nav{margin:18px 0 0;padding:0;border-bottom:1px solid var(--line)}
nav ul{display:flex;flex-wrap:wrap;gap:2px 20px;list-style:none;margin:0;padding:0 0 10px}
nav a{text-decoration:none;font-size:14px}
nav a:hover{text-decoration:underline}
section{margin-top:38px;scroll-margin-top:12px}
.grid{display:grid;gap:16px;grid-template-columns:repeat(auto-fit,minmax(min(100%,380px),1fr))}
.grid.narrow{grid-template-columns:repeat(auto-fit,minmax(min(100%,310px),1fr))}
.stack{display:grid;gap:16px;grid-template-columns:minmax(0,1fr)}
.card{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:18px 20px;min-width:0}
.failed{color:var(--warning);overflow-wrap:anywhere}
figure>p{margin:0;padding:10px 16px}
.note{color:var(--muted);font-size:13.5px}
figure{margin:0;border:1px solid var(--line);border-radius:10px;min-width:0;overflow-x:auto}
/* A shadow at the side where there is more to see: the covers move with the content, the shadows stay. */
figure,.scroll{background:linear-gradient(to right,var(--surface) 12px,transparent 44px) 0 0/44px 100% no-repeat local,linear-gradient(to left,var(--surface) 12px,transparent 44px) 100% 0/44px 100% no-repeat local,linear-gradient(to right,var(--more),transparent) 0 0/18px 100% no-repeat scroll,linear-gradient(to left,var(--more),transparent) 100% 0/18px 100% no-repeat scroll,var(--surface)}
figure svg>rect{fill:none}
figure svg{display:block;width:100%;height:auto}
figure svg text{font-family:inherit}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:10px}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:12px var(--cell) 8px;font-weight:650}
th,td{padding:8px var(--cell);text-align:left;border-top:1px solid var(--line);vertical-align:top}
caption+thead th{border-top:0}
thead th{color:var(--muted);font-weight:500;font-size:13px;white-space:nowrap;vertical-align:bottom}
tbody th{font-weight:500}
tbody th>span{display:block;width:max-content;max-width:min(32em,40vw);overflow-wrap:break-word}
tbody th[scope=rowgroup]{font-size:13px;font-weight:650;padding-top:18px;border-top:0}
.run{white-space:normal}
.run::before{content:"";display:inline-block;width:.7em;height:.7em;margin-right:.5em;border-radius:2px;background:var(--run)}
tfoot th,tfoot td{border-top:2px solid var(--line);color:var(--muted)}
tfoot th{font-weight:500}
tfoot tr+tr :is(th,td){border-top:1px solid var(--line)}
td.n,th.n{text-align:right;white-space:nowrap}
.facts th{font-weight:400;color:var(--muted);width:40%}
.facts td{overflow-wrap:anywhere}
.facts tr:first-child :is(th,td){border-top:0}
.headline .figure{font-size:46px;line-height:1.05;font-weight:680;letter-spacing:-.03em;margin:2px 0 4px}
.headline .of{font-size:15px;font-weight:400;letter-spacing:0;color:var(--muted)}
.bars{display:grid;grid-template-columns:fit-content(50%) minmax(64px,1fr) auto;overflow-wrap:anywhere;gap:6px 10px;align-items:center;margin:14px 0;font-size:13.5px;font-variant-numeric:tabular-nums}
.bars .track{background:var(--soft);border-radius:4px;height:12px;overflow:hidden}
.bars .fill{display:block;height:100%;background:var(--series-1);border-radius:4px}
.bars .fill.base{background:var(--muted)}
.measures{display:flex;flex-wrap:wrap;gap:8px 28px;margin:14px 0 0;padding:14px 0 0;border-top:1px solid var(--line)}
.measures dt{color:var(--muted);font-size:13px}
.measures dd{margin:0;font-size:18px;font-weight:600;font-variant-numeric:tabular-nums}
.finding{border-left:4px solid var(--muted);border-radius:0 10px 10px 0}
.finding.is-warning{border-left-color:var(--warning);background:var(--warning-soft)}
.finding .kind{font-size:12px;font-weight:650;letter-spacing:.06em;text-transform:uppercase;color:var(--muted)}
.finding.is-warning .kind{color:var(--warning)}
.finding h3{margin:2px 0 6px}
.finding p{margin:0 0 4px}
.mistakes{list-style:none;margin:0;padding:0}
.mistakes li{padding:14px 20px;border-top:1px solid var(--line)}
.mistakes li:first-child{border-top:0}
.mistakes .verdict{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:13.5px;color:var(--muted);margin-bottom:4px}
.mistakes b{color:var(--ink);font-weight:600}
.mistakes .wrong{color:var(--series-2)}
.mistakes p,.mistakes summary{margin:0;overflow-wrap:anywhere;max-width:95ch}
.mistakes .side{color:var(--muted)}
.card.list{padding:0}
.list>h3{padding:16px 20px 0;margin:0}
.list>.note{padding:2px 20px 0;margin:0 0 4px}
details>summary{cursor:pointer}
details.more{margin-top:16px}
details.more>summary{color:var(--link);padding:4px 0 10px}
pre{margin:0;padding:14px 18px;overflow-x:auto;background:var(--surface);border:1px solid var(--line);border-radius:10px;font:13px/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;tab-size:2}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.92em}
pre code{font-size:inherit}
footer{margin-top:44px;padding-top:16px;border-top:1px solid var(--line);color:var(--muted);font-size:13.5px}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
@media (max-width:600px){.page{padding:0 14px 32px}header{padding-top:24px}h1{font-size:25px}.card{padding:15px 16px}section{margin-top:30px}:root{--cell:8px}table{font-size:13px}caption{font-size:14px;position:sticky;left:0;box-sizing:border-box;max-width:calc(100vw - 30px)}thead th{white-space:normal}.mistakes li{padding:12px 16px}.list>h3,.list>.note{padding-left:16px;padding-right:16px}.headline .figure{font-size:40px}}
@media print{*{print-color-adjust:exact}body{background:#fff;font-size:11pt}.page{max-width:none;padding:0}nav{display:none}section{margin-top:22px}figure,.card,tr,.mistakes li{break-inside:avoid}h2,h3{break-after:avoid}.scroll,figure,pre{overflow:visible}pre{white-space:pre-wrap}}
`.trim();
