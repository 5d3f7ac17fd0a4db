"""The parts of ministack that the gaps extend. They are private to it: a new version may move them.

In one place, so that a version that moved a module fails here, once, when the server starts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from importlib import import_module
from typing import Any

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]
Create = Callable[[str, Properties, str], Created]
Update = Callable[[str, Properties, Properties, str], Created]
Delete = Callable[[str, Properties], None]
Deploy = Callable[..., Coroutine[Any, Any, None]]
Response = tuple[int, dict[str, str], bytes]

Handler = Callable[[dict[str, Any]], Response]
Answer = Callable[[str, str, bytes], Response | None]
Resource = Callable[[str, bytes, Any], str]
Complete = Callable[[str, str, Response], Response]

# No stubs exist: everything of ministack is Any, and what the gaps make of it is not.
app: Any = import_module("ministack.app")
concurrency: Any = import_module("ministack.core.concurrency")
iam_actions: Any = import_module("ministack.core.iam_actions")
iam_evaluator: Any = import_module("ministack.core.iam_evaluator")
router: Any = import_module("ministack.core.router")
responses: Any = import_module("ministack.core.responses")
cloudformation: Any = import_module("ministack.services.cloudformation")
changesets: Any = import_module("ministack.services.cloudformation.changesets")
custom_resource: Any = import_module("ministack.services.cloudformation.custom_resource")
handlers: Any = import_module("ministack.services.cloudformation.handlers")
provisioners: Any = import_module("ministack.services.cloudformation.provisioners")
stacks: Any = import_module("ministack.services.cloudformation.stacks")

HANDLERS: dict[str, dict[str, Any]] = provisioners._RESOURCE_HANDLERS
REPLACING: dict[str, tuple[str, ...]] = provisioners._REPLACING_PROPERTIES


def service(name: str) -> Any:
    """A service's module, with its stores and its request handlers."""
    return import_module(f"ministack.services.{name}")


def account() -> str:
    """The account of the request, or of the stack operation, that is being served."""
    return str(responses.get_account_id())


def region() -> str:
    """The region of the request, or of the stack operation, that is being served."""
    return str(responses.get_region())


def generated_name(stack: str, logical_id: str, length: int = 64) -> str:
    """The name that CloudFormation makes up when a template gives none: stable over updates."""
    return str(provisioners._physical_name(stack, logical_id, max_len=length))


def register(
    resource_type: str,
    create: Create,
    update: Update,
    delete: Delete,
    *,
    replacing: tuple[str, ...],
) -> None:
    """Add a resource type. A change of a `replacing` property makes a new resource."""
    HANDLERS[resource_type] = {"create": create, "update": update, "delete": delete}
    REPLACING[resource_type] = replacing


def unchanged(created: Created, properties: Properties) -> Created:
    """Leave what was created as it is."""
    return created


def unchecked(value: Any) -> None:
    """Let everything pass."""


def extend(
    resource_type: str,
    complete: Callable[[Created, Properties], Created] = unchanged,
    *,
    check: Callable[[Properties], None] = unchecked,
    check_deletion: Callable[[str], None] = unchecked,
    known_as: Callable[[str], str] = str,
) -> None:
    """Wrap the handlers that ministack has for a resource type.

    `check` is given the properties before a creation or an update, `check_deletion` the physical id
    before a deletion: what they raise fails the resource. `complete` gets what was created, or
    updated, and returns it with what ministack left out. `known_as` turns the stack's physical id
    into the one that ministack's own handlers go by.
    """
    pristine = dict(HANDLERS[resource_type])

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        check(properties)
        return complete(pristine["create"](logical_id, properties, stack), properties)

    def update(
        identifier: str, old: Properties, new: Properties, stack: str, *logical_id: str
    ) -> Created:
        check(new)
        return complete(pristine["update"](known_as(identifier), old, new, stack, *logical_id), new)

    def delete(identifier: str, properties: Properties) -> None:
        check_deletion(identifier)
        pristine["delete"](known_as(identifier), properties)

    HANDLERS[resource_type] = {**pristine, "create": create, "update": update, "delete": delete}


def wrap_deployments(wrap: Callable[[Deploy], Deploy]) -> None:
    """Wrap the coroutine that creates or updates a stack, wherever ministack starts it."""
    wrapped = wrap(stacks._deploy_stack_async)
    for module in (stacks, changesets, handlers):
        module._deploy_stack_async = wrapped


def wrap_action(action: str, wrap: Callable[[Handler], Handler]) -> None:
    """Wrap what answers an action of CloudFormation."""
    handlers._ACTION_HANDLERS[action] = wrap(handlers._ACTION_HANDLERS[action])


def complete_change_sets(complete: Callable[[dict[str, Any]], None]) -> None:
    """Have `complete` look at each change set once ministack has made it."""

    def wrap(create: Handler) -> Handler:
        def create_change_set(params: dict[str, Any]) -> Response:
            response = create(params)
            if made := re.search(rb"<Id>([^<]+)</Id>", response[2]):
                complete(cloudformation._change_sets[made[1].decode()])
            return response

        return create_change_set

    wrap_action("CreateChangeSet", wrap)


def add_service(name: str, target: str, handle_request: Any) -> None:
    """Have a service of JSON's that ministack does not know: `target` begins `X-Amz-Target`."""
    app.SERVICE_HANDLERS[name] = handle_request
    router.SERVICE_PATTERNS[name] = {"target_prefixes": [target]}
    iam_actions.SERVICE_TO_IAM_NAMESPACE[name] = name


def answer_first(
    service_name: str, answer: Answer, complete: Complete = lambda method, path, response: response
) -> None:
    """Give a service's calls to `answer` first, and to ministack those for which it returns None.

    `answer` gets the method, path and body; `complete` the method, path and ministack's response.
    """
    module = service(service_name)
    pristine = module.handle_request

    async def handle_request(
        method: str, path: str, headers: Any, body: bytes, query: Any
    ) -> Response:
        answered = answer(method, path, body)
        if answered is not None:
            return answered
        return complete(method, path, await pristine(method, path, headers, body, query))

    module.handle_request = handle_request


def authorize_on(service_name: str, resource: Resource) -> None:
    """Let `resource` say on what a service's calls are authorized.

    It gets the ARN that ministack found, and the call's body and parameters.
    """
    pristine = iam_actions.extract_resource_arn

    def extract_resource_arn(
        name: str, method: str, path: str, headers: Any, body: bytes, query: Any, *rest: Any
    ) -> str:
        found = str(pristine(name, method, path, headers, body, query, *rest))
        return resource(found, body, query) if name == service_name else found

    iam_actions.extract_resource_arn = extract_resource_arn
