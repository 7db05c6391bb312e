"""Numbers of AWS Lambda's execution environments, each with unit and source. Decides nothing."""

from __future__ import annotations

#: Bytes a function may answer with. Source: recorded error text of Function.ResponseSizeTooLarge.
RESPONSE_BYTES = 6_291_556
#: Bytes that a function may stream. Source: Lambda developer guide, "Response streaming" (20 MB until
#: July 2025, 200 MB since: ours stays at what a database row holds well).
STREAMED_BYTES = 20 * 1024 * 1024
#: Seconds for the init phase, after which it is started anew inside the first invocation.
#: Source: Lambda developer guide, "Understanding the Lambda execution environment lifecycle".
INIT_SECONDS = 10.0
#: Open files inside an environment. Source: recorded RLIMIT_NOFILE of python3.12.
OPEN_FILES = 1024
#: Processes and threads inside an environment. Source: recorded RLIMIT_NPROC of python3.12.
PROCESSES = 742
#: The same number where a group counts them: the kernel's own count for a user takes all environments of
#: a version together, and must not keep one from what it may have because of another. Ours.
PROCESSES_OF_A_USER = 65_536
#: An environment's weight on a busy CPU, of the 100 that anything else has. Ours: AWS allots CPU with
#: memory, and the quick functions beside one that computes are not to wait for it.
CPU_WEIGHT = 25
#: Bytes of the unpacked package. Source: Lambda quotas, "Deployment package size".
UNZIPPED_BYTES = 262_144_000
#: Bytes of the package in a request. Source: Lambda quotas; recorded error text.
ZIPPED_BYTES = 52_428_800
#: Entries of a package, and folders that they lie in. Ours: AWS names no number.
ZIP_ENTRIES = 100_000
#: Folders above each other in a package, and bytes of a path or link. Ours, below what the kernel takes
#: together with the folder that a package is unpacked in.
ZIP_DEPTH = 128
ZIP_PATH_BYTES = 2048
#: Bytes of a file's name. Source: NAME_MAX of Linux.
ZIP_NAME_BYTES = 255

#: Bytes of one log event; a longer line is split. Source: CloudWatch Logs quotas (256 KB).
LOG_EVENT_BYTES = 262_144 - 26
#: Bytes of output kept of one invocation. Ours: AWS has no such limit.
LOG_INVOCATION_BYTES = 4 * 1024 * 1024
#: Lines of output kept of one invocation. Ours.
LOG_INVOCATION_EVENTS = 20_000

#: MiB of address space beyond MemorySize that may be mapped without being touched (thread stacks).
UNTOUCHED_MB = 256
#: Seconds between two looks at an environment's memory. Ours.
MEMORY_WATCH_SECONDS = 0.1
#: MiB that an environment's group may hold beyond MemorySize and /tmp: pages of the files it runs
#: from, and what it grows by between two looks. Ours.
GROUP_SPARE_MB = 64
#: Seconds of rest after which an environment is frozen. Ours: AWS freezes at once.
FREEZE_SECONDS = 0.025
#: Looks for new processes while freezing, before the environment is ended instead. Ours.
FREEZE_PASSES = 20
#: Seconds for the last process of a killed tree to be gone. Ours, long as nothing waits in vain.
KILL_SECONDS = 30.0
#: What a launcher ends with when no program of the package can be run. Ours.
NO_ENTRY_STATUS = 203
#: Seconds for the launcher to hand out its sockets. Ours, long: one that cannot start ends at once,
#: and a machine with much to do needs its time.
HANDSHAKE_SECONDS = 30.0
#: Connections to the Runtime API at one time. Ours: a runtime needs one.
API_CONNECTIONS = 32
#: Connections of one environment to the gateway at one time; more wait. Ours: its SDK keeps ten a client.
GATEWAY_CONNECTIONS = 128
#: Where functions' calls come from when the gateway is on this machine: so it can tell them from
#: those of people, and take no key of theirs at its word. Ours, any address of the loopback net.
FUNCTIONS_ADDRESS = "127.83.76.1"
