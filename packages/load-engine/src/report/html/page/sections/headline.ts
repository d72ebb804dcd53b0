/** What the run was, whether it passed, and whether its figures can be trusted. */
import { formatCount, formatPercent } from '../../../format.ts';
import type { JsonReport } from '../../../json.ts';
import { html, type Markup } from '../markup.ts';

const END_REASONS: Readonly<Record<string, string>> = {
  duration: 'The run lasted as long as planned.',
  iterations: 'The run ended with its last iteration.',
  interrupted: 'The run was interrupted.',
  threshold: 'The run was ended by a threshold.',
  crashed: 'The run broke off.',
  unfinished: 'The run was not finished: these are its figures until then.',
};

export function renderHeadline(report: JsonReport): Markup {
  const { name, target, start_time } = report.test_info;
  return html`<header class="headline">
<h1>Load Test Report</h1>
<p class="subject"><strong>${name}</strong>${target !== '' && html` <span class="target">${target}</span>`}</p>
<p class="when">${renderTime(start_time)}</p>
<div class="results">${renderResult(report)}${renderVerdict(report)}</div>
${report.warnings.map((warning) => html`<p class="warning"><strong>Warning</strong> ${warning}</p>`)}
${report.report.length > 0 && html`<pre class="said">${report.report.join('\n')}</pre>`}
</header>`;
}

function hasPassed({ test_info, thresholds }: JsonReport): boolean {
  return test_info.passed && thresholds.every(({ outcome }) => outcome === 'passed');
}

function renderResult(report: JsonReport): Markup {
  const { final_metrics, thresholds, test_info, exceptions } = report;
  const { failed_requests: failed, total_requests: total } = final_metrics;
  const crossed = thresholds.filter(({ outcome }) => outcome !== 'passed').length;
  const sentences = [
    total === 0
      ? 'No request was answered.'
      : failed === 0
        ? `None of ${formatCount(total)} requests failed.`
        : `${formatCount(failed)} of ${formatCount(total)} requests failed (${formatPercent(failed / total)}).`,
    exceptions > 0 ? `The scenario’s own code threw ${formatCount(exceptions)} exceptions.` : '',
    thresholds.length > 0
      ? crossed === 0
        ? `All ${formatCount(thresholds.length)} thresholds were kept.`
        : `${formatCount(crossed)} of ${formatCount(thresholds.length)} thresholds were not kept.`
      : '',
    END_REASONS[test_info.end_reason] ?? '',
  ];
  const text = sentences.filter((sentence) => sentence !== '').join(' ');
  return hasPassed(report)
    ? html`<section class="result good"><h2><span class="sign" aria-hidden="true">✓</span> Passed</h2><p>${text}</p></section>`
    : html`<section class="result bad"><h2><span class="sign" aria-hidden="true">✗</span> Failed</h2><p>${text}</p></section>`;
}

function renderVerdict({ verdict }: JsonReport): Markup {
  if (verdict.valid) {
    return html`<section class="result good"><h2><span class="sign" aria-hidden="true">✓</span> VALID</h2><p>The generator kept up: these figures are the server’s.</p></section>`;
  }
  return html`<section class="result bad"><h2><span class="sign" aria-hidden="true">!</span> INVALID</h2><p>The generator was the bottleneck: do not take these figures for the server’s.</p><ul>${verdict.reasons.map((reason) => html`<li>${reason}</li>`)}</ul></section>`;
}

/** `2026-11-28 20:41:07 UTC` */
export function renderTime(iso: string): Markup {
  return html`<time datetime="${iso}">${String(iso).replace(/T(\d\d:\d\d:\d\d).*/, ' $1 UTC')}</time>`;
}
