import { z } from "zod";

/** The settings of a section by name; of a section that can be written in several ways, those of all of them. */
export function shapeOf(schema: z.core.$ZodType | undefined): Record<string, z.core.$ZodType> {
  if (schema instanceof z.ZodObject) return schema.shape;
  if (schema instanceof z.ZodUnion) return Object.assign({}, ...(schema.options as z.core.$ZodType[]).map(shapeOf));
  if (schema instanceof z.ZodPipe) return shapeOf(schema.in);
  return isWrapped(schema) ? shapeOf(schema.unwrap()) : {};
}

/** The schema of one setting of a section, or of any name where names are free. */
export function schemaAt(schema: z.core.$ZodType | undefined, key: string): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return isWrapped(schema) ? schemaAt(schema.unwrap(), key) : shapeOf(schema)[key];
}

/** Whether a setting takes numbers, and whether only whole ones. */
export function numberKindOf(schema: z.core.$ZodType | undefined): "real" | "integer" | undefined {
  if (schema instanceof z.ZodNumber) return schema.isInt ? "integer" : "real";
  return isWrapped(schema) ? numberKindOf(schema.unwrap()) : undefined;
}

function isWrapped(schema: z.core.$ZodType | undefined): schema is z.ZodPrefault | z.ZodDefault | z.ZodOptional {
  return schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional;
}
