using System.Text.RegularExpressions;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Connecting;

namespace ReleaseIntegrity.Steward.Naming;

/// <summary>
/// Finds tuples and packages by what a person types: full names, whole ids, prefixes of at least four digits that fit
/// only one, or <c>registry/&lt;repo:token&gt;:tag</c>. Prefixes are looked for among the <see cref="Looked"/> first.
/// </summary>
internal sealed partial class Names(Connection connection)
{
    /// <summary>How many tuples or packages are looked through for a prefix.</summary>
    public const int Looked = 10_000;

    private const int Shown = 8;

    /// <summary>The id of a tuple.</summary>
    /// <exception cref="UsageException">It fits none, or several.</exception>
    public async Task<string> TupleAsync(string text)
    {
        if (TupleResource().Match(text) is { Success: true } named)
        {
            return named.Groups["tuple"].Value;
        }

        if (TupleId().IsMatch(text))
        {
            return text;
        }

        return Coordinates().Match(text) is { Success: true } written ? await WrittenAsync(written)
            : Prefix().IsMatch(text) ? One(text, "tuple", await TuplesAsync(text))
            : throw Unreadable(text);
    }

    /// <summary>The resource name of a package: <c>tuples/{id}/packages/{id}</c>, with <c>@revision</c> where one was named; of a tuple the one that stands.</summary>
    /// <exception cref="UsageException">It fits none, or several.</exception>
    public async Task<string> PackageAsync(string text)
    {
        if (PackageResource().IsMatch(text))
        {
            return text;
        }

        int at = text.LastIndexOf('@');
        if (at > 0 && long.TryParse(text[(at + 1)..], out long revision))
        {
            return await RevisionAsync(text[..at], revision);
        }

        if (!Prefix().IsMatch(text) || TupleId().IsMatch(text))
        {
            return $"tuples/{await TupleAsync(text)}/packages/latest";
        }

        List<Found> found = [.. (await TuplesAsync(text)).Select(f => f with { Name = $"tuples/{f.Name}/packages/latest" })];
        await foreach (CorrectionPackage package in Pages.Packages(connection, new ListCorrectionPackagesRequest { Parent = "tuples/-" }, Looked))
        {
            if (package.PackageId.StartsWith(text, StringComparison.Ordinal) && found.TrueForAll(f => f.Name != package.Name))
            {
                found.Add(new Found(package.Name, $"package {package.PackageId[..12]} of {Of(package.Tuple)}"));
            }
        }

        return One(text, "tuple or package", found);
    }

    /// <summary>Coordinates as a person reads them.</summary>
    public static string Of(Handoff.V1.Tuple? tuple) => tuple is null ? "" : $"{tuple.Registry}/{tuple.Repository}:{tuple.Tag}";

    private async Task<string> RevisionAsync(string tuple, long revision)
    {
        string id = await TupleAsync(tuple);
        await foreach (CorrectionPackage package in Pages.Packages(connection, new ListCorrectionPackagesRequest { Parent = $"tuples/{id}" }, Looked))
        {
            if (package.Revision == revision)
            {
                return $"{package.Name}@{revision}";
            }
        }

        throw new UsageException($"the tuple has no package {revision}; see: steward packages list --tuple {id}", ExitCodes.NotFound);
    }

    private async Task<string> WrittenAsync(Match written)
    {
        string text = written.Value;
        var filter = new ListLedgersRequest { RepositoryToken = written.Groups["token"].Value };
        List<Found> found = [];
        await foreach (Ledger ledger in Pages.Ledgers(connection, filter, Looked))
        {
            if (Of(ledger.Tuple) == text)
            {
                found.Add(new Found(ledger.Tuple.Id, text));
            }
        }

        return One(text, "tuple", found);
    }

    private async Task<List<Found>> TuplesAsync(string prefix)
    {
        List<Found> found = [];
        await foreach (Ledger ledger in Pages.Ledgers(connection, new ListLedgersRequest(), Looked))
        {
            if (ledger.Tuple.Id.StartsWith(prefix, StringComparison.Ordinal))
            {
                found.Add(new Found(ledger.Tuple.Id, $"tuple {ledger.Tuple.Id[..12]}, {Of(ledger.Tuple)}"));
            }
        }

        return found;
    }

    private static string One(string text, string what, List<Found> found) => found switch
    {
        [var only] => only.Name,
        [] => throw new UsageException($"no {what} in your scope fits '{text}'; see: steward packages list", ExitCodes.NotFound),
        _ => throw new UsageException(string.Join('\n',
            [$"'{text}' fits several; write more digits:", .. found.Take(Shown).Select(f => $"  {f.Shown}"), .. found.Count > Shown ? ["  ..."] : Array.Empty<string>()])),
    };

    private static UsageException Unreadable(string text) => new(
        $"'{text}' names nothing; write an id or its first digits (four at least), registry/<repo:token>:tag, or tuples/ID/packages/ID");

    [GeneratedRegex("^tuples/(?<tuple>[0-9a-f]{32})(/ledger)?\\z")]
    private static partial Regex TupleResource();

    [GeneratedRegex("^tuples/[0-9a-f]{32}/packages/(latest|[0-9a-f]{64}(@[0-9]{1,18})?)\\z")]
    private static partial Regex PackageResource();

    [GeneratedRegex("^[0-9a-f]{32}\\z")]
    private static partial Regex TupleId();

    [GeneratedRegex("^[0-9a-f]{4,64}\\z")]
    private static partial Regex Prefix();

    [GeneratedRegex("^[^/\\s]+/<repo:(?<token>[0-9a-f]{12})>:[^\\s/:]+\\z")]
    private static partial Regex Coordinates();

    private sealed record Found(string Name, string Shown);
}
