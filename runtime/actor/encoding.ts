/** How long an actor makes tokens of texts stands in its metrics, beside what comes of it. */
import {type CompletionOptions, type Encoding, encoding} from '../model/text/encode.js';
import type {Tokenizer} from '../model/text/tokenizer.js';
import type {ActorContext} from './context.js';

/** As `encoding`, with the time that it takes added to `encoding/seconds`. */
export const encodingCounted = <T>(
  {count}: Pick<ActorContext<unknown>, 'count'>,
  tokenizer: Tokenizer,
  options: CompletionOptions,
  encode: () => T,
): Encoding<T> => {
  const began = performance.now();
  const encoded = encoding(tokenizer, options, encode);
  count('encoding/seconds', (performance.now() - began) / 1000);
  return encoded;
};
