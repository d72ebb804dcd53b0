/** What became of a figure from one run to another. */
import { html, type Markup } from './markup.ts';

/** Which way is better; `none` for what is a setting and no result. */
export type Wish = 'higher' | 'lower' | 'none';

type Figure = number | null | undefined;

/** Below this share runs differ by chance anyway: such a change is not called better or worse. */
const NOTABLE_SHARE = 0.01;

/** The figure of the other run, and the way from there to here. */
export function renderWas(
  mine: Figure,
  theirs: Figure,
  wish: Wish,
  format: (value: number) => Markup | string,
): Markup {
  const was = theirs === null || theirs === undefined ? '–' : format(theirs);
  return html`<span class="beside"><span class="was">was ${was}</span> ${renderChange(mine, theirs, wish)}</span>`;
}

/** Nothing at all without a figure on both sides. */
function renderChange(mine: Figure, theirs: Figure, wish: Wish): Markup | null {
  if (typeof mine !== 'number' || typeof theirs !== 'number') return null;
  if (mine === theirs) return html`<span class="change">±0 %</span>`;
  if (theirs === 0) return renderJudged(mine > 0 ? 'up' : 'down', mine, wish);
  const share = (mine - theirs) / Math.abs(theirs);
  return renderJudged(formatChange(share), share, wish);
}

/** `+23 %`, `−1.4 %`; and `×2.5`, which says more than `+150 %`. */
function formatChange(share: number): string {
  if (share >= 1) return `×${Number((share + 1).toPrecision(3)).toLocaleString('en-US')}`;
  const percent = Math.abs(share) * 100;
  const digits = percent < 1 || percent > 99 ? 2 : percent < 10 ? 1 : 0;
  return `${share > 0 ? '+' : '−'}${percent < 0.005 ? '< 0.01' : percent.toFixed(digits)} %`;
}

function renderJudged(text: string, share: number, wish: Wish): Markup {
  if (wish === 'none' || Math.abs(share) < NOTABLE_SHARE) return html`<span class="change">${text}</span>`;
  const isBetter = share > 0 === (wish === 'higher');
  return isBetter
    ? html`<span class="change better">${text}<span class="unseen"> better</span></span>`
    : html`<span class="change worse">${text}<span class="unseen"> worse</span></span>`;
}
