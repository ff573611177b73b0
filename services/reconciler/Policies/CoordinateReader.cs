using System.Collections.Frozen;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies.Yaml;

namespace ReleaseIntegrity.Policies;

/// <summary>Reads what the policy says about registries: scope patterns, authoritative instances and aliases.</summary>
internal sealed class CoordinateReader(NodeReader reader)
{
    private const string RepositoriesPath = "scope.repositories";

    // Every reference is compared with every alias.
    private const int MaxAliases = 1000;

    private static readonly Key[] AliasKeys = [new("from", "mirror.example.com"), new("to", "registry.example.com")];

    /// <summary>The scope's patterns; one that can never match is a typo, and refused.</summary>
    internal IReadOnlyList<CoordinatePattern> ReadScope(Node? node)
    {
        IReadOnlyDictionary<string, Node>? section = reader.Section(node, "scope", [new("repositories", "[]")]);
        var patterns = new List<CoordinatePattern>();
        foreach ((Position at, string text) in reader.Texts(section?.GetValueOrDefault("repositories"), RepositoriesPath) ?? [])
        {
            if (WhyNeverMatches(text) is { } why)
            {
                reader.Problems.Add(at, $"{ProblemList.Quote(text)} in {RepositoriesPath} can match nothing: {why.Because}", why.Fix);
            }

            patterns.Add(new CoordinatePattern(text));
        }

        return patterns;
    }

    /// <summary>Authoritative instances per source; none named means the default of <see cref="Policy.AuthoritativeInstances"/>.</summary>
    internal IReadOnlyDictionary<Source, IReadOnlySet<string>> ReadInstances(Node? node)
    {
        var instances = new Dictionary<Source, IReadOnlySet<string>>();
        foreach ((Source source, (Position at, Node value)) in reader.Named<Source>(node, "authoritativeInstances", "source")
            ?? new Dictionary<Source, (Position, Node)>())
        {
            string name = WireNames.Of(source);
            string path = $"authoritativeInstances.{name}";
            IReadOnlyList<(Position At, string Text)>? texts = reader.Texts(value, path);
            if (value is ListNode { Items.Count: 0 })
            {
                reader.Problems.Add(at, $"{path} names no instance", $"name one, or leave '{name}' out");
            }

            foreach ((Position instanceAt, string text) in texts ?? [])
            {
                if (source == Source.ArtifactRegistry && text.Any(char.IsAsciiLetterUpper))
                {
                    reader.Problems.Add(instanceAt, $"registry host {ProblemList.Quote(text)} isn't lower case", $"write '{text.ToLowerInvariant()}'");
                }
            }

            instances[source] = (texts ?? []).Select(t => t.Text).ToFrozenSet(StringComparer.Ordinal);
        }

        return instances.ToFrozenDictionary();
    }

    /// <summary>Aliases, longest prefix first. Applying them once must be enough, so cycles and chains are refused.</summary>
    internal IReadOnlyList<CoordinateAlias> ReadAliases(Node? node)
    {
        var aliases = new List<(Position At, CoordinateAlias Alias)>();
        IReadOnlyList<Node> items = reader.List(node, "aliases") ?? [];
        if (items.Count > MaxAliases)
        {
            reader.Problems.Add(node!.At, $"more than {MaxAliases} aliases", "alias a host or a common prefix in place of each repository");
        }

        foreach (Node item in items.Take(MaxAliases))
        {
            IReadOnlyDictionary<string, Node>? section = reader.Section(item, "aliases", AliasKeys);
            string? from = ReadPrefix(section?.GetValueOrDefault("from"), "aliases.from");
            string? to = ReadPrefix(section?.GetValueOrDefault("to"), "aliases.to");
            if (from is null || to is null)
            {
                continue;
            }

            if (aliases.Any(a => a.Alias.From == from))
            {
                reader.Problems.Add(item.At, $"'{from}' has two aliases", "keep one of them");
                continue;
            }

            aliases.Add((item.At, new CoordinateAlias(from, to)));
        }

        RefuseChains(aliases);
        return
        [
            .. aliases.Select(a => a.Alias).OrderByDescending(a => a.From.Length).ThenBy(a => a.From, StringComparer.Ordinal),
        ];
    }

