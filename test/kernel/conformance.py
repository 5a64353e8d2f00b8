"""The public conformance suite for Jupyter kernels, jupyter_kernel_test, with nothing it offers left out.

Run by conformance.test.ts, which makes the kernelspec and points JUPYTER_PATH at it.
"""
import unittest

import jupyter_kernel_test

HOST = "(globalThis as any)[Symbol.for('dark-matter.host')]"


class DarkMatterKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "dark-matter"
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("oops")'
    completion_samples = [
        {"text": "Math.sqr", "matches": {"sqrt", "SQRT2", "SQRT1_2"}},
        {"text": "process.argv.reduceR", "matches": {"reduceRight"}},
    ]
    complete_code_samples = ["1", 'console.log("hello, world")', "function f(x: number) {\n  return x * 2\n}\n", "const x: number[] = [1]"]
    incomplete_code_samples = ["function f(", "if (true) {", "const s = `text", "[1,\n2,"]
    invalid_code_samples = ["import = 7q", "const 1x = 2)", "}"]
    code_page_something = "parseInt?"
    code_generate_error = "throw new Error('no such thing')"
    code_execute_result = [
        {"code": "1 + 2 + 3", "result": "6"},
        {"code": "[1, 2].map((n) => n * n)", "result": "[ 1, 4 ]"},
        {"code": "'text'.length", "result": "4"},
        {"code": "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>x</b>' }) })", "mime": "text/html", "result": "<b>x</b>"},
    ]
    code_display_data = [
        {"code": HOST + ".display({ 'image/svg+xml': '<svg/>' })", "mime": "image/svg+xml"},
        {"code": HOST + ".display({ 'text/html': '<p>', 'text/plain': 'p' })", "mime": "text/html"},
    ]
    code_history_pattern = "1 +*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "parseInt"
    code_clear_output = "console.clear()"


class DarkMatterWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "dark-matter"
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main(verbosity=2)
