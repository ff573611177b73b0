using System.Collections.Frozen;
using System.Text.RegularExpressions;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies.Yaml;

namespace ReleaseIntegrity.Policies;

/// <summary>What a rule decides.</summary>
internal enum Verdict
{
    /// <summary>No value is chosen.</summary>
    Hold,

    /// <summary>The authority's value stands.</summary>
    Authority,
}

/// <summary>Reads the ordered disagreement rules of one field.</summary>
internal sealed partial class RuleReader(NodeReader reader, string fieldPath, FieldSources sources)
{
    /// <summary>The rule name under which a ledger shows a steward's pin; no policy may use it.</summary>
    internal const string StewardPin = "steward-pin";

    private const string NameFix = "write lower-case words joined by hyphens, at most 64 characters, e.g. registry-over-snapshot";

    private static readonly Key[] Keys =
    [
        new("rule", "a-name"),
        new("differs", "[change-snapshot]"),
        new("signed", null),
        new("then", "hold"),
        new("reason", null),
        new("write", null),
    ];

    private readonly string _path = $"{fieldPath}.disagreements";
    private readonly Dictionary<string, Position> _names = new(StringComparer.Ordinal);

    // Which rule is the first to take a differing source, for each answer to whether the digest is signed.
    private readonly Dictionary<(Source Differs, bool Signed), string> _takenBy = [];

    /// <summary>The rules that could be read.</summary>
    internal IReadOnlyList<DisagreementRule> ReadAll(Node? node) =>
        [.. (reader.List(node, _path) ?? []).Select(Read).OfType<DisagreementRule>()];

    private DisagreementRule? Read(Node node)
    {
        if (reader.Section(node, _path, Keys) is not { } section)
        {
            return null;
        }

        Node? At(string key) => section.GetValueOrDefault(key);

        string? name = ReadName(At("rule"));
        HashSet<Source> differs = ReadDiffers(At("differs"));
        bool? signed = reader.Truth(At("signed"), $"{_path}.signed");
        Verdict? verdict = reader.Name<Verdict>(At("then"), $"{_path}.then", "verdict");
        HoldReason? hold = ReadReason(verdict, node, At("reason"));
        bool write = ReadWrite(verdict, differs, At("write"));

        // Without its verdict or name a rule takes no sources here: one mistake should be told once.
        if (name is null || verdict is null)
        {
            return null;
        }

        RefuseShadowed(node, name, differs, signed);
        return new DisagreementRule { Name = name, Differs = differs.ToFrozenSet(), Signed = signed, Hold = hold, Write = write };
    }

    private string? ReadName(Node? node)
    {
        if (reader.Text(node, $"{_path}.rule") is not { } name)
        {
            return null;
        }

        if (name.Length > 64 || !NameGrammar().IsMatch(name))
        {
            reader.Problems.Add(node!.At, $"{ProblemList.Quote(name)} is no rule name", NameFix);
        }
        else if (name == StewardPin)
        {
            reader.Problems.Add(node!.At, $"'{StewardPin}' is the name of a steward's own decision", "name the rule otherwise");
        }
        else if (!_names.TryAdd(name, node!.At))
        {
            reader.Problems.Add(node.At, $"two rules of {fieldPath} are called '{name}', first on line {_names[name].Line}", "name one of them otherwise");
        }

        return name;
    }

    private HashSet<Source> ReadDiffers(Node? node)
    {
        string path = $"{_path}.differs";
        var differs = new HashSet<Source>();
        if (node is ListNode { Items.Count: 0 })
        {
            reader.Problems.Add(node.At, $"{path} names no source", "name those whose disagreement the rule is about");
        }

        foreach ((Position at, Source source) in reader.Names<Source>(node, path, "source") ?? [])
        {
            differs.Add(source);
            if (sources.Authority is not null && source != sources.Authority && !sources.Confirmers.Contains(source))
            {
                string name = WireNames.Of(source);
                reader.Problems.Add(at, $"'{name}' in {path} is neither a confirmer of the field nor its authority", $"add '{name}' to confirmers, or remove it here");
            }
        }

        return differs;
    }

    private HoldReason? ReadReason(Verdict? verdict, Node rule, Node? node)
    {
        HoldReason? reason = reader.Name<HoldReason>(node, $"{_path}.reason", "reason");
        if (verdict == Verdict.Hold && node is null)
        {
            reader.Problems.Add(rule.At, $"a rule of {_path} holds without a reason", "add `reason: digest-identity-conflict`, or another of the reasons");
        }
        else if (verdict == Verdict.Authority && node is not null)
        {
            reader.Problems.Add(node.At, $"{_path}.reason stands in a rule that holds nothing", "remove it, or write `then: hold`");
        }
        else if (reason == HoldReason.NoRule)
        {
            reader.Problems.Add(node!.At, $"{_path}.reason is 'no-rule', in a rule", "leave the rule out: a disagreement without one is held as no-rule");
        }

        return verdict == Verdict.Hold ? reason : null;
    }

    private bool ReadWrite(Verdict? verdict, HashSet<Source> differs, Node? node)
    {
        bool write = reader.Truth(node, $"{_path}.write") ?? false;
        if (write && verdict == Verdict.Hold)
        {
            reader.Problems.Add(node!.At, $"{_path}.write stands in a rule that holds: a held field has no proposed write", "remove it, or write `then: authority`");
        }
        else if (write && !differs.Overlaps(sources.Targets))
        {
            reader.Problems.Add(node!.At, $"{_path}.write corrects none of the rule's sources", "add the source to writeTargets, or remove `write: true`");
        }

        return write;
    }

    /// <summary>A differing source takes the first rule that matches it, so a rule that no source can reach is a mistake.</summary>
    private void RefuseShadowed(Node node, string name, HashSet<Source> differs, bool? signed)
    {
        var shadows = new SortedSet<string>(StringComparer.Ordinal);
        bool reachable = differs.Count == 0;
        foreach (Source source in differs)
        {
            foreach (bool answer in signed is { } only ? [only] : new[] { true, false })
            {
                if (_takenBy.TryAdd((source, answer), name))
                {
                    reachable = true;
                }
                else
                {
                    shadows.Add(_takenBy[(source, answer)]);
                }
            }
        }

        if (!reachable)
        {
            string earlier = string.Join("' and '", shadows);
            reader.Problems.Add(node.At, $"rule '{name}' of {fieldPath} can never apply: '{earlier}' before it takes every case", "move it up, narrow the earlier rule, or remove it");
        }
    }

    [GeneratedRegex(@"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NameGrammar();
}
