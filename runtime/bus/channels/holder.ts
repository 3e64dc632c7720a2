/** Who holds a run, as its folder and its server say it. */
import * as z from 'zod';

export const holderSchema = z.object({
  /** Of this hold alone. */
  id: z.string(),
  host: z.string(),
  place: z.string(),
  pid: z.int(),
  startTicks: z.number().optional(),
  /** ISO 8601. */
  since: z.string(),
  /** Whether it has ended in order. */
  released: z.boolean().default(false),
});
export type Holder = z.infer<typeof holderSchema>;
