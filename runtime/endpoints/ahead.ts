/** How much work an actor that asks a model holds. */

/**
 * Messages in hand for so many requests at once: as many again wait here for their turn, so that the endpoint never waits for
 * an answer to be published, its message to be ended and the next one to come. Only a message whose turn has come is asked for.
 */
export const heldFor = (concurrency: number): number => 2 * concurrency;
