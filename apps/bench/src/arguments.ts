/** What the command line asks for. */
import { parseArgs } from 'node:util';
import { type ContenderName, isContender } from './contenders.js';
import { type Effort, efforts } from './harness/effort.js';
import { suites } from './suites.js';

export const usage: string = `Usage: npm run bench -- [options]

  --quick             a smaller run that ends within a minute
  --only SUITE,…      only these suites: ${suites.map((suite) => suite.name).join(' ')}
  --contenders NAME,… only these beside the limit (names as in src/contenders.ts)
  --json FILE         write all figures to a file
  --charts DIR        draw the charts of this run, or with --from those of an earlier one
  --document FILE     put the figures into a document, where it asks for them
  --from FILE         measure nothing: take the figures from a file that --json wrote
  --help
`;

export interface Arguments {
  readonly effort: Effort;
  /** Suites by name; all when absent. */
  readonly only: ReadonlySet<string> | undefined;
  readonly contenders: ReadonlySet<ContenderName> | undefined;
  readonly json: string | undefined;
  readonly charts: string | undefined;
  readonly document: string | undefined;
  readonly from: string | undefined;
  readonly help: boolean;
}

/** @throws Error with a text for the user */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false }, // for the bench's own test
      only: { type: 'string' },
      filter: { type: 'string' }, // another word for only
      contenders: { type: 'string' },
      json: { type: 'string' },
      charts: { type: 'string' },
      document: { type: 'string' },
      from: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const only = namesIn(values.only ?? values.filter);
  const unknown = only?.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown?.length) throw new Error(`no suite ${unknown.join(', ')}\n\n${usage}`);
  const contenders = namesIn(values.contenders)?.map((name) => {
    if (!isContender(name)) throw new Error(`no contender ${name}\n\n${usage}`);
    return name;
  });
  return {
    effort: efforts[values.smoke ? 'smoke' : values.quick ? 'quick' : 'full'],
    only: only && new Set(only),
    contenders: contenders && new Set(contenders),
    json: values.json,
    charts: values.charts,
    document: values.document,
    from: values.from,
    help: values.help,
  };
}

function namesIn(list: string | undefined): string[] | undefined {
  return list?.split(',').map((name) => name.trim());
}
