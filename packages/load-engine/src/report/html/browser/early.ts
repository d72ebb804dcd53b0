/// <reference lib="dom" />
/** What must be known before anything is shown: that there are scripts, and which colours the reader chose. */

const root = document.documentElement;
root.classList.add('scripted');
try {
  const chosen = localStorage.getItem('load-report-theme');
  if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen;
} catch {
  // A page that was opened from a file may have no storage: then the system's colours it is.
}
