"""Champion or challenger: which a package becomes, what is configured and how it scales. Pure."""

from stacks.model_hosting.endpoint_request import (
    CHALLENGER,
    CHAMPION,
    endpoint_config,
    scalable_target,
    scaled_variant,
    scaling_policy,
)
from stacks.model_hosting.hosting_kinds import refused
from stacks.model_hosting.settings import ModelHosting
from stacks.model_hosting.stages.failures import CATCH_ALL
from stacks.shared.asl import (
    INPUT,
    NOTHING,
    State,
    States,
    call,
    catch,
    choose,
    error,
    jsonata,
)

PROPERTY = "challenger_percent"  # of a package's own properties
FOUND = "$states.result"
# SageMaker's API has no error of its own for a name that is taken.
TAKEN = error("sagemaker", "SageMakerException")
_SCALING = "applicationautoscaling"
_ONE_AT_A_TIME = (
    "a rolling update, or a serverless endpoint, takes one variant alone: set update to canary, "
    "linear or all-at-once, and kind to real-time"
)


def asked_percent(settings: ModelHosting) -> str:
    """Say which share a package asks for: who starts the machine, the package, the setting."""
    return (
        f"$exists({INPUT}.detail.ChallengerPercent) ? $string({INPUT}.detail.ChallengerPercent) : "
        f"$exists({FOUND}.CustomerMetadataProperties.{PROPERTY}) ? "
        f"{FOUND}.CustomerMetadataProperties.{PROPERTY} : '{settings.challenger_percent}'"
    )


def choose_role(settings: ModelHosting, *, next_: str) -> States:
    """Let it take over, or stand beside the one that serves; the first one takes over anyhow.

    A configuration is named after the versions of its models, which is how callers know them.
    """
    rolls = settings.update == "rolling" or refused(settings.kind, ["variants"]) is not None
    versions = "$substringBefore($substringAfter($champion, '${Endpoint}-v'), '-') & '-v' & "
    versions += "$substringAfter($name, '${Endpoint}-v')"
    return {
        "ReadPercent": choose(
            ("$not($contains($asked, /^(0|[1-9][0-9]?)$/))", "TellNoPercent"),
            ("$asked = '0' or $champion = ''", "BeChampion"),
            otherwise="TellRolling" if rolls else "BeChallenger",
        ),
        "BeChampion": _role("false", "$name", next_),
        "TellNoPercent": _refuse(
            f"'{PROPERTY} is ' & $asked & '; allowed: a whole number from 0 to 99; set that of the "
            "package and approve it once more'"
        ),
        **(
            {"TellRolling": _refuse(f"'{_ONE_AT_A_TIME}'")}
            if rolls
            else {"BeChallenger": _role("true", f"'${{Endpoint}}-v' & {versions}", next_)}
        ),
    }


def _role(is_challenger: str, config: str, next_: str) -> State:
    return {
        "Type": "Pass",
        "Assign": {
            "is_challenger": jsonata(is_challenger),
            "config": jsonata(config),
            "percent": jsonata("$number($asked)"),
        },
        "Output": NOTHING,
        "Next": next_,
    }


def _refuse(cause: str) -> State:
    return {
        "Type": "Pass",
        "Assign": {
            "failure": {
                "state": "ReadPercent",
                "error": "ChallengerRefused",
                "cause": jsonata(cause),
            }
        },
        "Output": NOTHING,
        "Next": "RecordFailure",
    }


def configure(settings: ModelHosting, *, next_: str) -> States:
    """Make the configuration ``$config``; a name that is taken is by this execution itself."""
    alone = {CHAMPION: (jsonata("$name"), 1)}
    beside = {
        CHAMPION: (jsonata("$champion"), jsonata("100 - $percent")),
        CHALLENGER: (jsonata("$name"), jsonata("$percent")),
    }
    return {
        "HasChallenger": choose(("$is_challenger", "CreatePair"), otherwise="CreateConfig"),
        **{
            state: call(
                "sagemaker",
                "createEndpointConfig",
                endpoint_config(settings, name=jsonata("$config"), models=models),
                catches=[catch(TAKEN, next_="DescribeConfig"), CATCH_ALL],
                next_=next_,
            )
            for state, models in (("CreateConfig", alone), ("CreatePair", beside))
        },
        "DescribeConfig": call(
            "sagemaker",
            "describeEndpointConfig",
            {"EndpointConfigName": jsonata("$config")},
            catches=[CATCH_ALL],
            next_=next_,
        ),
    }


def leave_scaling(name: str, *, next_: str) -> States:
    """Let no challenger scale any more: AWS takes no variant away that does."""
    return {
        name: call(
            _SCALING,
            "deregisterScalableTarget",
            scaled_variant(CHALLENGER),
            catches=[catch(error(_SCALING, "ObjectNotFoundException"), next_=next_), CATCH_ALL],
            next_=next_,
        )
    }


def scale(settings: ModelHosting, *, next_: str) -> States:
    """Say between how many instances each variant scales, and by what; the same each time."""
    return {
        **_scale("Scaling", settings, CHAMPION, "IsScaledBeside"),
        "IsScaledBeside": choose(("$is_challenger", "RegisterChallenger"), otherwise=next_),
        **_scale("Challenger", settings, CHALLENGER, next_),
    }


def scale_again(settings: ModelHosting, *, next_: str) -> States:
    """Have a challenger scale that was to go, and stays as the update was taken back."""
    return {
        "DoesItStay": choose(
            ("$had_challenger and $not($is_challenger) and $status = 'InService'", "RegisterAgain"),
            otherwise=next_,
        ),
        **_scale("Again", settings, CHALLENGER, next_),
    }


def _scale(name: str, settings: ModelHosting, variant: str, next_: str) -> States:
    policy = f"Put{name}Policy"
    return {
        f"Register{name}": call(
            _SCALING,
            "registerScalableTarget",
            scalable_target(settings, variant),
            catches=[CATCH_ALL],
            next_=policy,
        ),
        policy: call(
            _SCALING,
            "putScalingPolicy",
            scaling_policy(settings, variant),
            catches=[CATCH_ALL],
            next_=next_,
        ),
    }
