import { z } from "zod";

/** The settings of a section by name; of a section that can be written in several ways, those of all of them. */
export function shapeOf(schema: z.core.$ZodType | undefined): Record<string, z.core.$ZodType> {
  if (schema instanceof z.ZodObject) return schema.shape;
  if (schema instanceof z.ZodUnion) return Object.assign({}, ...(schema.options as z.core.$ZodType[]).map(shapeOf));
  if (schema instanceof z.ZodPipe) return shapeOf(schema.in);
  return schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault ? shapeOf(schema.unwrap()) : {};
}

/** Whether a setting takes numbers, and whether only whole ones. */
export function numberKindOf(schema: z.core.$ZodType | undefined): "real" | "integer" | undefined {
  if (schema instanceof z.ZodNumber) return schema.isInt ? "integer" : "real";
  const isWrapped =
    schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional;
  return isWrapped ? numberKindOf(schema.unwrap()) : undefined;
}
