import * as surface from '@bjsonrpc/peer';
import { expect, test } from 'vitest';
import { exportedNames } from '../../../test/exported-names.ts';

test('the package exports exactly this', () => {
  const names = exportedNames(new URL('../src/index.ts', import.meta.url));
  const values = names.split('\n').filter((name) => !name.startsWith('type '));
  expect(Object.keys(surface).sort()).toEqual(values.sort());
  expect(names).toMatchInlineSnapshot(`
    "acp
    type BuiltinName
    bjsonrpc
    CancelledError
    type ClassCodec
    Codec
    type CodecOptions
    ConnectionClosedError
    type ConnectionInfo
    codes
    DependencyFailedError
    type Dialect
    InternalError
    InvalidParamsError
    InvalidRequestError
    jsonrpc2
    LimitExceededError
    type Limits
    lsp
    MethodNotFoundError
    mcp
    ParseError
    RegExpSource
    RemoteError
    RpcError
    TimeoutError
    type Transport
    UnknownObjectError
    UnsendableError
    type CallOptions
    type Clock
    systemClock
    type WireEvent
    type ConnectOptions
    connect
    type AnyPeer
    type CloseReason
    type Description
    type MethodDescription
    type PeerStats
    type Keywords
    type RemoteMethod
    type RemoteReference
    type CallProxy
    type MethodProxy
    type NotifyProxy
    type PipeProxy
    type Received
    type Reference
    type RemoteFunction
    type RemoteIterable
    type RemoteObject
    type RemotePromise
    type RemoteStream
    type Request
    type Sendable
    type UntypedProxy
    type ValueClasses
    type PeerOptions
    type OutgoingCall
    type OutgoingInterceptor
    Peer
    type PeerParts
    BroadcastError
    broadcast
    type Telling
    type CallContext
    currentCall
    type Principal
    type Register
    Handler
    type IncomingCall
    type IncomingInterceptor
    kw
    type MethodOwner
    type StandardSchema
    type ValidationResult
    validate
    retain
    createServer
    type HandlerFactory
    type Server"
  `);
});
