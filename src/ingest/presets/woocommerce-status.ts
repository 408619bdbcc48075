/** WooCommerce's order status (SQL, with or without `wc-`) as ours. A refunded order was a sale: its refund says the rest. */
export function wooStatus(status: string): string {
  return `CASE regexp_replace(lower(${status}), '^wc-', '') WHEN 'completed' THEN 'completed' WHEN 'refunded' THEN 'completed' WHEN 'processing' THEN 'paid' WHEN 'cancelled' THEN 'cancelled' WHEN 'trash' THEN 'cancelled' WHEN 'failed' THEN 'failed' ELSE 'pending' END`;
}
