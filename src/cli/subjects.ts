/** Everything that `longrun show` can show of a run; of a customer, `customer ID`. */
export const subjects = [
  "summary",
  "sources",
  "plan",
  "effects",
  "backtest",
  "relation",
  "frontier",
  "ingest",
  "clean",
  "features",
  "train",
  "identities",
  "predict",
  "optimize",
  "evaluate",
] as const;
