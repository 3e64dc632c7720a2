/** Whether the judges of a grid's suites can be asked: said before pairs are paid for that nobody could score. */
import {apiKeyFor, askingPlace} from '../../endpoints/place.js';
import {TerminalError} from '../../errors.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {judgesOf} from '../../fleet/fleet-actors.js';
import {isDemo} from '../teacher.js';

/** @throws TerminalError that names the setting, of a judge that denies, cannot be reached, or answers what is no answer. */
export const requireJudges = async (file: string, fleet: Fleet): Promise<void> => {
  for (const {key, asking, endpoint} of judgesOf(fleet)) {
    if (isDemo(endpoint)) continue;
    const place = askingPlace(key, asking, fleet.endpoints);
    const {checkEndpoint} = await import('../../endpoints/check.js');
    const check = await checkEndpoint({...place, apiKey: apiKeyFor(place)});
    if (check.kind === 'denied' || check.kind === 'garbage' || check.kind === 'unreachable')
      throw new TerminalError(`${file}: fleet: ${key}: ${check.reason}`);
  }
};
