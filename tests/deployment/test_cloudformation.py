"""Short tags and intrinsic functions."""

from pathlib import Path

import pytest

from deployment.errors import InvalidTemplate
from tests.deployment.small_template import TEXT, read


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ("!Ref DbHost", "/run/db"),
        ("!Ref Given", "by default"),
        ("!Sub '${Given}/${AWS::Region}/${!kept}'", "by default/us-east-1/${kept}"),
        ("!Sub ['${here}', {here: !Ref DbHost}]", "/run/db"),
        ("!Sub '${OrderBackupBucket.Arn}'", "arn:aws:s3:::backups"),
        ("!Join ['-', [a, !Ref Given]]", "a-by default"),
        ("!If [IsSet, this, that]", "this"),
        ("!If [IsBoth, this, that]", "that"),
    ],
)
def test_an_expression_is_evaluated(tmp_path: Path, value: str, resolved: str) -> None:
    found = read(tmp_path, TEXT.replace("VALUE", value))

    assert found.functions["F"].environment["V"] == resolved


@pytest.mark.parametrize("version", [1, 7])
def test_a_functions_version_is_its_arn_with_the_published_number(
    tmp_path: Path, version: int
) -> None:
    published = TEXT.replace("Handler:", "AutoPublishAlias: live\n      Handler:")

    found = read(tmp_path, published.replace("VALUE", "!Ref F.Version"), version=version)

    assert found.functions["F"].environment["V"] == f"{found.functions['F'].arn}:{version}"


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("!Ref F.Version", "SAM publishes versions of functions with AutoPublishAlias only"),
        ("!ImportValue Else", "uses Fn::ImportValue, which the local cloud cannot evaluate"),
        ("!Ref Nothing", "refers to Nothing, which has no local value: correct the name"),
        ("!GetAtt OrderBackupBucket.DomainName", "uses OrderBackupBucket.DomainName"),
        ("!GetAtt Nothing.Arn", "uses the ARN of Nothing, which is no function"),
    ],
)
def test_an_expression_that_cannot_be_evaluated_is_named(
    tmp_path: Path, value: str, complaint: str
) -> None:
    with pytest.raises(InvalidTemplate, match=complaint):
        read(tmp_path, TEXT.replace("VALUE", value))
