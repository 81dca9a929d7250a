/** What means something to some decoder. */
const words = [
  ...['{', '}', '[', ']', ',', ':', '"', '\\', '\\u0069d', '\\"', '\n', '\r', '\t', ' ', '\0', 'ü', '\ud83d'],
  ...['null', 'true', 'NaN', '-Infinity', '1e999', '-0', '1.0', '12345678901234567890', '""'],
  ...['"id":', '"method":"m"', '"params":', '"kwparams":', '"result":', '"error":', '"more":true', '"id":7}'],
  ...[
    '{"params":[1],"method":"m","id":1}',
    '{"id":1,"result":2,"error":null}',
    '{"code":-32601,"message":"x"}',
  ],
  ...['{"__remoteobject__":"a_0001"}', '{"__objectreference__":"#1"}', '{"__functionreference__":"a.b"}'],
  ...['{"__literal__":{"then":1}}', '{"__jsonclass__":["', '",[', ']]}', '"__proto__":', '"constructor":'],
  ...['Date', 'Bytes', 'BigInt', 'Map', 'Set', 'URL', 'RegExp', 'Error', 'Number', 'undefined'],
];

/** A source of numbers from 0 to, not including, a bound. */
export type Below = (bound: number) => number;

/** Numbers that look random, and are the same for the same seed. */
export function seeded(seed: number): Below {
  let state = seed | 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * bound);
  };
}

/** A text that is like another one of a corpus, but for a few changes. */
export function mutate(corpus: readonly string[], below: Below): string {
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  let text = pick(corpus);
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const at = below(text.length + 1);
    const end = at + below(1 + Math.min(20, text.length - at));
    const other = pick(corpus);
    const inserted = [
      () => '',
      () => pick(words),
      () => text.slice(at, end).repeat(2 + below(3)),
      () => other.slice(below(other.length), below(other.length + 1)),
      () => String.fromCharCode(below(256)),
    ];
    text = (text.slice(0, at) + pick(inserted)() + text.slice(below(2) === 0 ? at : end)).slice(0, 2000);
  }
  return text;
}
