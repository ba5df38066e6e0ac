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
export type { ExecutorFixture, ExecutorSubject } from './ports/executor-suite.ts';
export { transportCases } from './ports/transport-suite.ts';
export type { TransportNetwork, TransportSubject } from './ports/transport-suite.ts';

/** One run of the simulated network, all of it drawn from one seed; and many of them. */
export { simulate } from './campaign/simulate.ts';
export type { RunResult, SimulateOptions } from './campaign/simulate.ts';
export { catchCanary, isGood, runCampaign } from './campaign/campaign.ts';
export type { CampaignOptions, CampaignReport, CaughtCanary } from './campaign/campaign.ts';
export { describeCampaign, describeFailure, replayLine } from './campaign/report.ts';
/** Hosts with a known bug, which the properties must catch. */
export { CANARIES } from './campaign/canaries/index.ts';
export type { Canary } from './campaign/canaries/index.ts';
/** The host under test: to hold your own against the properties, pass what creates it from ports. */
export { createStateSyncNode } from './simulation/node.ts';
export type { CreateHost, HostUnderTest } from './simulation/node.ts';
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
