/** What features are about, as a merchant would say it: features of one concept are explained together. */
export const concepts = [
  "recency",
  "frequency",
  "spending",
  "basket",
  "rhythm",
  "season",
  "discounts",
  "variety",
  "returns",
  "visits",
  "interests",
  "carts",
  "email",
  "offers",
  "tenure",
  "origin",
] as const;
export type Concept = (typeof concepts)[number];
