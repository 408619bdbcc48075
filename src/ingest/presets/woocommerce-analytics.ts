import type { Preset } from "../preset.ts";

/** WooCommerce, Analytics, Orders, Download: names people, but neither customer number nor e-mail, so nobody can be followed. */
export const woocommerceAnalytics: Preset = {
  name: "woocommerce-analytics",
  recognisedBy: [["Date", "Order #", "Status", "Customer type", "Product(s)", "Items sold"]],
  refusedFor: ["woocommerce-rest", "woocommerce-suite"],
  read: () => ({ table: "orders", mappings: [], problems: [], expectedReasons: [] }),
};
