/** The text format of Prometheus, version 0.0.4. */
import type { MetricFamily, Sample } from './metric-families.ts';

export const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function toExpositionText(families: readonly MetricFamily[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) =>
      [`# HELP ${name} ${escapeText(help)}`, `# TYPE ${name} ${type}`, ...samples.map(renderSample), ''].join(
        '\n',
      ),
    )
    .join('');
}

function renderSample({ name, labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(
    ([label, text]) => `${label}="${escapeText(text).replaceAll('"', '\\"')}"`,
  );
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

function escapeText(text: string): string {
  return text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
