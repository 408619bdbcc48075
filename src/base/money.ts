const exponents = new Map<string, number>();

/** Digits after the decimal point of a currency (ISO 4217 as known to Intl): JPY 0, USD 2, KWD 3. */
export function currencyExponent(currency: string): number {
  let exponent = exponents.get(currency);
  if (exponent === undefined) {
    exponent =
      new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
    exponents.set(currency, exponent);
  }
  return exponent;
}

/** Integer minor units to the major unit as a float: 1999 USD → 19.99. */
export function toMajor(minor: number | bigint, currency: string): number {
  return Number(minor) / 10 ** currencyExponent(currency);
}

/** Major unit to integer minor units, half away from zero: 19.995 USD → 2000. */
export function toMinor(major: number, currency: string): number {
  const scaled = major * 10 ** currencyExponent(currency);
  return Math.sign(scaled) * Math.round(Math.abs(scaled) + Number.EPSILON * Math.abs(scaled));
}
