import { createHmac } from "node:crypto";

/** An "account" is named by an e-mail address or by a telephone number. */
export type ContactKind = "email" | "phone" | "account";

/**
 * The keyed hash of an e-mail address or a telephone number, the same however it is written. Blank where there is none to
 * hash: a masked number (`138****5678`) is many people's, and so is a dash.
 */
export function contactHash(contact: string, kind: ContactKind, key: Buffer): string {
  if (contact.includes("*")) return "";
  const isEmail = kind === "email" || (kind === "account" && contact.includes("@"));
  const normal = isEmail ? contact.trim().toLowerCase() : contact.replace(/\D/g, "");
  const isOne = isEmail ? normal.includes("@") : normal.length >= 5;
  return isOne ? createHmac("sha256", key).update(normal).digest("hex") : "";
}
