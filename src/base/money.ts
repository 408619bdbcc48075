import { InputError } from "./errors.ts";

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

/** An amount as people state it: major units, with the currency they are of or without. */
export const statedAmount = /^(-?\d+(?:\.\d+)?)\s*([A-Z]{3})?$/;

/**
 * A stated amount (5000, "5000 EUR") in major units of `currency`; nothing is converted. Throws InputError
 * amount_in_other_currency, which names `setting`.
 */
export function amountIn(currency: string, stated: number | string, setting: string): number {
  const [, amount, named = currency] = statedAmount.exec(String(stated)) ?? [undefined, String(stated)];
  if (named !== currency)
    throw new InputError("amount_in_other_currency", { setting, stated: String(stated), currency });
  return Number(amount);
}
