/**
 * A regular expression that the other side sent, as text: it is not compiled. Compiling a stranger's pattern, and matching with
 * it, can take for ever, and neither can be interrupted. Sent on, it travels as the RegExp that it describes.
 */
export class RegExpSource {
  readonly source: string;
  readonly flags: string;

  constructor(source: string, flags: string) {
    this.source = source;
    this.flags = flags;
  }

  /** For patterns of a side that is trusted. @throws SyntaxError for what is no regular expression */
  compile(): RegExp {
    return new RegExp(this.source, this.flags);
  }
}
