/**
 * What an embedder checks its own work with, in any test runner: one suite of cases for each port, and a simulated
 * network in which a host is held against every property while adversaries and faults are at work.
 */
export type { PortCase } from './ports/port-case.ts';
export { blockStoreCases } from './ports/block-store-suite.ts';
export type { BlockStoreFixture, BlockStoreSubject } from './ports/block-store-suite.ts';
export { clockCases } from './ports/clock-suite.ts';
export type { ClockSubject } from './ports/clock-suite.ts';
export { executorCases } from './ports/executor-suite.ts';
export type { ExecutorFixture, ExecutorSubject } from './ports/executor-fixture.ts';
export { transportCases } from './ports/transport-suite.ts';
export type { TransportNetwork, TransportSubject } from './ports/transport-suite.ts';

export { blockVerifierCases } from './ports/block-verifier-suite.ts';
export type { BlockVerifierFixture, BlockVerifierSubject, CheckedBlock } from './ports/block-verifier-suite.ts';

/** The kit in one call: your host, your wrapper of `step` or your adapters, under all of it. */
export { HostCheckError, checkHost } from './check/check-host.ts';
export type { CheckHostOptions, CheckProgress } from './check/check-host.ts';
export type { HostReport, PaceResult, PortCaseResult, WholeNodesResult } from './check/host-report.ts';
export type { HostSubject } from './check/subject.ts';
/** What a host owes the core and its ports, docs/host-contract.md. */
export { CONTRACT_RULES } from './contract/rules.ts';
export type { ContractRule } from './contract/rules.ts';
export type { CreateHostToCheck, HostToCheck } from './contract/watched-host.ts';
/** A broken run: made smaller, told in words, and as a line that shows it again. */
export { explainFailure } from './report/failure.ts';
export type { Failure, FailureSetting } from './report/failure.ts';
export { effectInWords, eventInWords } from './report/words.ts';
export { Story } from './report/story.ts';
export { parsePlanLine, planLine } from './shrink/plan-line.ts';
export { shrink } from './shrink/shrink.ts';
export type { ShrinkOptions, Shrunk } from './shrink/shrink.ts';

/** Arbitraries of fast-check, for properties of your own. */
export { arbitraryBlock, arbitraryChain } from './arbitraries/chain.ts';
export type { ArbitraryChain } from './arbitraries/chain.ts';
export { arbitraryConfig } from './arbitraries/config.ts';
export { arbitraryPeer } from './arbitraries/peer.ts';
export { arbitraryPlan } from './arbitraries/plan.ts';
export type { PlanConstraints } from './arbitraries/plan.ts';
export { WALK_HONEST, WALK_LIARS, arbitraryWalk, takeWalk } from './arbitraries/walk.ts';
export type { WalkOptions, WalkPlan, WalkStep } from './arbitraries/walk.ts';

/** One run of the simulated network, all of it drawn from one seed; and many of them. */
export { simulate, simulatePlan } from './campaign/simulate.ts';
export type { Outside, RunResult, SimulateOptions } from './campaign/simulate.ts';
export { catchCanary, isGood, runCampaign } from './campaign/campaign.ts';
export type { CampaignOptions, CampaignReport, CaughtCanary } from './campaign/campaign.ts';
export { describeCampaign } from './campaign/report.ts';
export { replayLine } from './campaign/replay-line.ts';
/** How long a sync takes over unequal links, against what no engine can beat. */
export { checkPace, PACE_PROPERTIES, takePace, tooSlowOnAverage } from './pace/check.ts';
export type { Pace, PaceViolation } from './pace/check.ts';
/** A node made of real parts, through several lives over what it stores; bring your own, all together. */
export { checkWholeNode } from './whole-nodes/check.ts';
export type { WholeNodeCheck, WholeNodeCheckOptions, WholeNodeViolation } from './whole-nodes/check.ts';
export type { MakeParts, Parts } from './whole-nodes/parts.ts';
export { WHOLE_NODE_PROPERTIES } from './whole-nodes/properties.ts';
/** Hosts with a known bug, which the properties must catch. */
export { CANARIES } from './campaign/canaries/index.ts';
export type { Canary } from './campaign/canaries/index.ts';
/** The host under test: to hold your own against the properties, pass what creates it from ports. */
export { createStateSyncNode } from './simulation/host-under-test.ts';
export type { CreateHost, HostUnderTest } from './simulation/host-under-test.ts';
export { describePlan } from './simulation/plan.ts';
export type { PeerPlan, Plan, PlanOverrides } from './simulation/plan.ts';
/** What peers and the world do wrong, by name. */
export { ADVERSARIES, ENVIRONMENT_ADVERSARIES, PEER_ADVERSARIES, fullName } from './adversaries/index.ts';
export type { Adversary, EnvironmentAdversary, PeerAdversary } from './adversaries/index.ts';
export type { Asked, Behaviour, CreateBehaviour, Reply, Scene, Target } from './simulation/behaviour.ts';
export type { Environment } from './simulation/environment.ts';
/** What must hold after every event, and what must have happened for that to mean something. */
export { PROPERTIES, WITNESSES } from './invariants/index.ts';
export type { Always, Outcome, Seen, Sometimes, Subject, Watch } from './invariants/index.ts';
export type { Violation } from './invariants/monitor.ts';
export { livenessBoundMs } from './invariants/liveness-bound.ts';
export type { LivenessSetting } from './invariants/liveness-bound.ts';
/** Every reachable state of a closed system, breadth first: of the small worlds around the core, or of your own. */
export { explore } from './exploration/search.ts';
export type { Exploration, ExploreOptions, Move, Progress, System } from './exploration/search.ts';
export { FingerprintWriter } from './exploration/fingerprint.ts';
export type { Fingerprint, KeyWriter } from './exploration/fingerprint.ts';
export { StateGraph, findFairTrap } from './exploration/cycles.ts';
export type { FairTrap, TrapSearch } from './exploration/cycles.ts';
export { exploreWorld } from './exploration/explore-world.ts';
export type { Counterexample, WorldOptions, WorldOutcome } from './exploration/explore-world.ts';
export { WORLDS } from './exploration/worlds.ts';
export type { Answer, BlockFlaw, Budgets, LiarAlphabet, WorldPlan } from './exploration/plan.ts';