    /// <summary>A host, or a host and path, in the spelling that references have after parsing.</summary>
    private string? ReadPrefix(Node? node, string path)
    {
        if (reader.Text(node, path) is not { } text)
        {
            return null;
        }

        // Two segments more, for the host alone must come out as it went in: Docker Hub puts library/ before one.
        bool readable = ImageReference.TryParse($"{text}/a/b", out ImageReference? parsed, out _, hostRequired: true);
        if (readable && parsed!.Coordinates == $"{text}/a/b")
        {
            return text;
        }

        string fix = readable
            ? $"write '{parsed!.Coordinates[..^"/a/b".Length]}'"
            : "write a registry host, or a host and path prefix, lower case, without tag or slash at the end, e.g. mirror.example.com/hub";
        reader.Problems.Add(node!.At, $"{ProblemList.Quote(text)} in {path} is not how coordinates are spelled", fix);
        return null;
    }

    /// <summary>Aliases apply once. One whose target another alias would change again gives coordinates that bind nowhere.</summary>
    private void RefuseChains(List<(Position At, CoordinateAlias Alias)> read)
    {
        CoordinateAlias[] aliases = [.. read.Select(a => a.Alias)];
        foreach ((Position at, CoordinateAlias alias) in read)
        {
            if (aliases.Select(next => Chain(alias, next, aliases)).FirstOrDefault(c => c is not null) is not { } chain)
            {
                continue;
            }

            string fix = Settle(chain.To, aliases) is { } settled
                ? $"aliases apply once: {(chain.From == alias.From ? "write" : "add")} {{ from: {chain.From}, to: {settled} }}"
                : "the aliases lead in a circle: keep the one direction that you mean";
            reader.Problems.Add(at, $"alias '{alias.From}' leads to '{alias.To}', which alias '{chain.By}' changes again", fix);
        }
    }

    /// <summary>What coordinates under <paramref name="alias"/> become when <paramref name="next"/> changes them again; null when it can't.</summary>
    private static (string From, string To, string By)? Chain(CoordinateAlias alias, CoordinateAlias next, CoordinateAlias[] aliases)
    {
        if (IsPrefix(next.From, alias.To))
        {
            return (alias.From, next.To + alias.To[next.From.Length..], next.From);
        }

        if (!IsPrefix(alias.To, next.From))
        {
            return null;
        }

        // Only what lies deeper is changed again, unless a longer alias catches it first.
        string deeper = alias.From + next.From[alias.To.Length..];
        return aliases.Any(a => a.From == deeper) ? null : (deeper, next.To, next.From);
    }

    /// <summary>Where following the aliases ends, or null when it doesn't within a bound that no honest chain reaches.</summary>
    private static string? Settle(string coordinates, CoordinateAlias[] aliases)
    {
        for (int step = 0; step < 32; step++)
        {
            if (aliases.FirstOrDefault(a => IsPrefix(a.From, coordinates)) is not { } alias)
            {
                return coordinates;
            }

            coordinates = alias.To + coordinates[alias.From.Length..];
        }

        return null;
    }

    private static bool IsPrefix(string prefix, string coordinates) =>
        coordinates.StartsWith(prefix, StringComparison.Ordinal)
        && (coordinates.Length == prefix.Length || coordinates[prefix.Length] == '/');

    private static (string Because, string Fix)? WhyNeverMatches(string pattern)
    {
        int slash = pattern.IndexOf('/', StringComparison.Ordinal);
        string host = slash < 0 ? pattern : pattern[..slash];
        if (pattern.Any(char.IsAsciiLetterUpper))
        {
            return ("coordinates are lower case", $"write '{pattern.ToLowerInvariant()}'");
        }

        bool hasTag = slash >= 0 && pattern.IndexOf(':', slash) >= 0;
        if (hasTag || pattern.Contains('@', StringComparison.Ordinal) || pattern.Any(char.IsWhiteSpace))
        {
            return ("coordinates have neither tag nor digest", "write registry host and repository only, e.g. registry.example.com/payments/**");
        }

        if (host.AsSpan().IndexOfAny('*', '.', ':') < 0 && host != "localhost")
        {
            return ("it doesn't start with a registry host", $"write '**/{pattern}', or put the host first");
        }

        return slash < 0 && !pattern.Contains("**", StringComparison.Ordinal)
            ? ("it names a host and no repository", $"write '{pattern}/**'")
            : null;
    }
}
