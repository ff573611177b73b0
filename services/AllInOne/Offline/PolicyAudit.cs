using ReleaseIntegrity.Auditing;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.AllInOne.Offline;

/// <summary>What the audit has to know of a policy.</summary>
internal static class PolicyAudit
{
    /// <summary>The facts about who is heard.</summary>
    public static AuditRules Rules(Policy policy) => new()
    {
        Heard = Enum.GetValues<Field>().ToDictionary(f => f, f => (IReadOnlySet<Source>)policy.For(f).Confirmers.Append(policy.For(f).Authority).ToHashSet()),
        Aliases = [.. policy.Aliases.Select(a => (a.From, a.To))],
        SkewAllowance = policy.SkewAllowance,
        PredicateTypes = [.. policy.Entries.PredicateTypes.Select(p => p.Text)],
        Signers = [.. policy.Entries.Signers.Select(p => p.Text)],
    };
}
