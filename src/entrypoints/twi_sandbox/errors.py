"""What keeps the sandbox from starting."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

NOT_A_SANDBOX: Final = define_error(
    "sandbox.not_a_sandbox",
    Kind.INVALID,
    message="That folder holds something else than a sandbox, so it is left alone.",
    hint="Name a new or an empty folder with --data.",
    cause="The option --data names a folder that is not empty and was not made by `twi sandbox`.",
)
IN_USE: Final = define_error(
    "sandbox.in_use",
    Kind.CONFLICT,
    message="Another sandbox is using that folder.",
    hint="Stop the other one first, or name another folder with --data.",
    cause="Two sandboxes cannot share a folder: each believes that it alone changes the data.",
)
FOLDER_UNUSABLE: Final = define_error(
    "sandbox.folder_unusable",
    Kind.INVALID,
    message="The sandbox cannot use that folder: {problem}.",
    hint="Name a folder of your own with --data.",
    cause="The option --data names a file, or a folder that this user may not make or write to.",
    example={"problem": "Permission denied"},
)
PORT_TAKEN: Final = define_error(
    "sandbox.port_taken",
    Kind.CONFLICT,
    message="Port {port} of this machine is taken.",
    hint="Name another one with --port, or any free one with --port 0.",
    cause="Another program, perhaps another sandbox, listens on the port that the page was to be served on.",
    example={"port": 8642},
)
