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
