/** The shape of what is stored: what it doesn't know it keeps, since a newer instance may have written it while a deployment rolls out. */
import * as z from "zod";

export type Loose<S extends z.ZodRawShape> = z.infer<z.ZodObject<S>>;

export const loose = <S extends z.ZodRawShape>(shape: S): z.ZodType<Loose<S>> => z.looseObject(shape);
