/** The pairs of a run as a file for others to train on. */
import {readFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import * as z from 'zod';
import {TerminalError} from '../errors.js';
import {pinnedBy} from '../hub/hub-name.js';
import {type FormName, forms, type MadeBy, type Row} from './forms.js';
import {writeRows} from './pairs-output.js';
import {runPairs} from './run-pairs.js';

export interface Export {
  readonly path: string;
  readonly form: FormName;
  /** A file of that name is replaced. */
  readonly force: boolean;
}

/**
 * Writes the pairs that the folder of a run has, in the order of the run's prompts. Resolves to how many there are.
 *
 * @throws TerminalError where the folder is no run's, or the file cannot be written.
 */
export const exportRun = async (runFolder: string, {path, form, force}: Export): Promise<number> => {
  const by = await madeBy(runFolder);
  const {columns, row} = forms[form];
  async function* rows(): AsyncGenerator<Row> {
    for await (const pair of runPairs(runFolder)) yield row(pair, by);
  }
  return writeRows(path, {rows: rows(), columns: columns(by), force});
};

/** Of any version's fleet. */
const fleetSchema = z.looseObject({
  seed: z.int().default(0),
  policy: z.looseObject({model: z.string(), format: z.enum(['chat', 'plain']).default('chat')}),
  endpoints: z
    .record(z.string(), z.looseObject({price: z.looseObject({currency: z.string()}).optional()}))
    .default({}),
});

const madeBy = async (runFolder: string): Promise<MadeBy> => {
  const file = join(runFolder, 'fleet.json');
  try {
    const {seed, policy, endpoints} = fleetSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return {
      seed,
      policy: pinnedBy(policy.model)?.repository ?? basename(policy.model),
      format: policy.format,
      // Those of a fleet are in one.
      currency: Object.values(endpoints).find(({price}) => price !== undefined)?.price?.currency,
    };
  } catch (cause) {
    throw new TerminalError(`${file}: not there or not a fleet, so ${runFolder} is no run's folder`, {cause});
  }
};
