export {
  CancelledError,
  type ClassCodec,
  Codec,
  ConnectionClosedError,
  type ConnectionInfo,
  codes,
  DependencyFailedError,
  InternalError,
  InvalidParamsError,
  InvalidRequestError,
  LimitExceededError,
  type Limits,
  MethodNotFoundError,
  ParseError,
  RemoteError,
  RpcError,
  TimeoutError,
  type Transport,
  UnknownObjectError,
  UnsendableError,
} from '@bjsonrpc/protocol';
export { type CallContext, currentCall } from './call-context.js';
export type { CallOptions } from './call-options.js';
export { type Clock, systemClock } from './clock.js';
export { type ConnectOptions, connect } from './connect.js';
export type { Description, MethodDescription } from './describe.js';
export { Handler } from './handler.js';
export { retain } from './imports.js';
export type { IncomingCall, IncomingInterceptor, OutgoingCall, OutgoingInterceptor } from './interceptors.js';
export { type Keywords, kw } from './keywords.js';
export type { PeerOptions } from './options.js';
export { Peer, type PeerParts, type PeerStats } from './peer.js';
export type { MethodOwner } from './publish.js';
export type { RemoteFunction, RemoteIterable, RemoteObject, RemoteReference } from './remote-object.js';
export type { RemotePromise } from './remote-promise.js';
export type { RemoteStream } from './remote-stream.js';
export type {
  AnyPeer,
  CallProxy,
  MethodProxy,
  NotifyProxy,
  PipeProxy,
  Received,
  RemoteMethod,
  Sendable,
  UntypedProxy,
  ValueClasses,
} from './remote-types.js';
export type { Request } from './request.js';
export { createServer, type HandlerFactory, type Server } from './server.js';
export { type StandardSchema, type ValidationResult, validate } from './validate.js';
export type { WireEvent } from './wire.js';
