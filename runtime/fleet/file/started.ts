/**
 * What an actor loads: the JSON that `anchorage up` or `start` writes of a fleet that they have checked. Its form is checked
 * again; what it says of models and files is not, nor is what checks them loaded into every process.
 */
import {readFile} from 'node:fs/promises';
import {messageOf, TerminalError} from '../../errors.js';
import {complaintsOf} from './complaints.js';
import {type Fleet, fleetSchema} from './schema.js';

/** Throws a `TerminalError` with one line for each thing that is wrong. */
export const loadFleet = async (path: string): Promise<Fleet> => {
  const data = await readJson(path);
  const parsed = fleetSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const complaints = complaintsOf(parsed.error.issues, fleetSchema, data);
  const lines = complaints.map(
    ({path: keys, message}) => `${path}: ${keys.map(String).join('.')}: ${message}`,
  );
  throw new TerminalError(lines.join('\n'));
};

const readJson = async (path: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new TerminalError(`${path}: ${messageOf(error)}; \`anchorage up\` and \`start\` write it`);
  }
};
