/** What the teacher's process and the process that starts it agree on. */

/** The environment variable with the key that clients must send. */
export const TEACHER_KEY_ENV = 'ANCHORAGE_TEACHER_KEY';

/** Sent to the parent once the teacher listens: where its API begins. */
export interface TeacherListens {
  readonly url: string;
}

export const isTeacherListens = (message: unknown): message is TeacherListens =>
  message !== null && typeof message === 'object' && 'url' in message && typeof message.url === 'string';
