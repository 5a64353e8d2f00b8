"""Lets papermill write parameters into TypeScript and JavaScript notebooks.

papermill has no entry point for translators, but loads those of its engines when it is imported:
this module is named as one, and says at that moment how parameters are written.
"""

import json
import math

from papermill.engines import NBClientEngine
from papermill.translators import Translator, papermill_translators


class TypeScriptTranslator(Translator):
    """Parameters as declarations.

    They are `any`: a literal's narrow type would make comparisons in later cells errors, such as
    `budget === 'full'` where `budget` is 'quick'.
    """

    @classmethod
    def translate_none(cls, val):
        return "undefined"

    @classmethod
    def translate_bool(cls, val):
        return "true" if val else "false"

    @classmethod
    def translate_int(cls, val):
        # Beyond 2 ** 53 a number would be another one.
        return str(val) if abs(val) <= 2**53 else f"{val}n"

    @classmethod
    def translate_float(cls, val):
        if math.isnan(val):
            return "NaN"
        if math.isinf(val):
            return "Infinity" if val > 0 else "-Infinity"
        return repr(val)

    @classmethod
    def translate_str(cls, val):
        return json.dumps(str(val), ensure_ascii=False)

    @classmethod
    def translate_list(cls, val):
        return f"[{', '.join(cls.translate(each) for each in val)}]"

    @classmethod
    def translate_tuple(cls, val):
        return cls.translate_list(val)

    @classmethod
    def translate_dict(cls, val):
        pairs = (f"{json.dumps(str(k))}: {cls.translate(v)}" for k, v in val.items())
        return f"{{ {', '.join(pairs)} }}" if val else "{}"

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}".strip()

    @classmethod
    def assign(cls, name, str_val):
        return f"let {name}: any = {str_val};"


class JavaScriptTranslator(TypeScriptTranslator):
    """The same without a type."""

    @classmethod
    def assign(cls, name, str_val):
        return f"let {name} = {str_val};"


for _language, _translator in (
    ("typescript", TypeScriptTranslator),
    ("javascript", JavaScriptTranslator),
):
    # Where another package has one for the language, that one stays.
    if _language not in papermill_translators._translators:
        papermill_translators.register(_language, _translator)

Engine = NBClientEngine
"""What the entry point names; papermill's own, unchanged."""
