"""Environment variables that a function finds. Pure; does not know how the process is started."""

from __future__ import annotations

from functions.runtime.spec import EnvironmentSpec

#: Where AWS puts the function's code and the runtime.
TASK_ROOT = "/var/task"
RUNTIME_DIR = "/var/runtime"
LAYERS = "/opt"

#: Keys that CreateFunction refuses. Source: Lambda developer guide, "Defined runtime environment
#: variables", the reserved ones.
RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)


def initialization(spec: EnvironmentSpec) -> str:
    """Say why an environment was started, as AWS does."""
    return "provisioned-concurrency" if spec.provisioned else "on-demand"


def compose(
    spec: EnvironmentSpec, *, log_stream: str, endpoint: str, task_root: str, runtime_dir: str
) -> dict[str, str]:
    """Put together the whole environment of a function's process.

    The function's own variables win over our defaults (PATH, TZ, AWS_ENDPOINT_URL) but never over
    the reserved ones. Source: environment dumps recorded from python3.12 to 3.14.
    """
    defaults = {
        "LANG": "en_US.UTF-8",
        "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
        "LD_LIBRARY_PATH": f"{runtime_dir}:{task_root}:{task_root}/lib:/opt/lib",
        "PWD": task_root,
        "SHLVL": "0",
        "TZ": ":UTC",
        "HOME": "/tmp",  # noqa: S108 - the environment's private tmpfs
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129:2000",
        "AWS_ENDPOINT_URL": endpoint,
    }
    if spec.runtime.startswith("python"):
        defaults["PYTHONPATH"] = runtime_dir
    elif spec.runtime.startswith("nodejs"):
        major = spec.runtime.removeprefix("nodejs").partition(".")[0]
        modules = [f"{LAYERS}/nodejs/node{major}/node_modules", f"{LAYERS}/nodejs/node_modules"]
        modules += [f"{runtime_dir}/node_modules", runtime_dir, task_root]
        defaults["NODE_PATH"] = ":".join(modules)
    if spec.log_format == "JSON":
        defaults["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
        defaults["AWS_LAMBDA_LOG_LEVEL"] = spec.application_level or "INFO"
    reserved = {
        "_HANDLER": spec.handler,
        "AWS_ACCESS_KEY_ID": spec.access_key_id,
        "AWS_SECRET_ACCESS_KEY": spec.secret_access_key,
        "AWS_DEFAULT_REGION": spec.region,
        "AWS_REGION": spec.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{spec.runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": spec.name,
        "AWS_LAMBDA_FUNCTION_VERSION": spec.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": initialization(spec),
        "AWS_LAMBDA_LOG_GROUP_NAME": spec.log_group or f"/aws/lambda/{spec.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "LAMBDA_RUNTIME_DIR": runtime_dir,
        "LAMBDA_TASK_ROOT": task_root,
    }
    if spec.session_token:
        reserved["AWS_SESSION_TOKEN"] = spec.session_token
    return defaults | dict(spec.variables) | reserved
