// Host names, as requests and operators write them.

/** Whether a host name or address means this machine alone. `hostname` is as `URL.hostname` writes it. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** The host name of a Host header or a HOST variable in the one form in which hosts are compared; null if it is none. */
export function toHostname(text: string): string | null {
  if (!/^[\w.:[\]-]+$/.test(text)) return null;
  const address = /^[\da-f:]+:[\da-f:]*$/i.test(text) && !/^\w*:\d*$/.test(text) ? `[${text}]` : text;
  return URL.canParse(`http://${address}`) ? new URL(`http://${address}`).hostname : null;
}
