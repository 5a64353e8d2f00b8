/** Runs before each test file: property tests draw the same inputs in every run. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 20210304 });
