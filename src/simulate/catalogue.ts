import { categoryCount } from "./customers.ts";
import { childKey, normalAt, type RandomKey, uniformAt } from "./hash.ts";

export interface Product {
  readonly id: string;
  readonly sku: string;
  readonly title: string;
  readonly categoryPath: string;
  readonly category: number;
  readonly listPriceMinor: number;
  readonly unitCostMinor: number;
}

export interface Catalogue {
  readonly products: readonly Product[];
  /** Minor units by currency, indexed [USD = 0, EUR = 1][product]. */
  readonly price: readonly [Int32Array, Int32Array];
  readonly unitCost: readonly [Int32Array, Int32Array];
}

export const productsPerCategory = 25;

/** Euro price tags are set once, at this factor, and do not follow the exchange rate. */
const euroPriceFactor = 0.92;

const categories = [
  { path: "Home > Kitchen", noun: "Teapot", chinese: "茶壶", level: 1.1 },
  { path: "Home > Textiles", noun: "Blanket", chinese: "毯子", level: 1.2 },
  { path: "Home > Lighting", noun: "Lamp", chinese: "台灯", level: 1.3 },
  { path: "Garden > Plants", noun: "Planter", chinese: "花盆", level: 0.9 },
  { path: "Stationery > Paper", noun: "Notebook", chinese: "笔记本", level: 0.8 },
  { path: "Toys > Wooden", noun: "Puzzle", chinese: "拼图", level: 0.9 },
  { path: "Food > Tea & Coffee", noun: "Tea", chinese: "茶叶", level: 0.85 },
  { path: "Fashion > Accessories", noun: "Scarf", chinese: "围巾", level: 1.1 },
] as const;

/** Eight categories of 25 products, cheapest first; margin shares between 35 % and 55 % of the list price. */
export function createCatalogue(shopKey: RandomKey): Catalogue {
  const key = childKey(shopKey, -7);
  const products: Product[] = [];
  for (let category = 0; category < categoryCount; category++) {
    const { path, noun, chinese, level } = categories[category]!;
    for (let rank = 0; rank < productsPerCategory; rank++) {
      const index = products.length;
      const spread = Math.exp((rank / (productsPerCategory - 1)) * 2.1 + 0.06 * normalAt(key, index, 0));
      const listPriceMinor = Math.round(11 * level * spread) * 100 - 5;
      const marginShare = 0.35 + 0.2 * uniformAt(key, index, 2) ** 0.4;
      const number = String(rank + 1).padStart(2, "0");
      products.push({
        id: `P${String(index + 1).padStart(3, "0")}`,
        sku: `${noun.toUpperCase()}-${number}`,
        // Every tenth title has a comma and quotes, as titles do.
        title: index % 10 === 0 ? `${noun}, "grand" ${number} ${chinese}` : `${noun} ${number} ${chinese}`,
        categoryPath: path.split(" > ").join(";"),
        category,
        listPriceMinor,
        unitCostMinor: Math.ceil(listPriceMinor * (1 - marginShare)),
      });
    }
  }
  const euro = (minor: number) => Math.round(minor * euroPriceFactor);
  return {
    products,
    price: [
      Int32Array.from(products, (p) => p.listPriceMinor),
      Int32Array.from(products, (p) => euro(p.listPriceMinor)),
    ],
    unitCost: [
      Int32Array.from(products, (p) => p.unitCostMinor),
      Int32Array.from(products, (p) => euro(p.unitCostMinor)),
    ],
  };
}

/** US dollars for one euro, by day: a slow mean-reverting walk around 1.10. */
export function createExchangeRates(shopKey: RandomKey, dayCount: number): Float64Array {
  const key = childKey(shopKey, -8);
  const rates = new Float64Array(dayCount);
  for (let day = 0, deviation = 0; day < dayCount; day++) {
    deviation = 0.997 * deviation + 0.003 * normalAt(key, day, 0);
    rates[day] = Math.round(1.1 * Math.exp(deviation) * 1e6) / 1e6;
  }
  return rates;
}
