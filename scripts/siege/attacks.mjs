// Each attack gets `open`, which gives a connection that is written to by hand, and writes what it likes.

const MIB = 2 ** 20;
const GREETING =
  '{"method":"$/hello","params":[{"version":1,"extensions":["references","streams","cancel","pipelining","values","errors","ping","bye","describe"]}]}\n';

/** A list of so many bytes, of what `make` gives for 0, 1, 2 … */
function list(bytes, make) {
  const items = [];
  for (let left = bytes, i = 0; left > 0; i++) {
    const item = make(i);
    items.push(item);
    left -= item.length + 1;
  }
  return `[${items.join()}]`;
}

let ids = 0;
const call = (method, params = '[]', extra = '') =>
  `{"method":"${method}","id":${++ids},"params":${params}${extra}}\n`;
const times = (count, make) => Array.from({ length: count }, (_, i) => make(i));
const each = (count, run) => Promise.all(times(count, run));

/** So many never-ending calls, each with a list of what `make` gives. */
const kept = (connections, calls, bytes, make) => async (open) => {
  const text = list(bytes, make);
  await each(connections, async () => {
    const connection = await open();
    await connection.write(GREETING);
    for (let i = 0; i < calls; i++) await connection.write(call('never', text));
  });
};

const instance = (name, args) => `{"__jsonclass__":["${name}",[${args}]]}`;

