"""Field types and the two base models."""

import inspect
from datetime import datetime
from decimal import Decimal
from types import ModuleType

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from orders.documents import api, fields, workflow
from orders.documents.fields import Document, Money, Time, as_json

MODELS = [
    model
    for module in (fields, workflow, api)
    for model in vars(module).values()
    if inspect.isclass(model) and issubclass(model, BaseModel) and model is not BaseModel
]


class Priced(Document):
    price: Money
    at: Time


PRICED = Priced(price=Decimal("150.70"), at=datetime(2024, 1, 24, 10, 30))  # noqa: DTZ001 - times are UTC without offset


def test_money_is_a_number_with_two_places_in_the_api() -> None:
    assert as_json(PRICED).startswith('{"price": 150.70, ')


def test_money_and_time_are_text_in_the_workflow() -> None:
    assert PRICED.model_dump(mode="json") == {"price": "150.70", "at": "2024-01-24T10:30:00"}


@pytest.mark.parametrize("price", ["-0.01", "1.001", "100000000.00", "much"])
def test_money_is_not_negative_and_fits_the_tables(price: str) -> None:
    with pytest.raises(ValidationError):
        Priced.model_validate({"price": price, "at": "2024-01-24T10:30:00"})


@pytest.mark.parametrize("model", MODELS)
def test_an_error_never_quotes_the_input(model: type[BaseModel]) -> None:
    assert model.model_config["hide_input_in_errors"]


@pytest.mark.parametrize("module", [workflow, api])
def test_every_document_is_frozen(module: ModuleType) -> None:
    models = [model for model in MODELS if model.__module__ == module.__name__]
    assert models
    assert all(model.model_config["frozen"] for model in models)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "0",
            "-",
            "+",
            "C 1",
            "\u00fc",
            "\u65e5\u672c",
            "\u05d0",
            "\u0e01\u0e33",
            "\U0001f600",
            "\u20ac",
        ),
        *(
            "e\u0301",
            "\u200fa",
            "a\u200d",
            "\u1112\u1161",
            "\u2800a",
            "\ufdd0a",
            "\U0001f1e9\U0001f1ea",
        ),
    ],
)
def test_one_visible_character_makes_an_identifier(text: str) -> None:
    assert TypeAdapter(fields.Identifier).validate_python(text) == text
