"""Step Functions: our interpreter, and around it the machine's role."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=(
        "template_properties",
        "expressions",
        "interpreter",
        "definitions",
        "executions",
        "starting",
        "requests",
        "callbacks",
        "integrations",
        "glue_jobs",
        "sagemaker_jobs",
        "map_runs",
        "machine_roles",
        "state_machines",
    ),
)
