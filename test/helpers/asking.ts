/** How tests ask a scripted endpoint. */
import {setMaxListeners} from 'node:events';
import type {ExecutionContext} from 'ava';
import {type EndpointOptions, openEndpoint} from '../../runtime/endpoints/endpoint.js';
import type {RetryableError, TerminalError} from '../../runtime/errors.js';

/** Never aborted. */
export const signal: AbortSignal = new AbortController().signal;
setMaxListeners(0, signal);

export const optionsFor = (baseUrl: string, options: Partial<EndpointOptions> = {}): EndpointOptions => ({
  baseUrl,
  apiKey: 'sk-test',
  model: 'scripted',
  temperature: 0.7,
  maxTokens: 64,
  timeoutMs: 30_000,
  concurrency: 4,
  apiKeyEnv: 'SCRIPTED_KEY',
  endpointKey: 'endpoints.scripted',
  askingKey: 'actors.reviser',
  ...options,
});

/** The message of the error of this class that the first request ends with. */
export const failureOf = async (
  t: ExecutionContext,
  options: EndpointOptions,
  instanceOf: typeof TerminalError | typeof RetryableError,
): Promise<string> => {
  const error = await t.throwsAsync(openEndpoint(options).complete({prompt: 'hello', signal}), {instanceOf});
  t.false(error?.message.includes('\n'), 'a message for a person is one line');
  return error?.message ?? '';
};
