using System.Collections.Frozen;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies.Yaml;

namespace ReleaseIntegrity.Policies;

/// <summary>Reads how each field is decided, one entry for every <see cref="Field"/>.</summary>
internal sealed class FieldReader(NodeReader reader)
{
    private const string Never = "never";

    /// <summary>The entries in the order of <see cref="Field"/>; complete only when there was no problem.</summary>
    internal IReadOnlyList<FieldPolicy> ReadAll(Node? node)
    {
        var fields = new List<FieldPolicy>();
        if (reader.Named<Field>(node, "fields", "field") is not { } named)
        {
            return fields;
        }

        foreach (Field field in Enum.GetValues<Field>())
        {
            string name = WireNames.Of(field);
            if (!named.TryGetValue(field, out (Position At, Node Value) entry))
            {
                reader.Problems.Add(
                    node!.At,
                    $"field '{name}' has no entry in fields",
                    $"add `{name}:` with its authority (by default {WireNames.Of(FieldOwners.Of(field))}); {PolicyFile.DefaultName} has an entry to copy");
            }
            else if (Read(field, $"fields.{name}", entry.Value) is { } policy)
            {
                fields.Add(policy);
            }
        }

        return fields;
    }

    private static Key[] KeysOf(Field field) =>
    [
        new("authority", WireNames.Of(FieldOwners.Of(field))),
        new("confirmers", "[]"),
        new("freshness", Never),
        new("allowance", "15m"),
        new("mask", "none"),
        new("writeTargets", "[]"),
        new("disagreements", "[]"),
    ];

    private FieldPolicy? Read(Field field, string path, Node node)
    {
        if (reader.Section(node, path, KeysOf(field)) is not { } section)
        {
            return null;
        }

        Node? At(string key) => section.GetValueOrDefault(key);

        Source? authority = ReadAuthority(field, At("authority"), $"{path}.authority");
        HashSet<Source> confirmers = ReadConfirmers(authority, At("confirmers"), $"{path}.confirmers");
        TimeSpan? freshness = At("freshness") is ScalarNode { Text: Never }
            ? null
            : reader.Span(At("freshness"), $"{path}.freshness", allowZero: false, $"write {Never}, or: {Duration.Fix}");
        TimeSpan? allowance = reader.Span(At("allowance"), $"{path}.allowance", allowZero: true);
        MaskClass? mask = reader.Name<MaskClass>(At("mask"), $"{path}.mask", "mask class");
        HashSet<Source> targets = ReadWriteTargets(field, authority, confirmers, At("writeTargets"), $"{path}.writeTargets");
        var sources = new FieldSources(authority, confirmers, targets);
        IReadOnlyList<DisagreementRule> rules = new RuleReader(reader, path, sources).ReadAll(At("disagreements"));
        if (authority is null || allowance is null || mask is null)
        {
            return null;
        }

        return new FieldPolicy
        {
            Field = field,
            Authority = authority.Value,
            Confirmers = confirmers.ToFrozenSet(),
            Freshness = freshness,
            Allowance = allowance.Value,
            Mask = mask.Value,
            WriteTargets = targets.ToFrozenSet(),
            Disagreements = rules,
        };
    }

    private Source? ReadAuthority(Field field, Node? node, string path)
    {
        Source? authority = reader.Name<Source>(node, path, "source");
        if (authority is Source.RuntimeValidation && !FieldCatalogue.IsRuntimeOwn(field))
        {
            // I3: whatever runs is evidence of what was deployed, never of what was signed or approved.
            reader.Problems.Add(
                node!.At,
                $"runtime-validation can't be the authority of '{WireNames.Of(field)}': it observes, and never overrides a signed source",
                $"write `authority: {WireNames.Of(FieldOwners.Of(field))}`; runtime-validation may confirm");
        }

        return authority;
    }

    private HashSet<Source> ReadConfirmers(Source? authority, Node? node, string path)
    {
        var confirmers = new HashSet<Source>();
        foreach ((Position at, Source source) in reader.Names<Source>(node, path, "source") ?? [])
        {
            if (source == authority)
            {
                reader.Problems.Add(
                    at,
                    $"'{WireNames.Of(source)}' is the authority, and can't be among {path}",
                    "remove it here: other instances of the authority are heard anyway");
            }

            confirmers.Add(source);
        }

        return confirmers;
    }

    private HashSet<Source> ReadWriteTargets(Field field, Source? authority, HashSet<Source> confirmers, Node? node, string path)
    {
        var targets = new HashSet<Source>();
        foreach ((Position at, Source source) in reader.Names<Source>(node, path, "source") ?? [])
        {
            targets.Add(source);
            if (WhyNotWritten(source) is { } why)
            {
                reader.Problems.Add(at, $"'{WireNames.Of(source)}' in {path} can't be written: {why}", "remove it; only change-snapshot can be corrected");
            }
            else if (FieldOwners.IsApproval(field))
            {
                reader.Problems.Add(at, $"'{WireNames.Of(field)}' says what was approved: it is approved anew, never corrected", "write `writeTargets: []`");
            }
            else if (source == authority)
            {
                reader.Problems.Add(at, $"'{WireNames.Of(source)}' in {path} is the authority, which nothing corrects", "write `writeTargets: []`");
            }
            else if (authority is not null && !confirmers.Contains(source))
            {
                reader.Problems.Add(at, $"'{WireNames.Of(source)}' in {path} is no confirmer of the field", $"add '{WireNames.Of(source)}' to confirmers, or remove it here");
            }
        }

        return targets;
    }

    private static string? WhyNotWritten(Source source) => source switch
    {
        Source.ArtifactRegistry => "moving a tag is a release action",
        Source.SignatureLedger => "a ledger is append-only",
        Source.RuntimeValidation => "what runs changes by a rollout",
        _ => null,
    };
}

/// <summary>The sources that a field's rules may be about.</summary>
/// <param name="Authority">Null when the document's couldn't be read: then nothing is held against it.</param>
/// <param name="Confirmers">Who confirms.</param>
/// <param name="Targets">Who can be corrected.</param>
internal sealed record FieldSources(Source? Authority, IReadOnlySet<Source> Confirmers, IReadOnlySet<Source> Targets);
