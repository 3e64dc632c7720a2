/** Text to token ids and back, by a model folder's own tokenizer.json and chat template. */
import {join} from 'node:path';
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {MAX_TOKENIZER_BYTES, parseJson, readJson, readOptionalText} from '../../json/json-file.js';
import {withMistralWords} from '../tokens/mistral-words.js';
import {pipelineOf} from '../tokens/pipeline.js';
import {asItsClassMakes} from '../tokens/tokenizer-class.js';
import {type ChatRenderer, chatTemplateSchema, readChatTemplate} from './chat-template.js';

/** Thrown for an id that the model has no embedding of: its tokenizer is another model's. */
export class TokenBeyondModel extends TerminalError {
  override name = 'TokenBeyondModel';
}

export interface Tokenizer {
  /**
   * Token ids; by default with the special tokens that the model expects around a text (a first BOS, mostly). Throws
   * TokenBeyondModel.
   */
  encode(text: string, options?: {specialTokens: boolean}): number[];
  /**
   * The text of ids, without special tokens: what `after` and they say together beyond what `after` says alone. A decoder
   * of the SentencePiece kind drops the first space of all that it is given.
   */
  decode(ids: readonly number[], after?: readonly number[]): string;
  /** What ends a completion, in text; empty where the model has no such token. */
  readonly endToken: string;
  /** What begins a text, the tokenizer's `bos_token`, whether or not `encode` puts it there. Absent where the model has none. */
  readonly beginTokenId?: number;
  /** Ids that end a completion, the tokenizer's own first, then those of generation_config.json and config.json. */
  readonly endTokenIds: readonly number[];
  /** What fills rows; one that the model has. */
  readonly padTokenId: number;
  /** The chat template over a conversation. Absent where the model has no template. */
  readonly renderChat?: ChatRenderer;
}

const tokenName = z
  .union([z.string(), z.object({content: z.string()}).transform(({content}) => content)])
  .nullish();
const tokenizerConfigSchema = z.looseObject({
  bos_token: tokenName,
  eos_token: tokenName,
  pad_token: tokenName,
  unk_token: tokenName,
  chat_template: chatTemplateSchema,
});
const tokenIds = z.union([z.int(), z.array(z.int())]).nullish();
const generationSchema = z.object({eos_token_id: tokenIds, pad_token_id: z.int().nullish()});
const configSchema = generationSchema.extend({
  vocab_size: z.int(),
  model_type: z.string().optional(),
  transformers_version: z.string().optional(),
  tokenizer_class: z.string().nullish(),
});

/** Reads tokenizer.json, tokenizer_config.json and the chat template. Throws a TerminalError that names the file at fault. */
export async function loadTokenizer(directory: string): Promise<Tokenizer> {
  const path = join(directory, 'tokenizer.json');
  const file = await readJson(path, z.looseObject({}), MAX_TOKENIZER_BYTES);
  const namesPath = join(directory, 'tokenizer_config.json');
  const names = await readJson(namesPath, tokenizerConfigSchema);
  const config = await readJson(join(directory, 'config.json'), configSchema);
  const naming = {path: namesPath, contents: names};
  const asMade = asItsClassMakes({path, contents: file}, naming, config);
  const inner = pipelineOf({path, contents: withMistralWords(asMade, naming, config)}, naming);

  const generationPath = join(directory, 'generation_config.json');
  const generationText = await readOptionalText(generationPath);
  const generation =
    generationText === undefined ? {} : parseJson(generationPath, generationText, generationSchema);

  const isEmbedded = (id: number | null | undefined): boolean =>
    id !== undefined && id !== null && id >= 0 && id < config.vocab_size;
  const begin = inner.idOf(names.bos_token ?? '');
  const endToken = names.eos_token ?? '';
  const ends = [inner.idOf(endToken), generation.eos_token_id, config.eos_token_id].flat();
  const endTokenIds = [...new Set(ends.filter((id) => id !== undefined && id !== null))];
  // A pad token is often added to the tokenizer alone; padding may be any token, since it counts nowhere.
  const padding = [inner.idOf(names.pad_token ?? ''), generation.pad_token_id, config.pad_token_id];
  const padTokenId = [...padding, ...endTokenIds].find((id) => isEmbedded(id)) ?? 0;
  const renderChat = await readChatTemplate(directory, names.chat_template, specialTokensOf(names));

  return {
    encode(text, {specialTokens} = {specialTokens: true}) {
      const ids = inner.encode(text, specialTokens);
      const strange = ids.find((id) => !isEmbedded(id));
      if (strange === undefined) return ids;
      throw new TokenBeyondModel(
        `${path}: gives token ${strange} and config.json's "vocab_size" is ${config.vocab_size}; use the model's own tokenizer`,
      );
    },
    decode(ids, after = []) {
      const before = inner.decode(after);
      const whole = inner.decode([...after, ...ids]);
      // Bytes that are no character may spoil those before them.
      return whole.startsWith(before) ? whole.slice(before.length) : inner.decode(ids);
    },
    endToken,
    endTokenIds,
    padTokenId,
    ...(begin !== undefined && isEmbedded(begin) ? {beginTokenId: begin} : {}),
    ...(renderChat === undefined ? {} : {renderChat}),
  };
}

/** The tokens that templates know by name. TRL fills rows with the end token where there is no other. */
function specialTokensOf(names: z.infer<typeof tokenizerConfigSchema>): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const [name, value] of Object.entries({...names, pad_token: names.pad_token ?? names.eos_token})) {
    const token = name.endsWith('_token') ? tokenName.safeParse(value).data : undefined;
    if (typeof token === 'string') tokens[name] = token;
  }
  return tokens;
}
