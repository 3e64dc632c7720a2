/** What goes wrong with a template; whoever renders says which template it is. */

/** Thrown where Jinja would fail too: a syntax error, a name that is not there, `raise_exception`. */
export class TemplateError extends Error {
  override name = 'TemplateError';
}

/** Thrown for what Jinja renders and this program does not; `what` names it, such as `the filter urlize`. */
export class UnsupportedTemplate extends TemplateError {
  override name = 'UnsupportedTemplate';
  readonly what: string;

  constructor(what: string) {
    super(`${what} is not rendered by this program`);
    this.what = what;
  }
}
