/**
 * tokenizer.json, whole: text to ids and back, as the `tokenizers` library does it, loaded by transformers.
 *
 * Truncation and padding that the file holds are not used, as transformers does not unless it is asked to.
 */
import * as z from 'zod';
import {checked} from '../../json/json-file.js';
import {type AddedToken, addedTokensOf, tokenFinderOf} from './added-tokens.js';
import {refusal, type Where} from './component.js';
import {decoderOf} from './decoders.js';
import {normalizerOf} from './normalizers.js';
import {postProcessorOf} from './post-processors.js';
import {preTokenizerOf} from './pre-tokenizers.js';
import {modelOf} from './tokenizer-models.js';

export interface JsonFile {
  readonly path: string;
  readonly contents: unknown;
}

export interface Pipeline {
  encode(text: string, specialTokens: boolean): number[];
  /** Without special tokens. */
  decode(ids: readonly number[]): string;
  idOf(token: string): number | undefined;
}

const fileSchema = z.strictObject({
  version: z.literal('1.0').optional(),
  truncation: z.unknown().optional(),
  padding: z.unknown().optional(),
  added_tokens: z.unknown().optional(),
  normalizer: z.unknown().optional(),
  pre_tokenizer: z.unknown().optional(),
  post_processor: z.unknown().optional(),
  decoder: z.unknown().optional(),
  model: z.unknown(),
});

/**
 * @param config tokenizer_config.json, which names tokens that are special
 * @throws TerminalError that names the part and the type or field that is not supported.
 */
export function pipelineOf({path, contents}: JsonFile, config: JsonFile): Pipeline {
  const file = checked(path, contents, fileSchema);
  const at = (field: string): Where => `${path}: ${field}`;
  const model = modelOf(at('model'), file.model);
  const normalize = normalizerOf(at('normalizer'), file.normalizer);
  const preTokenize = preTokenizerOf(at('pre_tokenizer'), file.pre_tokenizer);
  const postProcess = postProcessorOf(at('post_processor'), file.post_processor);
  const decodeTokens = decoderOf(at('decoder'), file.decoder);
  refuseUnclearBeginning(at('pre_tokenizer'), file.pre_tokenizer, file.normalizer);

  const added = addedTokensOf(
    {where: at('added_tokens'), tokens: file.added_tokens},
    {where: config.path, contents: config.contents},
    model,
  );
  const findAsIs = tokenFinderOf(added.filter(({normalized}) => !normalized));
  const findNormalized = tokenFinderOf(
    added.filter(({normalized}) => normalized),
    normalize,
  );
  const addedById = new Map(added.map((token) => [token.id, token]));
  const written = (token: AddedToken): string =>
    token.normalized ? normalize(token.content) : token.content;
  const addedByContent = new Map(added.map((token) => [token.content, token]));

  const encodeText = (text: string, isFirst: boolean): number[] =>
    findNormalized(normalize(text)).flatMap((section) =>
      section.kind === 'token'
        ? [section.id]
        : preTokenize([{text: section.text, isFirst: isFirst && section.start === 0}]).flatMap((piece) =>
            model.encode(piece.text),
          ),
    );

  return {
    encode(text, specialTokens) {
      const ids = findAsIs(text).flatMap((section) =>
        section.kind === 'token' ? [section.id] : encodeText(section.text, section.start === 0),
      );
      return specialTokens ? postProcess(ids) : ids;
    },
    decode(ids) {
      const tokens = ids
        .filter((id) => addedById.get(id)?.special !== true)
        .map((id) => {
          const token = addedById.get(id);
          return token === undefined ? model.tokenOf(id) : written(token);
        })
        .filter((token) => token !== undefined);
      return decodeTokens(tokens).join('');
    },
    idOf: (token) => addedByContent.get(token)?.id ?? model.idOf(token),
  };
}

/** A first piece is told by where it began before it was normalized, which a normalizer that drops text makes unclear. */
function refuseUnclearBeginning(where: Where, preTokenizer: unknown, normalizer: unknown): void {
  const isFirstAsked = JSON.stringify(preTokenizer ?? null).includes('"prepend_scheme":"first"');
  const drops = /"type":"(Strip|Replace)"/.exec(JSON.stringify(normalizer ?? null));
  if (isFirstAsked && drops !== null)
    throw refusal(where, `"prepend_scheme": "first" beside the normalizer ${drops[1]}`);
}
