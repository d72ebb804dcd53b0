// The devices that requests come from.

export interface Device {
  readonly brand: string;
  readonly make: string;
  readonly model: string;
  readonly os: string;
  readonly userAgent: string;
}

const DEFAULT_MODELS = ['Galaxy S24', 'iPhone 15', 'Pixel 8'];
const ANY_BRAND = new Set(['', 'any', 'mixed']);
const MAKES: readonly (readonly [pattern: RegExp, make: string])[] = [
  [/iphone|ipad/i, 'Apple'],
  [/pixel/i, 'Google'],
  [/galaxy|^sm-/i, 'Samsung'],
];

/** The devices of a brand; without models, those of the defaults that are of the brand, or all of them. */
export function listDevices(
  brand: string | null,
  models: readonly string[],
  operatingSystem: string | null,
): readonly Device[] {
  const wanted = (brand ?? '').trim().toLowerCase();
  const isAny = ANY_BRAND.has(wanted);
  const ofBrand = DEFAULT_MODELS.filter((model) => isAny || findMake(model)?.toLowerCase() === wanted);
  const named = models.length > 0 ? models : ofBrand.length > 0 ? ofBrand : DEFAULT_MODELS;
  return named.map((model) => {
    const make = findMake(model) ?? (isAny ? 'Unknown' : capitalise(wanted));
    const os = operatingSystem || (make === 'Apple' ? 'iOS' : 'Android');
    return { brand: isAny ? make.toLowerCase() : wanted, make, model, os, userAgent: toUserAgent(os, model) };
  });
}

function findMake(model: string): string | undefined {
  return MAKES.find(([pattern]) => pattern.test(model))?.[1];
}

function capitalise(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function toUserAgent(os: string, model: string): string {
  return /^ios$/i.test(os)
    ? 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148'
    : `Mozilla/5.0 (Linux; Android 14; ${model}) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36`;
}
