export { shortIdText } from '#short-messages';
export { tooDeep } from './assert-readable.js';
export { Attachment, bindAttachments, MAX_ATTACHMENTS, MIN_ATTACHMENT_BYTES } from './attachment.js';
export { attachmentHeader, attachmentLengths } from './attachment-header.js';
export { attempt } from './attempt.js';
export { BuiltinCodec } from './builtin-codec.js';
export type { Attach } from './bytes.js';
export { type BuiltinName, type ClassCodec, type ClassOf, Codec, type CodecOptions } from './codec.js';
export { type DecodeContext, decodeValue, namesOfRemoteObjects } from './decode.js';
export { acp } from './dialects/acp.js';
export type { BatchAnswer } from './dialects/batch-answer.js';
export { bjsonrpc } from './dialects/bjsonrpc.js';
export type { CancelForm } from './dialects/cancel-form.js';
export { type Control, type Controlled, keyOf, type Told, textOrNothing } from './dialects/control.js';
export type { Dialect } from './dialects/dialect.js';
export { jsonrpc2 } from './dialects/jsonrpc2.js';
export { lsp } from './dialects/lsp.js';
export { mcp } from './dialects/mcp.js';
export type { Arguments, ParamsForm } from './dialects/params-form.js';
export type { Profile, RequestExtras, RequestParts } from './dialects/profile.js';
export type { ProgressForm } from './dialects/progress-form.js';
export type { Strangers } from './dialects/strangers.js';
export type { Strict } from './dialects/strict.js';
export type {
  AbortSignalLike,
  Attachments,
  CloseDetails,
  ConnectionInfo,
  DialOptions,
  Duplex,
  Listener,
  ListenerAddress,
  ListenOptions,
  OnDuplex,
  Receiver,
  SessionInfo,
  Transport,
} from './duplex.js';
export { eachContainer } from './each-container.js';
export {
  type EncodeContext,
  encodePlain,
  encodeValue,
  withoutClassHints,
} from './encode.js';
export { envelopeOf } from './envelope-of.js';
export { errorFromWire } from './error-from-wire.js';
export { type ErrorObject, errorObject, errorText } from './error-object.js';
export {
  CancelledError,
  CLOSING,
  ConnectionClosedError,
  codes,
  DEPENDENCY_FAILED,
  DependencyFailedError,
  INVALID_PARAMS,
  InternalError,
  InvalidParamsError,
  InvalidRequestError,
  LimitExceededError,
  METHOD_NOT_FOUND,
  MethodNotFoundError,
  ParseError,
  RemoteError,
  RpcError,
  type RpcErrorClass,
  type RpcErrorOptions,
  TimeoutError,
  UnknownObjectError,
  UnsendableError,
} from './errors.js';
export { isForeign, markForeign } from './foreign-error.js';
export { Gate } from './gate.js';
export { hintKeys, mayHoldHints, type ReferenceHint, type ReferenceKind } from './hints.js';
export { Counter, idText, objectName } from './ids.js';
export { isClass } from './is-class.js';
export { isError } from './is-error.js';
export { isObject } from './is-object.js';
export { Letter, type Written } from './letter.js';
export { defaultLimits, type Limits } from './limits.js';
export { joined, LineTail } from './line-tail.js';
export { FramingError, LineDecoder, type LineDecoderOptions } from './lines.js';
export { isResponse, type Message, readMessage } from './message.js';
export { MessageText } from './message-text.js';
export { nestsDeeperThan } from './nests-deeper-than.js';
export { nextTurnBy } from './next-turn.js';
export { ownText } from './own-text.js';
export { isPlainObject } from './plain-object.js';
export { RegExpSource } from './reg-exp-source.js';
export { spelledIds } from './spelled-ids.js';
