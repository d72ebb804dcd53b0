/// <reference lib="dom" />
/** The switch of colours: from what the system asks for to the other, and back. */

export function followTheme(): void {
  document.addEventListener('click', (event) => {
    const isSwitch =
      event.target instanceof Element && event.target.closest('[data-action="theme"]') !== null;
    if (isSwitch) switchTheme();
  });
}

function switchTheme(): void {
  const { dataset } = document.documentElement;
  const isDark = dataset.theme
    ? dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  const chosen = isDark ? 'light' : 'dark';
  dataset.theme = chosen;
  try {
    localStorage.setItem('load-report-theme', chosen);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
