/** Schemas of stored objects keep unknown members, which a newer instance may write during a deployment. */
import * as z from "zod";

export type Loose<S extends z.ZodRawShape> = z.infer<z.ZodObject<S>>;

export const loose = <S extends z.ZodRawShape>(shape: S): z.ZodType<Loose<S>> => z.looseObject(shape);
