/** The report as one HTML file that needs nothing else: no network, no other file, and no script to be read. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JsonReport } from '../json.ts';
import { renderBody } from './page/body.ts';
import { html, Markup } from './page/markup.ts';
import { DATA_ID } from './page/read-report.ts';
import { joinModules } from './page-script.ts';

const STYLES = ['base', 'headline', 'cards', 'charts', 'tables', 'print'];

/** One self-contained page; it carries the report as JSON, and compares it with another one that is dropped onto it. */
export function toHtmlReport(report: JsonReport): string {
  const { styles, early, script } = readAssets();
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${toPolicy(styles, [early, script])}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Load Test Report: ${report.test_info.name}</title>
<link rel="icon" href="data:,">
<style>${new Markup(styles)}</style>
<script>${new Markup(early)}</script>
</head>
<body>
<a class="skip" href="#report">Skip to the report</a>
<div class="bar"><p class="brand">LoadSpiker</p><p id="notice" role="status"></p>
<div class="actions scripted-only"><button type="button" data-action="choose">Compare with a report…</button><input type="file" id="other-file" accept=".html,.json,text/html,application/json" hidden><button type="button" data-action="theme">Switch colours</button></div></div>
<main id="report" tabindex="-1">${renderBody(report, null)}</main>
<div id="drop-hint" hidden><p>Drop a report here to compare it with this one</p></div>
<script type="application/json" id="${DATA_ID}">${new Markup(toScriptData(report))}</script>
<script>${new Markup(script)}</script>
</body>
</html>
`;
  return page.toString();
}

interface Assets {
  readonly styles: string;
  /** Runs before anything is shown. */
  readonly early: string;
  readonly script: string;
}

let assets: Assets | null = null;

/** Read once, and only by those who ask for such a report. */
function readAssets(): Assets {
  assets ??= {
    styles: STYLES.map((name) => readFileSync(toPath(`styles/${name}.css`), 'utf8')).join('\n'),
    early: joinModules(toModulePath('browser/early')),
    script: joinModules(toModulePath('browser/main')),
  };
  return assets;
}

function toPath(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** TypeScript in our own tree, JavaScript once it is built. */
function toModulePath(name: string): string {
  return toPath(name + import.meta.url.slice(import.meta.url.lastIndexOf('.')));
}

/** Nothing may be fetched, and nothing may run but what was written here. */
function toPolicy(styles: string, scripts: readonly string[]): string {
  return [
    `default-src 'none'`,
    `script-src ${scripts.map(toSource).join(' ')}`,
    `style-src ${toSource(styles)}`,
    'img-src data:',
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}

function toSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** JSON in a script element: without `<` nothing in it can end the element or open a comment. */
function toScriptData(report: JsonReport): string {
  return JSON.stringify(report)
    .replace(/</g, '\\u003c')
    .replace(/\u2028|\u2029/g, (sign) => (sign === '\u2028' ? '\\u2028' : '\\u2029'));
}
