// One message as a row: when, on which topic, the gist of it, and all of it where that is wanted.

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });
/** Said elsewhere in the row, or of no interest to a reader. */
const LEFT_OUT = new Set(['type', 'campaign_id', 'at', 'timestamp', 'session_id', 'progress_percentage']);

/** `toShort` writes a topic as people do. */
export function toRow({ topic, payload, metadata }, toShort) {
  const [row, details, summary] = ['li', 'details', 'summary'].map((tag) => document.createElement(tag));
  const time = document.createElement('time');
  const sentAt = new Date(metadata.sent_at);
  time.dateTime = sentAt.toISOString();
  time.textContent = `${CLOCK.format(sentAt)}.${String(sentAt.getMilliseconds()).padStart(3, '0')}`;
  summary.append(time, toText('span', toShort(topic), 'topic'), toGist(payload));
  const progress = payload?.progress_percentage;
  if (typeof progress === 'number') {
    const bar = Object.assign(document.createElement('progress'), { max: 100, value: progress });
    bar.setAttribute('aria-label', 'Progress');
    summary.append(bar);
  }
  details.append(summary);
  // Written when it is wanted: most messages are not opened.
  details.addEventListener('toggle', () => details.append(toText('pre', JSON.stringify(payload, null, 2))), {
    once: true,
  });
  row.append(details);
  return row;
}

function toGist(payload) {
  if (typeof payload !== 'object' || payload === null)
    return toText('span', typeof payload === 'string' ? payload : JSON.stringify(payload), 'gist');
  const gist = toText('span', '', 'gist');
  if (typeof payload.type === 'string') gist.append(toText('b', payload.type));
  const parts = toParts(payload);
  parts.forEach(([name, text], index) => {
    gist.append(toText('i', `${name} `), text, index < parts.length - 1 ? ' · ' : '');
  });
  return gist;
}

/** Names and values; of an object inside, its own. */
function toParts(fields) {
  const told = Object.entries(fields).filter(([key, value]) => !LEFT_OUT.has(key) && value !== null);
  return told.flatMap(([key, value]) => {
    if (typeof value === 'object' && !Array.isArray(value)) return toParts(value);
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return [[key.replaceAll('_', ' '), text]];
  });
}

function toText(tag, text, className = '') {
  return Object.assign(document.createElement(tag), { textContent: text, className });
}
