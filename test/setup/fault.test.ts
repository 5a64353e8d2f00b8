import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { asFault, diagnose, Fault, Interrupted, Usage } from '../../kernel-setup/setup/fault.mjs';

/** What the programs really print. */
const said: [kind: string, text: string][] = [
  [
    'network',
    'npm error code ECONNREFUSED\nnpm error syscall connect\nnpm error connect ECONNREFUSED 127.0.0.1:9',
  ],
  [
    'network',
    'npm error code ENOTFOUND\nnpm error network request to failed, reason: getaddrinfo ENOTFOUND registry',
  ],
  [
    'network',
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<pip>: Failed to establish a new connection: [Errno 111] Connection refused')': /simple/pip/\nERROR: No matching distribution found for pip==25.3",
  ],
  ['missing', 'ERROR: No matching distribution found for tensorflow-cpu==2.21.0'],
  ['missing', 'npm error code E404\nnpm error 404 Not Found'],
  [
    'disk',
    'npm error code ENOSPC\nnpm error syscall write\nnpm error ENOSPC: no space left on device, write',
  ],
  [
    'disk',
    'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device',
  ],
  ['disk', 'fatal error: error writing to /x/y.s: No space left on device'],
  ['readonly', "OSError: [Errno 30] Read-only file system: '/cache'"],
  ['permission', "PermissionError: [Errno 13] Permission denied: '/cache'"],
  [
    'certificate',
    'SSLError(SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate"))',
  ],
];

describe('diagnose', () => {
  it.each(said)('sees a %s fault in what a program says', (kind, text) => {
    expect(diagnose(text)?.kind).toBe(kind);
  });

  it('sees no fault of the machine in an ordinary failure', () => {
    expect(diagnose("error: 'napi_value' does not name a type")).toBeUndefined();
    expect(diagnose('')).toBeUndefined();
  });
});

describe('asFault', () => {
  it('turns a full disk into a sentence with a mend', () => {
    const full = (() => {
      try {
        writeFileSync('/dev/full', 'more than fits');
        return undefined;
      } catch (error) {
        return error;
      }
    })();
    const fault = asFault(full, 'unpacking') as Fault;
    expect(fault).toBeInstanceOf(Fault);
    expect(fault.what).toMatch(/^The disk is full \(while: unpacking.*\)\.$/);
    expect(fault.mend).toMatch(/^Free some space/);
  });

  it('leaves alone what is no fault of the machine', () => {
    for (const error of [
      new Error('a bug'),
      new Usage('--x'),
      new Interrupted(),
      new Fault('Is.', 'Do.'),
    ])
      expect(asFault(error)).toBe(error);
  });
});
