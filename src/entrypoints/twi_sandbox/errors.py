"""What keeps the sandbox from starting."""

from typing import Final

from twi_core.kernel.errors import Kind, define_error

NOT_A_SANDBOX: Final = define_error(
    "sandbox.not_a_sandbox",
    Kind.INVALID,
    message="That folder contains something other than a sandbox, so it wasn't changed.",
    hint="Name a new or an empty folder with {--data}.",
    cause="The option --data names a folder that isn't empty and wasn't created by `twi sandbox`.",
)
IN_USE: Final = define_error(
    "sandbox.in_use",
    Kind.CONFLICT,
    message="Another sandbox is using that folder.",
    hint="Stop the other one first, or name another folder with {--data}.",
    cause="Two sandboxes can't share a folder, because each expects nobody else to change the data.",
)
FOLDER_UNUSABLE: Final = define_error(
    "sandbox.folder_unusable",
    Kind.INVALID,
    message="The sandbox can't use that folder: {problem}.",
    hint="Name a folder that you can write to with {--data}.",
    cause="The option --data names a file, or a folder that this user can't create or write to.",
    example={"problem": "you can't write there"},
)
PORT_TAKEN: Final = define_error(
    "sandbox.port_taken",
    Kind.CONFLICT,
    message="Port {port} of this machine is taken.",
    hint="Name another one with {--port}; 0 takes any free one.",
    cause="Another program, perhaps another sandbox, listens on the port of the page.",
    example={"port": "8642"},
)
