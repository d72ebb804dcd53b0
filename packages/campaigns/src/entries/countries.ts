// The country codes that OpenRTB asks for (ISO 3166-1 alpha-3), for the names that people write.

const CODES: Readonly<Record<string, string>> = {
  argentina: 'ARG',
  australia: 'AUS',
  austria: 'AUT',
  belgium: 'BEL',
  brazil: 'BRA',
  canada: 'CAN',
  china: 'CHN',
  denmark: 'DNK',
  finland: 'FIN',
  france: 'FRA',
  germany: 'DEU',
  india: 'IND',
  indonesia: 'IDN',
  ireland: 'IRL',
  italy: 'ITA',
  japan: 'JPN',
  mexico: 'MEX',
  netherlands: 'NLD',
  'new zealand': 'NZL',
  norway: 'NOR',
  poland: 'POL',
  portugal: 'PRT',
  singapore: 'SGP',
  'south africa': 'ZAF',
  'south korea': 'KOR',
  spain: 'ESP',
  sweden: 'SWE',
  switzerland: 'CHE',
  turkey: 'TUR',
  'united kingdom': 'GBR',
  'united states': 'USA',
};
const ALIASES: Readonly<Record<string, string>> = {
  us: 'USA',
  uk: 'GBR',
  gb: 'GBR',
  ca: 'CAN',
  de: 'DEU',
  fr: 'FRA',
  au: 'AUS',
  jp: 'JPN',
  in: 'IND',
  br: 'BRA',
  mx: 'MEX',
  es: 'ESP',
  it: 'ITA',
};
const KNOWN = new Set(Object.values(CODES));

/** Finds the alpha-3 code, or null where the name is none that we know: then a request says nothing of its country. */
export function findCountryCode(name: string): string | null {
  const key = name.trim().toLowerCase();
  if (KNOWN.has(key.toUpperCase())) return key.toUpperCase();
  if (Object.hasOwn(CODES, key)) return CODES[key] ?? null;
  return Object.hasOwn(ALIASES, key) ? (ALIASES[key] ?? null) : null;
}
