/**
 * The TensorFlow that we run on: which wheel holds its C library for which machine.
 *
 * The wheels are Python's, but we take only two shared libraries and some headers out of them, so
 * the user's own Python version does not matter. The checksums are those that PyPI publishes.
 */

export const tensorflowVersion = '2.21.0';

/**
 * @typedef {object} Wheel
 * @property {string} project its name on PyPI
 * @property {string} platform pip's --platform
 * @property {string} sha256
 * @property {number} bytes of the download
 * @property {number} unpacked bytes of the two libraries
 * @property {string[]} libraries the C API, and what it stands on
 */

/** @type {Record<string, Wheel>} */
const wheels = {
  'linux-x64': {
    project: 'tensorflow-cpu',
    platform: 'manylinux_2_27_x86_64',
    sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
    bytes: 274_000_871,
    unpacked: 853_308_936,
    libraries: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
  },
  'linux-arm64': {
    project: 'tensorflow',
    platform: 'manylinux_2_27_aarch64',
    sha256: 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
    bytes: 281_946_471,
    unpacked: 883_062_208,
    libraries: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
  },
  'darwin-arm64': {
    project: 'tensorflow',
    platform: 'macosx_12_0_arm64',
    sha256: '56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712',
    bytes: 223_488_205,
    unpacked: 740_805_624,
    libraries: ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'],
  },
};

/** @typedef {{ platform: string, arch: string, glibc?: string }} Machine */

/** @returns {Machine} */
export function thisMachine() {
  const { platform, arch } = process;
  return platform === 'linux' ? { platform, arch, glibc: glibcVersion() } : { platform, arch };
}

/**
 * The wheel for a machine, or why there is none.
 *
 * @param {Machine} machine
 * @returns {{ wheel: Wheel } | { reason: string }}
 */
export function wheelFor({ platform, arch, glibc }) {
  const wheel = wheels[`${platform}-${arch}`];
  if (!wheel) return { reason: `TensorFlow publishes no such wheel for ${platform}-${arch}` };
  if (platform === 'linux' && !glibc)
    return { reason: "TensorFlow's wheels need glibc, and this Linux has another C library" };
  if (platform === 'linux' && !atLeast(glibc, 2, 27))
    return { reason: `TensorFlow's wheels need glibc 2.27, and this is ${glibc}` };
  return { wheel };
}

/**
 * @param {string | undefined} version
 * @param {number} major
 * @param {number} minor
 */
function atLeast(version, major, minor) {
  const [a, b] = (version ?? '0').split('.').map(Number);
  return a > major || (a === major && b >= minor);
}

/** undefined on a Linux of another C library, such as Alpine's */
function glibcVersion() {
  const { report } = process;
  // The report lists network interfaces, and may ask a name server about each.
  const full = /** @type {{ excludeNetwork?: boolean }} */ (report);
  full.excludeNetwork = true;
  return /** @type {{ header: { glibcVersionRuntime?: string } }} */ (report.getReport()).header
    .glibcVersionRuntime;
}
