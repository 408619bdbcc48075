import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChosenOptions, CleaningRoom, type Row } from "./small-shop.test-data.ts";

const room = new CleaningRoom();
beforeAll(() => room.open());
afterAll(() => room.close());

const person = (customer_id: string, day: number, email: string | null, phone: string | null): Row => ({
  customer_id,
  created_at: `2024-01-${String(day).padStart(2, "0")}`,
  email_hmac: email,
  phone_hmac: phone,
});
/** a and b share an e-mail, b and c a telephone; d shares c's e-mail: four ids, one person. */
const chain = [
  person("a", 2, "e1", null),
  person("b", 3, "e1", "p1"),
  person("c", 1, "e2", "p1"),
  person("d", 4, "e2", null),
];

async function owners(customers: Row[], options: ChosenOptions = {}) {
  const orders = customers.map(({ customer_id }) => ({
    order_id: `o-${customer_id}`,
    customer_id,
    items_gross_minor: 100,
  }));
  const cleaned = await room.clean({ customers, orders }, options);
  const owner = Object.fromEntries(
    (await cleaned.rows("orders")).map(({ order_id, customer_id }) => [String(order_id).slice(2), customer_id]),
  );
  return { cleaned, owner };
}

describe("identities", () => {
  it("join through e-mail and telephone, whatever the chain, in the id created first", async () => {
    const { cleaned, owner } = await owners(chain);
    expect(owner).toEqual({ a: "c", b: "c", c: "c", d: "c" });
    expect(await cleaned.rows("identity_merges")).toEqual([
      {
        merge_id: "email:b",
        from_customer_id: "b",
        into_customer_id: "a",
        rule: "same_email_same_customer",
        merged_at: "2024-01-03T00:00:00.000Z",
        undone_at: null,
      },
      {
        merge_id: "email:d",
        from_customer_id: "d",
        into_customer_id: "c",
        rule: "same_email_same_customer",
        merged_at: "2024-01-04T00:00:00.000Z",
        undone_at: null,
      },
      {
        merge_id: "phone:b",
        from_customer_id: "b",
        into_customer_id: "c",
        rule: "same_phone_same_customer",
        merged_at: "2024-01-03T00:00:00.000Z",
        undone_at: null,
      },
    ]);
    // The telephone moved a, too: b had been merged into it.
    expect(cleaned.touched("same_email_same_customer", "customers")).toBe(2);
    expect(cleaned.touched("same_phone_same_customer", "customers")).toBe(1);
    expect(cleaned.touched("same_phone_same_customer", "orders")).toBe(1);
    expect(cleaned.values.customers).toBe(1);
  });

  it("come apart when a merge is undone, and only there", async () => {
    const { cleaned, owner } = await owners(chain, { undoneMerges: ["phone:b"] });
    expect(owner).toEqual({ a: "a", b: "a", c: "c", d: "c" });
    const merges = await cleaned.rows("identity_merges");
    expect(merges.map(({ merge_id, undone_at }) => [merge_id, undone_at])).toEqual([
      ["email:b", null],
      ["email:d", null],
      ["phone:b", "2024-01-02T00:00:00.000Z"],
    ]);
    const apart = await owners(chain, { undoneMerges: ["phone:b", "email:b", "email:d"] });
    expect(apart.owner).toEqual({ a: "a", b: "b", c: "c", d: "d" });
    expect(apart.cleaned.touched("same_email_same_customer")).toBe(0);
  });

  it("keep the name of a merge when an older id turns up", async () => {
    const older = [...chain, person("z", 1, "e1", null)];
    const { cleaned } = await owners(older, { undoneMerges: ["email:b"] });
    const merges = await cleaned.rows("identity_merges");
    expect(merges.find(({ merge_id }) => merge_id === "email:b")).toMatchObject({ into_customer_id: "z" });
  });

  it("refuse to undo what was never merged", async () => {
    await expect(owners(chain, { undoneMerges: ["email:a"] })).rejects.toMatchObject({
      code: "unknown_merge",
      exitCode: 2,
      details: { merge: "email:a" },
    });
  });

  it("stay apart where a telephone is shared by too many, or a rule is off", async () => {
    const six = Array.from({ length: 6 }, (_, index) => person(`c${index}`, index + 1, null, "shop"));
    expect(new Set(Object.values((await owners(six)).owner)).size).toBe(6);
    expect(new Set(Object.values((await owners(six.slice(1))).owner)).size).toBe(1);
    const wider = { rules: { same_phone_same_customer: { largestGroup: 6 } } };
    expect(new Set(Object.values((await owners(six, wider)).owner)).size).toBe(1);
    const off = await owners(chain, { rules: { same_phone_same_customer: false } });
    expect(off.owner).toEqual({ a: "a", b: "a", c: "c", d: "c" });
  });

  it("are the connected components of who shares what, led by the oldest (against union-find)", async () => {
    const contact = fc.option(fc.integer({ min: 0, max: 3 }));
    const anyPeople = fc
      .array(fc.record({ day: fc.integer({ min: 1, max: 9 }), email: contact, phone: contact }), {
        minLength: 2,
        maxLength: 9,
      })
      .map((people) =>
        people.map(({ day, email, phone }, index) =>
          person(`c${index}`, day, email === null ? null : `e${email}`, phone === null ? null : `p${phone}`),
        ),
      );
    const wide = { rules: { same_phone_same_customer: { largestGroup: 9 } } };
    await fc.assert(
      fc.asyncProperty(anyPeople, async (people) => {
        expect((await owners(people, wide)).owner).toEqual(componentsOf(people));
      }),
      { numRuns: 8, seed: 7 },
    );
  });
});

function componentsOf(people: readonly Row[]): Record<string, string> {
  const elder = (a: Row, b: Row) =>
    String(a.created_at).localeCompare(String(b.created_at)) ||
    String(a.customer_id).localeCompare(String(b.customer_id));
  const sorted = people.toSorted(elder);
  const leader = new Map(sorted.map((row) => [row, row]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const a of sorted) {
      for (const b of sorted) {
        const share = (["email_hmac", "phone_hmac"] as const).some((name) => a[name] !== null && a[name] === b[name]);
        if (share && elder(leader.get(a)!, leader.get(b)!) < 0) {
          leader.set(b, leader.get(a)!);
          changed = true;
        }
      }
    }
  }
  return Object.fromEntries(people.map((row) => [String(row.customer_id), String(leader.get(row)!.customer_id)]));
}