export const attacks = {
  'calls that never end, then 8 × 16 MiB': async (open) => {
    const connection = await open();
    await connection.write(times(1024, () => call('never')).join(''));
    const text = `["${'x'.repeat(15.9 * MIB)}"]`;
    for (let i = 0; i < 8; i++) await connection.write(call('never', text));
  },
  'the same from 12 connections': async (open) => {
    const text = `["${'x'.repeat(15.9 * MIB)}"]`;
    await each(12, async () => {
      const connection = await open();
      for (let i = 0; i < 8; i++) await connection.write(call('never', text));
    });
  },
  '57 MiB of references': async (open) => {
    const connection = await open();
    await connection.write(GREETING);
    for (let i = 0; i < 57; i++)
      await connection.write(
        call(
          'never',
          list(MIB, (n) => `{"__remoteobject__":"n${i}_${n}","callable":true}`),
        ),
      );
  },
  '57 MiB of references, in 6 connections': async (open) => {
    await each(6, async () => {
      const connection = await open();
      await connection.write(GREETING);
      for (let i = 0; i < 57; i++)
        await connection.write(
          call(
            'never',
            list(MIB, (n) => `{"__remoteobject__":"n${i}_${n}","callable":true}`),
          ),
        );
    });
  },
  'references in notifications that are refused, unread releases, 24 connections': async (open) => {
    const text = `{"method":"never","params":[${'['.repeat(250)}${list(0.9 * MIB, (n) => `{"__remoteobject__":"n${n}"}`)}${']'.repeat(250)}]}\n`;
    await each(24, async () => {
      const connection = await open({ reads: false });
      await connection.write(GREETING);
      for (let i = 0; i < 60 && !connection.isClosed; i++) await connection.write(text);
    });
  },
  'unread items: 8 streams × 40 × 0.9 MB': async (open) => {
    const connection = await open();
    await connection.write(GREETING);
    connection.onLine = (line) => {
      const { method, id } = JSON.parse(line);
      if (!method?.endsWith('.__iter__')) return;
      for (let i = 0; i < 40; i++)
        void connection.write(`{"id":${id},"result":"${'x'.repeat(9e5)}","error":null,"more":true}\n`);
    };
    for (let i = 0; i < 8; i++)
      await connection.write(call('hold', `[{"__remoteobject__":"s${i}","iterable":true}]`));
    await later(3000);
  },
  'unread items of empty objects: 64 streams': async (open) => {
    const connection = await open();
    await connection.write(GREETING);
    const text = list(60 * 1024, () => '{}');
    connection.onLine = (line) => {
      const { method, id } = JSON.parse(line);
      if (!method?.endsWith('.__iter__')) return;
      for (let i = 0; i < 64; i++)
        void connection.write(`{"id":${id},"result":${text},"error":null,"more":true}\n`);
    };
    for (let i = 0; i < 64; i++)
      await connection.write(call('hold', `[{"__remoteobject__":"s${i}","iterable":true}]`));
    await later(4000);
  },
  'unread answers of 1 MB: 24 connections': async (open) => {
    await each(24, async () => {
      const connection = await open({ reads: false });
      await connection.write(times(1500, () => call('big')).join(''));
    });
    await later(2000);
  },
  'unread refusals, while a call back is not answered: 24 connections': async (open) => {
    await each(24, async () => {
      const connection = await open({ reads: false });
      await connection.write(GREETING);
      await connection.write(call('back'));
      const text = times(1000, () => call('x'.repeat(250))).join('');
      for (let i = 0; i < 200 && !connection.isClosed; i++) await connection.write(text);
    });
  },
  'unfinished lines: 30 × 15 MiB': async (open) => {
    await each(30, async () => {
      const connection = await open();
      await connection.write(`{"method":"never","params":["${'x'.repeat(15 * MIB)}`);
    });
    await later(1000);
  },
  'empty objects, 6 connections': kept(6, 1024, 60 * 1024, () => '{}'),
  'objects of a key of their own, 6 connections': kept(
    6,
    1024,
    60 * 1024,
    (i) => `{"k${i.toString(36)}${ids}":1}`,
  ),
  'objects with numbers as keys, 6 connections': kept(6, 1024, 60 * 1024, (i) => `{"${i % 100}":1}`),
  'numbers and nulls, 6 connections': kept(6, 1024, 60 * 1024, (i) => (i % 2 ? 'null' : `${i}.5`)),
  'short texts, 6 connections': kept(6, 1024, 60 * 1024, (i) => `"${i.toString(36)}"`),
  'texts of two bytes for a letter, 12 connections': kept(12, 40, 4 * MIB, () => `"${'€'.repeat(MIB)}"`),
  'short calls with empty lists, 50 connections': kept(50, 5120, 900, () => '[]'),
  'tiny calls, 400 connections': kept(400, 5120, 2, () => '1'),
  'members that nobody knows, 6 connections': async (open) => {
    const extra = `,"x":${list(60 * 1024, () => '{}')}`;
    await each(6, async () => {
      const connection = await open();
      await connection.write(GREETING);
      for (let i = 0; i < 1024; i++) await connection.write(call('never', '[]', extra));
    });
  },
  'one long and many short in a batch': async (open) => {
    await each(6, async () => {
      const connection = await open();
      for (let i = 0; i < 100; i++) {
        const long = call('never', `["${'x'.repeat(0.95 * MIB)}"]`);
        await connection.write(
          `[${[long, ...times(999, () => '{"method":"echo"}')].map((text) => text.trim()).join()}]\n`,
        );
      }
    });
  },
  'objects held, with long ids, 10 connections': async (open) => {
    await each(10, async () => {
      const connection = await open();
      await connection.write(GREETING);
      for (let i = 0; i < 140; i++)
        await connection.write(
          times(1000, (n) => `{"method":"item","id":"${`${i}_${n}`.padEnd(120, 'x')}"}\n`).join(''),
        );
    });
  },
  'streams without credit, 50 connections': async (open) => {
    await each(50, async () => {
      const connection = await open();
      await connection.write(GREETING);
      await connection.write(times(5120, () => call('count', '[]', ',"stream":0')).join(''));
    });
  },
  'calls that build on one that never ends, 10 connections': async (open) => {
    await each(10, async () => {
      const connection = await open();
      await connection.write(GREETING);
      await connection.write('{"method":"never","id":0}\n');
      const params = list(60 * 1024, () => '{"__objectreference__":"#0"}');
      for (let i = 0; i < 1024; i++) await connection.write(call('never', params));
    });
  },
  'greetings of 16 MiB, 12 connections': async (open) => {
    await each(12, async () => {
      const connection = await open();
      await connection.write(
        `{"method":"$/hello","params":[{"version":1,"extensions":${list(3 * MIB, (i) => `"e${i}"`)}}]}\n`,
      );
      await connection.write(`{"method":"$/hello","params":[{"extensions":["${'x'.repeat(15 * MIB)}"]}]}\n`);
    });
  },
  'instances of Date': kept(4, 1024, 60 * 1024, () => instance('Date', 'null')),
  'instances of Bytes': kept(4, 1024, 60 * 1024, () => instance('Bytes', '"","DataView"')),
  'instances of BigInt': kept(4, 1024, 60 * 1024, (i) => instance('BigInt', `"${i}"`)),
  'instances of RegExp': kept(4, 1024, 60 * 1024, () => instance('RegExp', '"",""')),
  'instances of Error': kept(4, 1024, 60 * 1024, () => instance('Error', '"",""')),
  'instances of URL': kept(4, 1024, 60 * 1024, () => instance('URL', '"a:"')),
  'instances of Map': kept(4, 1024, 60 * 1024, () => instance('Map', '[]')),
  'instances of Set': kept(4, 1024, 60 * 1024, () => instance('Set', '[1]')),
  'large Maps': kept(4, 1024, 60 * 1024, (i) =>
    i
      ? '1'
      : instance(
          'Map',
          list(50_000, (n) => `[${n},1]`),
        ),
  ),
};

function later(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
