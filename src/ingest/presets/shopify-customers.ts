import { Fields } from "../fields.ts";
import type { Preset, PresetReading } from "../preset.ts";

/**
 * Shopify admin, Customers, Export. The customer's id is the keyed hash of the e-mail address, else of the telephone number,
 * because the orders know no other; Shopify's own id stays among the identities. Total Spent is a sum and no fact of its own.
 */
export const shopifyCustomers: Preset = {
  name: "shopify-customers",
  recognisedBy: [["Customer ID", "Email", "Total Spent", "Total Orders"]],
  read(context): PresetReading {
    const fields = new Fields(context);
    const storeId = fields.text("Customer ID", { required: true });
    const phones = ["Phone", "Default Address Phone"].filter((name) => fields.named(name) !== undefined);
    const email = fields.text("Email");
    const phone = `coalesce(${[...phones.map((name) => fields.text(name)), "CAST(NULL AS VARCHAR)"].join(", ")})`;
    const customerId = fields.keep("customer", `coalesce(${email}, ${phone}, ${storeId})`);
    const consent = (names: readonly string[]) =>
      `CASE lower(${fields.text(names)}) WHEN 'yes' THEN 'granted' WHEN 'no' THEN 'denied' END`;
    const consents = {
      consent_email: consent(["Accepts Email Marketing", "Accepts Marketing"]),
      consent_sms: consent(["Accepts SMS Marketing"]),
    };
    return {
      table: "customers",
      derived: fields.derived,
      problems: fields.problems,
      expectedReasons: [],
      contacts: Object.fromEntries([["Email", "email"], ...phones.map((name) => [name, "phone"])]),
      mappings: [
        {
          table: "customers",
          columns: {
            customer_id: customerId,
            country: fields.text("Default Address Country Code"),
            email_hmac: email,
            phone_hmac: phone,
            ...consents,
          },
        },
        {
          table: "identities",
          columns: { id_type: "'store_id'", id_value: storeId, customer_id: customerId },
        },
      ],
    };
  },
};
