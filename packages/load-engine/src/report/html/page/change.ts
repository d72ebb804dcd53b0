/** What became of a figure from one run to another. */
import { formatPercent } from '../../format.ts';
import { html, type Markup } from './markup.ts';

/** Which way is better; `none` for what is a setting and no result. */
export type Wish = 'higher' | 'lower' | 'none';

/** Below this share runs differ by chance anyway: such a change is not called better or worse. */
const NOTABLE_SHARE = 0.01;

/** Nothing at all without a figure on both sides. */
export function renderChange(
  mine: number | null | undefined,
  theirs: number | null | undefined,
  wish: Wish,
): Markup | null {
  if (mine === null || mine === undefined || theirs === null || theirs === undefined) return null;
  if (mine === theirs) return html`<span class="change">±0 %</span>`;
  if (theirs === 0) return html`<span class="change">was 0</span>`;
  const share = (mine - theirs) / Math.abs(theirs);
  const sign = share > 0 ? '+' : '−';
  const text = `${sign}${formatPercent(Math.abs(share))}`;
  return renderJudged(Math.abs(share) >= 1 ? toFactor(share) : text, share, wish);
}

/** `×2.5` says more than `+150 %`. */
function toFactor(share: number): string {
  return share > 0 ? `×${Number((share + 1).toPrecision(3)).toLocaleString('en-US')}` : '−100 %';
}

function renderJudged(text: string, share: number, wish: Wish): Markup {
  if (wish === 'none' || Math.abs(share) < NOTABLE_SHARE) return html`<span class="change">${text}</span>`;
  const isBetter = share > 0 === (wish === 'higher');
  return isBetter
    ? html`<span class="change better">${text}<span class="unseen"> better</span></span>`
    : html`<span class="change worse">${text}<span class="unseen"> worse</span></span>`;
}
