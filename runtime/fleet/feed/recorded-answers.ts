/** Answers that somebody recorded, by their prompts' numbers: those of a prompt's own row, and those of later rows about it. */
import {FinishReason, type GivenAnswer} from '../../../proto/messages.js';
import type {Answer} from '../../sources/layouts/layout.js';
import {Texts} from './texts.js';

export class RecordedAnswers {
  /** As JSON, of each prompt. */
  readonly #own: Texts;
  readonly #later: Texts;
  /** Which of the latter are a prompt's. */
  readonly #laterOf = new Map<number, number[]>();

  constructor(folder: string) {
    this.#own = new Texts(folder);
    this.#later = new Texts(folder);
  }

  /** Those of the next prompt's row. */
  add(answers: readonly Answer[]): Promise<void> {
    return put(this.#own, answers);
  }

  /** Those of a later row about a prompt. */
  join(prompt: number, answers: readonly Answer[]): Promise<void> {
    const places = this.#laterOf.get(prompt);
    if (places === undefined) this.#laterOf.set(prompt, [this.#later.length]);
    else places.push(this.#later.length);
    return put(this.#later, answers);
  }

  /** How many rows those of a prompt are of. */
  rowsAt(prompt: number): number {
    return 1 + this.#placesOf(prompt).length;
  }

  /** In UTF-8. */
  bytesAt(prompt: number): number {
    return this.#placesOf(prompt).reduce(
      (sum, place) => sum + this.#later.bytesAt(place),
      this.#own.bytesAt(prompt),
    );
  }

  /** In the order of the rows. */
  async at(prompt: number): Promise<GivenAnswer[]> {
    const texts = [
      await this.#own.at(prompt),
      ...(await Promise.all(this.#placesOf(prompt).map((place) => this.#later.at(place)))),
    ];
    return texts.flatMap((text) => JSON.parse(text) as GivenAnswer[]);
  }

  async close(): Promise<void> {
    await this.#own.close();
    await this.#later.close();
  }

  #placesOf(prompt: number): readonly number[] {
    return this.#laterOf.get(prompt) ?? [];
  }
}

const put = async (texts: Texts, answers: readonly Answer[]): Promise<void> => {
  if (texts.add(JSON.stringify(answers.map(givenAnswer)))) await texts.write();
};

/** Of an answer that no policy of the run gave, nobody knows how it ended. */
const givenAnswer = ({text, model, score}: Answer): GivenAnswer => ({
  text,
  finishReason: FinishReason.FINISH_REASON_UNSPECIFIED,
  ...(model === undefined ? {} : {model}),
  ...(score === undefined ? {} : {score}),
});
