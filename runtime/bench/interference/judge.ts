/** The judge of `judge-process.ts`, for as long as it is wanted. */
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {codeRoot} from '../../paths.js';
import type {JudgeListens, SlowJudge} from './judge-process.js';

export interface OpenJudge {
  readonly baseUrl: string;
  readonly pid: number;
  end(): Promise<void>;
}

export const openSlowJudge = async (judge: SlowJudge): Promise<OpenJudge> => {
  const child = fork(join(codeRoot, 'runtime/bench/interference/judge-process.js'), [JSON.stringify(judge)]);
  const ended = once(child, 'exit');
  const [told] = (await Promise.race([once(child, 'message'), ended])) as [JudgeListens | number | null];
  if (told === null || typeof told === 'number')
    throw new Error(`the judge did not start: it ended with code ${String(told)}`);
  return {
    baseUrl: told.baseUrl,
    pid: child.pid ?? 0,
    async end() {
      child.disconnect();
      await ended;
    },
  };
};
