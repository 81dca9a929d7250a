import type { Rule } from './rules.ts';
import { type Json, type JsonObject, readJson, showJson } from './wire-json.ts';

const requestOrder = ['kwparams', 'params', 'method', 'id'];
const responseOrder = ['jsonrpc', 'id', 'result', 'error'];
const objectName = /^(.+)_([0-9a-f]{4,})$/;

/**
 * What one connection's recorded names and ids are in our run of it. Compares our messages with the recorded ones,
 * learns from each, and puts the other side's recorded lines into our terms.
 */
export class Correspondence {
  readonly #ourNames = new Map<string, string>();
  readonly #theirNames = new Map<string, string>();
  readonly #ourIds = new Map<number, number>();
  /** Recorded requests that we did not make, or not as requests: nothing answers them. */
  readonly #notAsked = new Set<Json>();
  readonly #useRule: (rule: Rule) => void;
  #counter = 0;

  constructor(useRule: (rule: Rule) => void) {
    this.#useRule = useRule;
  }

  /** Compares a message of ours with the recorded one. @throws Error that says what differs */
  match(theirs: string, ours: string): void {
    JSON.parse(ours); // we write nothing that strict readers refuse
    const recorded = readJson(theirs) as JsonObject;
    const actual = readJson(ours) as JsonObject;
    try {
      this.#matchMessages(recorded, actual);
    } catch (cause) {
      throw new Error(`${(cause as Error).message}\n  recorded: ${theirs}\n  ours:     ${ours}`);
    }
  }

  /** We did not send that recorded message: should it be a request, its recorded answer will not be played. */
  leaveOut(theirs: string): void {
    const recorded = readJson(theirs) as JsonObject;
    if (recorded.has('method') && recorded.has('id')) this.#notAsked.add(recorded.get('id') ?? null);
  }

  /** A recorded line of the other side in our terms; undefined when it answers what we did not ask. */
  translate(line: string): string | undefined {
    const message = readable(line);
    let text = line;
    if (message instanceof Map && !message.has('method') && (message.has('result') || message.has('error'))) {
      const id = message.get('id') ?? null;
      if (this.#notAsked.delete(id)) return undefined;
      const ourId = this.#ourIds.get(id as number) ?? id;
      if (ourId !== id) text = text.replace(`"id":${showJson(id)}`, `"id":${showJson(ourId)}`);
    }
    return rename(text, this.#ourNames);
  }

  /** So many numbers of our counter were drawn for what was then not sent. */
  skip(count: number): void {
    this.#counter += count;
  }

  #matchMessages(recorded: JsonObject, actual: JsonObject): void {
    const isRequest = recorded.has('method');
    const order = isRequest ? requestOrder : responseOrder;
    const keys = [...actual.keys()];
    if (keys.join() !== order.filter((key) => keys.includes(key)).join())
      throw new Error(`members in order ${keys}`);
    if (keys.join() !== [...recorded.keys()].join()) this.#useRule('memberOrder');

    const isDeletion = isRequest && String(recorded.get('method')).endsWith('.__delete__');
    if (isDeletion && recorded.has('id') && !actual.has('id')) {
      this.#notAsked.add(recorded.get('id') ?? null);
      this.#useRule('deletion');
      recorded = new Map([...recorded].filter(([key]) => key !== 'id'));
    }
    if (isRequest && recorded.has('id') && actual.has('id'))
      this.#learnId(recorded.get('id'), actual.get('id'));
    this.#matchKeys(recorded, actual, 'message');
    for (const [key, value] of recorded) {
      if (key !== 'id' || !isRequest) this.#matchValues(value, actual.get(key) as Json, key);
    }
  }

  #matchValues(theirs: Json, ours: Json, path: string): void {
    if (theirs instanceof Map && ours instanceof Map) {
      this.#matchKeys(theirs, ours, path);
      for (const [key, value] of theirs) {
        if (key === '__remoteobject__') this.#learnName(String(value), String(ours.get(key)));
        else this.#matchValues(value, ours.get(key) as Json, `${path}.${key}`);
      }
    } else if (Array.isArray(theirs) && Array.isArray(ours) && theirs.length === ours.length) {
      theirs.forEach((value: Json, index) => {
        this.#matchValues(value, ours[index] as Json, `${path}[${index}]`);
      });
    } else if (
      !Object.is(theirs, ours) &&
      !this.#isSameText(theirs, ours) &&
      !this.#isSameNumber(theirs, ours)
    ) {
      throw new Error(`${path}: ${showJson(theirs)} became ${showJson(ours)}`);
    }
  }

  #matchKeys(theirs: JsonObject, ours: JsonObject, path: string): void {
    const [expected, actual] = [[...theirs.keys()].sort().join(), [...ours.keys()].sort().join()];
    if (expected !== actual) throw new Error(`${path}: members ${expected} became ${actual}`);
  }

  #isSameText(theirs: Json, ours: Json): boolean {
    if (typeof theirs !== 'string' || typeof ours !== 'string') return false;
    const named = rename(ours, this.#theirNames);
    if (theirs === named || (theirs.endsWith('…') && named.startsWith(theirs.slice(0, -1)))) return true;
    if (theirs.replace(/^(Unknown method )u'/, "$1'") !== ours) return false;
    this.#useRule('python2');
    return true;
  }

  #isSameNumber(theirs: Json, ours: Json): boolean {
    const mixed = typeof theirs === 'bigint' ? [theirs, ours] : [ours, theirs];
    const [integer, double] = mixed;
    if (typeof integer !== 'bigint' || typeof double !== 'number') return false;
    if (!Number.isInteger(double) || BigInt(double) !== integer) return false;
    this.#useRule('numberText');
    return true;
  }

  #learnName(theirs: string, ours: string): void {
    const [, theirClass] = objectName.exec(theirs) ?? [];
    const [, ourClass, digits = ''] = objectName.exec(ours) ?? [];
    if (ourClass === undefined || theirClass !== ourClass) throw new Error(`object ${theirs} became ${ours}`);
    this.#draw(Number.parseInt(digits, 16), ours);
    if (this.#ourNames.has(theirs)) this.#useRule('numbering');
    this.#ourNames.set(theirs, ours);
    this.#theirNames.set(ours, theirs);
  }

  #learnId(theirs: Json | undefined, ours: Json | undefined): void {
    if (typeof theirs !== 'number' || typeof ours !== 'number')
      throw new Error(`an id of ours is ${showJson(ours)}`);
    this.#draw(ours, `id ${ours}`);
    this.#ourIds.set(theirs, ours);
  }

  #draw(number: number, what: string): void {
    this.#counter += 1;
    if (number !== this.#counter)
      throw new Error(`${what}: the next number of the counter is ${this.#counter}`);
  }
}

function readable(line: string): Json | undefined {
  try {
    return readJson(line);
  } catch {
    return undefined;
  }
}

/** Replaces whole names in a text, all at once: a new name may be another's old one. */
function rename(text: string, names: ReadonlyMap<string, string>): string {
  if (names.size === 0) return text;
  return text.replace(/\b[a-z]+_[0-9a-f]{4,}\b/g, (name) => names.get(name) ?? name);
}
