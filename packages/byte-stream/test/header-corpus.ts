/** The message behind every good header, whose bytes are more than its characters. */
const BODY = '["é"]';
const BYTES = new TextEncoder().encode(BODY).length;

/** A message as somebody may write it, and what is read. */
export interface GoodHeader {
  readonly name: string;
  readonly text: string;
  readonly messages: readonly string[];
}

function good(name: string, headers: string, messages: readonly string[] = [BODY]): GoodHeader {
  return { name, text: headers.replaceAll('%d', String(BYTES)) + BODY, messages };
}

/** Everything that is read. */
export const goodHeaders: readonly GoodHeader[] = [
  good('as we write it', 'Content-Length: %d\r\n\r\n'),
  good('small letters', 'content-length: %d\r\n\r\n'),
  good('capitals', 'CONTENT-LENGTH: %d\r\n\r\n'),
  good('letters of any case', 'cOnTeNt-LeNgTh: %d\r\n\r\n'),
  good('no space', 'Content-Length:%d\r\n\r\n'),
  good('spaces and tabs', 'Content-Length \t: \t  %d \t\r\n\r\n'),
  good('blanks before', ' \tContent-Length: %d\r\n\r\n'),
  good('zeros before', 'Content-Length: 000%d\r\n\r\n'),
  good('LF alone', 'Content-Length: %d\n\n'),
  good(
    'the type behind',
    'Content-Length: %d\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n',
  ),
  good(
    'the type before',
    'Content-Type: application/vscode-jsonrpc; charset=utf8\r\nContent-Length: %d\r\n\r\n',
  ),
  good(
    'a quoted charset',
    'Content-Type: application/vscode-jsonrpc; charset="utf-8"\r\nContent-Length: %d\r\n\r\n',
  ),
  good('a charset in capitals', 'content-type:application/json;CHARSET = UTF-8\r\ncontent-length:%d\r\n\r\n'),
  good('a type without a charset', 'Content-Type: application/json\r\nContent-Length: %d\r\n\r\n'),
  good(
    'what looks like a charset in quotes',
    'Content-Type: a/b; x="; charset=latin1"; charset=utf-8\r\nContent-Length: %d\r\n\r\n',
  ),
  good('other headers', 'X-Trace: a:b:c\r\nContent-Length: %d\r\nServer: é "{[" =\r\nEmpty:\r\n\r\n'),
  good('the same length twice', 'Content-Length: %d\r\ncontent-length: %d\r\n\r\n'),
  good('a long header', `X-Padding: ${'x'.repeat(8000)}\r\nContent-Length: %d\r\n\r\n`),
  good('an empty message before', 'Content-Length: 0\r\n\r\nContent-Length: %d\r\n\r\n', ['', BODY]),
];

/** Headers that close the connection, and what of the error says so. */
export interface BadHeader {
  readonly name: string;
  readonly text: string;
  readonly fault: 'header' | 'length' | 'encoding';
  readonly says: string;
}

const digits = 'must be digits alone';
const noHeader = 'is no header with a colon';
const tooLong = 'longer than 1000 bytes';

function bad(
  name: string,
  text: string,
  says: string,
  fault: BadHeader['fault'] = says === tooLong ? 'length' : 'header',
): BadHeader {
  return { name, text, says, fault };
}

/** Everything that is refused, where the longest message is one of 1000 bytes. Nothing stands behind what is wrong: it is not waited for. */
export const badHeaders: readonly BadHeader[] = [
  bad('a negative length', 'Content-Length: -5\r\n', digits),
  bad('a signed length', 'Content-Length: +5\r\n', digits),
  bad('a hexadecimal length', 'Content-Length: 0x5\r\n', digits),
  bad('digits and more', 'Content-Length: 53abc\r\n', digits),
  bad('two numbers', 'Content-Length: 5 3\r\n', digits),
  bad('a list', 'Content-Length: 5, 5\r\n', digits),
  bad('a fraction', 'Content-Length: 5.0\r\n', digits),
  bad('an exponent', 'Content-Length: 1e2\r\n', digits),
  bad('a quoted length', 'Content-Length: "5"\r\n', digits),
  bad('digits of another script', 'Content-Length: ٥\r\n', digits),
  bad('no number', 'Content-Length: five\r\n', digits),
  bad('an empty length', 'Content-Length:\r\n', digits),
  bad('a length over the limit', 'Content-Length: 1001\r\n', tooLong),
  bad('a huge length', `Content-Length: ${'9'.repeat(400)}\r\n`, tooLong),
  bad('no length', 'Content-Type: application/json\r\n\r\n', 'has no Content-Length'),
  bad('a misspelled length', 'Content_Length: 5\r\n\r\n', 'has no Content-Length'),
  bad('no header at all', '\r\n', 'has no Content-Length'),
  bad('an empty line of LF', '\n', 'has no Content-Length'),
  bad('two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n', 'has two lengths'),
  bad('another charset', 'Content-Type: text/plain; charset=latin1\r\n', 'charset "latin1"', 'encoding'),
  bad('a quoted other charset', 'Content-Type: a/b; Charset="UTF-16"\r\n', 'charset "UTF-16"', 'encoding'),
  bad('headers without end', `X-Padding: ${'x'.repeat(9000)}`, 'longer than 8192 bytes'),
  bad('many headers', 'X: y\r\n'.repeat(2000), 'longer than 8192 bytes'),
  bad('a line without a colon', 'Content-Length\r', noHeader),
  bad('a blank instead of a colon', 'Content-Length 5', noHeader),
  bad('a line of spaces', 'Content-Length: 5\r\n  \r\n', noHeader),
  bad('a header that has no name', ': 5', noHeader),
  bad('a message without a header', '{"method":"ping"', "needs framing 'lines'"),
  bad('a batch without a header', '[{"method"', "needs framing 'lines'"),
  bad('a request line of HTTP', 'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n', 'speaks HTTP'),
  bad('an answer of HTTP', 'HTTP/1.1 200 OK\r\n', 'speaks HTTP'),
  bad('a TLS hello', '\u0016\u0003\u0001\u0000\u0005', 'speaks TLS'),
  bad('a byte order mark', '\ufeffContent-Length: 5\r\n\r\n', noHeader),
];
