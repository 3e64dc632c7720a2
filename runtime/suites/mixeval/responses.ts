/** Answers in MixEval's response format: its entries, each with an `id` and a `response`. */
import {TerminalError} from '../../errors.js';
import {readRows} from '../../sources/rows.js';
import type {Recorded} from '../suite.js';
import {type MixItem, type Problem, problems} from './data.js';

const EXAMPLE = '{"problem_type": "free-form", "id": "0", "prompt": "...", "response": "..."}';

const isProblem = (value: unknown): value is Problem => problems.some((problem) => problem === value);

/**
 * The items with their answers. Copies of an item that were answered otherwise, as a model that samples does, are items of their own.
 *
 * @throws TerminalError naming the file and the row that answers another question than the data has by its id.
 */
export const recordedResponses = async (
  files: readonly string[],
  items: readonly MixItem[],
): Promise<Recorded<MixItem>> => {
  const places = new Map(
    items.flatMap((item, place) => item.ids.map((id) => [`${item.problem} ${id}`, place])),
  );
  const responses = new Map<string, string>();
  for (const path of files)
    for await (const {where, columns} of readRows({path, keys: '--'}, EXAMPLE)) {
      const {problem_type: problem, id, prompt, response} = columns;
      if (!isProblem(problem) || (typeof id !== 'string' && typeof id !== 'number'))
        throw new TerminalError(`${where}: has no problem_type and id; each row is ${EXAMPLE}`);
      if (typeof response !== 'string')
        throw new TerminalError(`${where}: response: not a text; each row is ${EXAMPLE}`);
      const key = `${problem} ${id}`;
      const place = places.get(key);
      if (place === undefined || (typeof prompt === 'string' && items[place]?.question !== prompt))
        throw new TerminalError(
          `${where}: answers another question than the data has as ${problem} ${id}: the answers are of another release, or of the other of MixEval and MixEval-Hard`,
        );
      responses.set(key, response);
    }
  const parts = items.flatMap((item) => {
    const byResponse = new Map<string | undefined, string[]>();
    for (const id of item.ids) {
      const response = responses.get(`${item.problem} ${id}`);
      byResponse.set(response, [...(byResponse.get(response) ?? []), id]);
    }
    return [...byResponse].map(([response, ids]) => ({
      item: {...item, ids, weight: ids.length},
      answer: response === undefined ? undefined : [response],
    }));
  });
  return {items: parts.map(({item}) => item), answers: parts.map(({answer}) => answer)};
};
