import * as surface from '@bjsonrpc/protocol';
import { expect, test } from 'vitest';
import { exportedNames } from '../../../test/exported-names.ts';

test('the package exports exactly this', () => {
  const names = exportedNames(new URL('../src/index.ts', import.meta.url));
  const values = names.split('\n').filter((name) => !name.startsWith('type '));
  expect(Object.keys(surface).sort()).toEqual(values.sort());
  expect(names).toMatchInlineSnapshot(`
    "shortIdText
    tooDeep
    Attachment
    bindAttachments
    MAX_ATTACHMENTS
    MIN_ATTACHMENT_BYTES
    attachmentHeader
    attachmentLengths
    attempt
    BuiltinCodec
    type Attach
    type BuiltinName
    type ClassCodec
    type ClassOf
    Codec
    type CodecOptions
    type DecodeContext
    decodeValue
    namesOfRemoteObjects
    acp
    type BatchAnswer
    bjsonrpc
    type CancelForm
    type Control
    type Controlled
    keyOf
    type Told
    textOrNothing
    type Dialect
    jsonrpc2
    lsp
    mcp
    type Arguments
    type ParamsForm
    type Profile
    type RequestExtras
    type RequestParts
    type ProgressForm
    type Strangers
    type Strict
    type AbortSignalLike
    type Attachments
    type CloseDetails
    type ConnectionInfo
    type DialOptions
    type Duplex
    type Listener
    type ListenerAddress
    type ListenOptions
    type OnDuplex
    type Receiver
    type SessionInfo
    type Transport
    eachContainer
    type EncodeContext
    encodePlain
    encodeValue
    withoutClassHints
    envelopeOf
    errorFromWire
    type ErrorObject
    errorObject
    errorText
    CancelledError
    CLOSING
    ConnectionClosedError
    codes
    DEPENDENCY_FAILED
    DependencyFailedError
    INVALID_PARAMS
    InternalError
    InvalidParamsError
    InvalidRequestError
    LimitExceededError
    METHOD_NOT_FOUND
    MethodNotFoundError
    ParseError
    RemoteError
    RpcError
    type RpcErrorClass
    type RpcErrorOptions
    TimeoutError
    UnknownObjectError
    UnsendableError
    isForeign
    markForeign
    Gate
    hintKeys
    mayHoldHints
    type ReferenceHint
    type ReferenceKind
    Counter
    idText
    objectName
    isClass
    isError
    isObject
    Letter
    type Written
    defaultLimits
    type Limits
    joined
    LineTail
    FramingError
    LineDecoder
    type LineDecoderOptions
    isResponse
    type Message
    readMessage
    MessageText
    nestsDeeperThan
    nextTurnBy
    ownText
    isPlainObject
    RegExpSource
    spelledIds"
  `);
});
