"""The services in memory, held against the real ones: same calls, same answers, same refusals.

A scenario (`tests/contract/scenarios`) is played twice, in memory and over
RabbitMQ on PostgreSQL, from the same beginning; what comes of each of its calls
has to be the same.
"""

import ast
from collections import defaultdict

import pytest

from portal_chassis.broker import topology
from portal_chassis.clock import Clock
from portal_contracts.calls import GATEWAY
from portal_contracts.catalogue import METHODS
from tests.contract.agreed_differences import compared
from tests.contract.hidden_clients import BY_ID, CLINICAL, LISTS, MAIN, OTHERS
from tests.contract.hidden_from_whom import HiddenClients
from tests.contract.scenarios import SCENARIOS
from tests.kit import ROOT
from tests.kit.contract.fake_world import FakeWorld
from tests.kit.contract.real_world import running_services
from tests.kit.contract.transcripts import differences
from tests.kit.databases import MigratedDatabase
from tests.kit.gateway.fake_services import FakeServices

pytestmark = pytest.mark.timeout(240)

REFUSALS = {"NotFound", "Conflict", "Invalid", "Forbidden"}
FAKES = sorted((ROOT / "tests/kit/gateway").glob("fake_*.py"))


@pytest.fixture(scope="module")
def services(postgres, rabbitmq, virtual_hosts, tmp_path_factory):
    uri = rabbitmq.uri_of(next(virtual_hosts))
    topology.declare(uri)
    made = []

    def migrated(package):
        made.append((package, urls := postgres.migrated(package)))
        return MigratedDatabase(urls)

    with running_services(migrated, uri, tmp_path_factory.mktemp("services")) as world:
        yield world
    for package, urls in made:
        postgres.give_back(package, urls)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_the_fakes_answer_as_the_services_do(services, scenario):
    began = Clock().now()
    in_memory = [compared(step) for step in scenario.play(FakeWorld(), began)]
    real = [compared(step) for step in scenario.play(services, began)]
    told = differences(scenario.name, in_memory, real)
    assert not told, f"\n{told}"


@pytest.fixture(scope="module")
def outcomes():
    """By address, the codes with which the fakes refuse in all scenarios; None for an answer."""
    found = defaultdict(set)
    for scenario in SCENARIOS:
        for step in scenario.play(FakeWorld(), Clock().now()):
            found[step.address].add(step.code)
    return found


def test_a_hidden_client_reads_like_none_in_every_call(services):
    """Own, shared, withdrawn, a colleague's, another practice's; by person, program and desk."""
    stage = HiddenClients(services)
    stage.is_hidden_from(stage.colleague)
    stage.is_hidden_from(stage.program_of(stage.colleague))
    stage.is_hidden_from(stage.desk_of(stage.colleague))
    stage.is_hidden_from(stage.stranger)
    stage.share()
    stage.is_shown_to(stage.colleague, but=MAIN)
    stage.withdraw()
    stage.is_hidden_from(stage.colleague)
    stage.is_shown_to(stage.desk_of(stage.main))
    stage.is_shown_to(stage.program_of(stage.main))
    stage.is_shown_to(stage.owner, but=CLINICAL)


def test_every_call_is_in_the_matrix_of_hidden_clients():
    asked = {address for address, method in METHODS.items() if GATEWAY in method.callers}
    others = {name for line in OTHERS for name in line.split()}
    assert {method.address for method in {**BY_ID, **LISTS}} | others == asked


def test_every_method_of_a_fake_is_answered_in_a_scenario(outcomes):
    fakes = FakeServices(Clock()).services
    answered = {
        address
        for address, method in METHODS.items()
        if hasattr(fakes[method.service], method.name)
    }
    assert answered == {address for address, codes in outcomes.items() if None in codes}


def test_every_refusal_of_a_fake_comes_in_a_scenario(outcomes):
    told = {code for codes in outcomes.values() for code in codes}
    raised = set().union(*(codes_raised_in(path.read_text()) for path in FAKES))
    assert raised <= told, f"in no scenario: {sorted(raised - told)}"


def codes_raised_in(source):
    """The codes of all refusals that a module makes."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in REFUSALS
        # What is looked up in a table is not there to be read.
        and isinstance(call.args[0], ast.Constant)
    }
