/** Prints a tour: what is run, what went over the wire meanwhile, and what came of it. */
export class TourPrinter {
  readonly #write: (line: string) => void;
  readonly #isTerminal: boolean;
  #scenes = 0;

  constructor(write: (line: string) => void, options: { readonly isTerminal: boolean }) {
    this.#write = write;
    this.#isTerminal = options.isTerminal;
  }

  say(text = ''): void {
    this.#write(text);
  }

  /** One line of the wire. */
  readonly trace = (line: string): void => {
    this.#write(this.#style('2', `        ${line}`));
  };

  /** Shows a piece of program, runs it, and shows what it gives. What is shown is what runs. */
  async scene<T>(title: string, program: () => Promise<T>): Promise<T> {
    this.#announce(title, program);
    const value = await program();
    if (value !== undefined) this.#write(this.#style('32', `    = ${show(value)}`));
    return value;
  }

  /** The same for a piece of program that is to fail. */
  async failure(title: string, program: () => Promise<unknown>): Promise<void> {
    this.#announce(title, program);
    const error: unknown = await program().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof Error)) throw new Error(`${title}: this was to fail`);
    this.#write(this.#style('31', `    ! ${error.name}: ${error.message}`));
  }

  #announce(title: string, program: () => unknown): void {
    this.#scenes += 1;
    this.#write('');
    this.#write(this.#style('1', `${this.#scenes}. ${title}`));
    for (const line of sourceOf(program)) this.#write(this.#style('36', `    ${line}`));
  }

  #style(code: string, text: string): string {
    return this.#isTerminal ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

/** The body of an arrow function as its author wrote it, line by line, and as one would type it at a prompt. */
function sourceOf(program: () => unknown): string[] {
  const body = String(program).replace(/^(async )?\(\) => /, '');
  if (!body.startsWith('{')) return [body];
  const lines = body.split('\n').slice(1, -1);
  const indent = Math.min(...lines.filter((line) => line.trim()).map((line) => line.search(/\S/)));
  return lines
    .map((line) => line.slice(indent).replace(/^return /, 'await '))
    .filter((line) => !/^await \w+;$/.test(line));
}

function show(value: unknown): string {
  return typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.getPrototypeOf(value) !== Object.prototype
    ? `a ${Object.prototype.toString.call(value).slice(8, -1)}` // what it says it is: no class, for a proxy
    : JSON.stringify(value);
}
