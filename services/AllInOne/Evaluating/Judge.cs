using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.AllInOne.Evaluating;

/// <summary>What is evaluated: the engine, or one that a test has broken on purpose.</summary>
/// <param name="evidence">All records bound to a tuple.</param>
/// <param name="policy">The rules.</param>
/// <param name="asOf">The instant.</param>
internal delegate Reconciliation Judge(TupleEvidence evidence, Policy policy, DateTimeOffset asOf);
