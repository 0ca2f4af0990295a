"""Reading a request: what is asked, of which model, in which form. What the contract forbids ends in a 400."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox.openai.catalogue import Model, model_of
from integrations.sandbox.openai.errors import no
from integrations.sandbox.openai.strictness import objection

_FORMAT_NAME = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
_LEAST_OUTPUT = 16
_BYTES_PER_TOKEN = 4
_KNOWN = frozenset(
    re.findall(
        r"\w+",
        "background include input instructions max_output_tokens max_tool_calls metadata model parallel_tool_calls "
        "previous_response_id prompt_cache_key prompt_cache_retention reasoning safety_identifier service_tier store "
        "stream temperature text tool_choice tools top_logprobs top_p truncation user",
    )
)


@dataclass(frozen=True)
class Ask:
    """One valid request. `schema` is None where plain text is wanted; `effort` None where none was sent."""

    model: Model
    instructions: str
    text: str
    name: str = ""
    schema: dict[str, Any] | None = None
    effort: str | None = None
    max_output_tokens: int | None = None
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def effective_effort(self) -> str:
        """The effort it is answered with; empty where the model does not reason."""
        return self.effort or self.model.default


def format_name(body: object) -> str:
    """`text.format.name`, the name of the prompt; empty where there is none."""
    for key in ("text", "format", "name"):
        body = body.get(key) if isinstance(body, dict) else None
    return body if isinstance(body, str) else ""


def tokens(text: str) -> int:
    """About how many tokens a text is."""
    return -(-len(text.encode()) // _BYTES_PER_TOKEN)


def read(body: dict[str, Any], *, counting: bool = False) -> Ask:
    """The request of a body. Raises Stop: 404 for an unknown model, 400 for all else."""
    _refuse_unknown(body)
    model = _model(body)
    _check_keeping(body, counting=counting)
    _check_sampling(body, model)
    name, schema = _format(body)
    return Ask(
        model=model,
        instructions=_text(body.get("instructions"), "instructions"),
        text=_input(body.get("input")),
        name=name,
        schema=schema,
        effort=_effort(body, model),
        max_output_tokens=_limit(body),
        body=body,
    )


def _refuse_unknown(body: dict[str, Any]) -> None:
    for name in body:
        if name not in _KNOWN:
            raise no(f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")


def _model(body: dict[str, Any]) -> Model:
    wanted = body.get("model")
    if not isinstance(wanted, str) or not wanted:
        raise no("Missing required parameter: 'model'.", param="model", code="missing_required_parameter")
    if model := model_of(wanted):
        return model
    message = f"The model '{wanted}' does not exist or you do not have access to it."
    raise no(message, param="model", code="model_not_found", status=404)


def _check_keeping(body: dict[str, Any], *, counting: bool) -> None:
    """Ours, not OpenAI's: lead data must not be kept there, so a request that forgets it is refused."""
    if not counting and body.get("store") is not False:
        raise no("The sandbox wants 'store': false: the default keeps lead data for 30 days.", param="store")


def _check_sampling(body: dict[str, Any], model: Model) -> None:
    for name in ("temperature", "top_p"):
        if body.get(name) is not None and not model.takes_sampling:
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            raise no(message, param=name, code="unsupported_parameter")


def _effort(body: dict[str, Any], model: Model) -> str | None:
    reasoning = body.get("reasoning")
    if reasoning is None:
        return None
    if not isinstance(reasoning, dict):
        raise no("Invalid type for 'reasoning': expected an object.", param="reasoning", code="invalid_type")
    if not model.efforts:
        message = "Unsupported parameter: 'reasoning.effort' is not supported with this model."
        raise no(message, param="reasoning.effort", code="unsupported_parameter")
    if "effort" not in reasoning:
        return None
    wanted = reasoning["effort"]
    if wanted not in model.efforts:
        raise _unsupported(wanted, model)
    return str(wanted)


def _unsupported(wanted: object, model: Model) -> Exception:
    quoted = [f"'{effort}'" for effort in model.efforts]
    listed = quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])}, and {quoted[-1]}"
    message = (
        f"Unsupported value: '{wanted}' is not supported with the '{model.name}' model. Supported values are: {listed}."
    )
    return no(message, param="reasoning.effort", code="unsupported_value")


def _limit(body: dict[str, Any]) -> int | None:
    value = body.get("max_output_tokens")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        message = "Invalid type for 'max_output_tokens': expected an integer."
        raise no(message, param="max_output_tokens", code="invalid_type")
    if value < _LEAST_OUTPUT:
        message = f"Invalid 'max_output_tokens': expected a value >= {_LEAST_OUTPUT}, but got {value} instead."
        raise no(message, param="max_output_tokens", code="integer_below_min_value")
    return value


def _format(body: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    form = (body.get("text") or {}).get("format") if isinstance(body.get("text") or {}, dict) else None
    if not isinstance(form, dict) or form.get("type") != "json_schema":
        return "", None
    name, schema = form.get("name"), form.get("schema")
    if not isinstance(name, str) or not _FORMAT_NAME.match(name):
        message = "Invalid 'text.format.name': at most 64 letters, digits, _ and -."
        raise no(message, param="text.format.name", code="invalid_value")
    if form.get("strict") is not True:
        raise no("The sandbox wants 'strict': true: other answers may be anything.", param="text.format.strict")
    if why := objection(schema):
        message = f"Invalid schema for response_format '{name}': {why}"
        raise no(message, param="text.format.schema", code="invalid_json_schema")
    return name, schema


def _input(given: object) -> str:
    """The text asked about: a string, or the messages' texts one below the other."""
    if isinstance(given, str):
        return given
    if not isinstance(given, list) or not given:
        raise no("Missing required parameter: 'input'.", param="input", code="missing_required_parameter")
    return "\n\n".join(_message(message) for message in given)


def _message(message: object) -> str:
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return _text(content, "input")


def _text(value: object, param: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise no(f"Invalid type for '{param}': expected a string.", param=param, code="invalid_type")
    return value
