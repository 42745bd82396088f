"""What the policy of a VPC endpoint says where only this account may use it. Knows no rule."""

from __future__ import annotations

import re
from typing import Final

from .frozen import dataclass
from .lookups import look_up
from .model import Known
from .rule import Targeted
from .terraform.edit import AddTopLevel
from .terraform.module import Module, Resource
from .terraform.nodes import Expression

ENDPOINT: Final = "aws_vpc_endpoint"
# Services around models whose endpoints take a policy:
# https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
_TAKES_A_POLICY: Final = re.compile(
    r"\.(s3|dynamodb|sagemaker\.(api|runtime|metrics|featurestore-runtime)|bedrock[a-z-]*|"
    r"ecr\.(api|dkr)|logs|monitoring|kms|secretsmanager|ssm|athena|glue|lambda|states|sns|sqs)"
    r'"?$'
)
_OURS: Final = """\
{{
  Sid       = "OnlyThisAccount"
  Effect    = "Allow"
  Principal = "*"
  Action    = "*"
  Resource  = "*"
  Condition = {{
    StringEquals = {{ "aws:PrincipalAccount" = {account} }}
  }}
}}"""
# ECR hands out addresses in S3 that it has signed itself:
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
_LAYERS: Final = """\
{{
  Sid       = "LayersOfImages"
  Effect    = "Allow"
  Principal = "*"
  Action    = "s3:GetObject"
  Resource  = "arn:${{{partition}}}:s3:::prod-${{{region}}}-starport-layer-bucket/*"
}}"""


@dataclass(frozen=True, slots=True)
class EndpointPolicy:
    """The text of a policy, and what has to be looked up for it."""

    text: str
    lookups: tuple[str, ...]

    def written(self, path: str) -> tuple[Targeted, ...]:
        """The data blocks, at the end of a file."""
        return tuple(Targeted(path, AddTopLevel(text)) for text in self.lookups)


def service_of(endpoint: Resource) -> str:
    """The service an endpoint is for, as far as the text tells: ``….s3``."""
    held = endpoint.attribute("service_name")
    if held is None:
        return ""
    return name_of_service(endpoint.home, held.value, endpoint.document.text_of(held.value))


def name_of_service(module: Module, value: Expression, text: str) -> str:
    """The end of a name shows the service, also where the region in it is looked up."""
    found = module.evaluate(value)
    return str(found.value) if isinstance(found, Known) else text.strip('"')


def takes_a_policy(service: str) -> bool:
    """Whether an endpoint for the service can have one."""
    return bool(_TAKES_A_POLICY.search(service))


def policy_for(module: Module, service: str) -> EndpointPolicy:
    """Principals of this account only; through S3 also the layers of images."""
    is_s3 = service.rstrip('"').endswith(".s3")
    words = ("account", "partition", "region") if is_s3 else ("account",)
    found = look_up(module, *words)
    statements = [_OURS, *([_LAYERS] if is_s3 else [])]
    listed = ",\n".join(_moved(one.format(**found.names), 4) for one in statements)
    text = f'jsonencode({{\n  Version = "2012-10-17"\n  Statement = [\n{listed},\n  ]\n}})'
    return EndpointPolicy(text, found.blocks)


def _moved(text: str, blanks: int) -> str:
    return "\n".join(" " * blanks + line for line in text.split("\n"))
