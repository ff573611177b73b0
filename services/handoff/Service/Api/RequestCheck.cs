using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>Reads the fields of one request and collects what is wrong with them, so that all of it is said at once.</summary>
internal sealed partial class RequestCheck
{
    public const int DefaultPageSize = 50;
    public const int MaximumPageSize = 200;
    private const int MaximumTextLength = 256;
    private const int MaximumPackageNameLength = 128;
    private static readonly TimeSpan DefaultHeartbeat = TimeSpan.FromSeconds(15);

    private readonly List<(string Field, string Description)> _violations = [];

    /// <summary>Throws INVALID_ARGUMENT if anything was wrong.</summary>
    public void ThrowIfInvalid()
    {
        if (_violations.Count > 0)
        {
            throw ApiErrors.InvalidArgument(_violations);
        }
    }

    /// <summary>A page size within its limits (https://google.aip.dev/158).</summary>
    public int PageSize(int pageSize)
    {
        if (pageSize < 0)
        {
            Add("page_size", $"must not be negative; 0 means {DefaultPageSize}, the most is {MaximumPageSize}");
        }

        return pageSize <= 0 ? DefaultPageSize : Math.Min(pageSize, MaximumPageSize);
    }

    /// <summary>The key to continue after, or null for the first page.</summary>
    public string[]? PageToken(string token, string queryHash, int keyParts)
    {
        if (token.Length == 0)
        {
            return null;
        }

        string[]? key = Tokens.ReadPage(token, queryHash, keyParts);
        if (key is null || !Tokens.TryNumber(key[0], out _))
        {
            Add("page_token", "is not the next_page_token of this list with these filters; start again without one");
            return null;
        }

        return key;
    }

    /// <summary>The place to resume from; 0 without a token.</summary>
    public long ResumeToken(string token, string storeId, long latest)
    {
        long? sequence = token.Length == 0 ? 0 : Tokens.ReadResume(token, storeId, latest);
        if (sequence is null)
        {
            Add("resume_token", "is not a resume token of this service's store; start again without one");
        }

        return sequence ?? 0;
    }

    /// <summary>The tuple id of a parent, or null for all tuples.</summary>
    public string? Parent(string parent)
    {
        if (parent == "tuples/-")
        {
            return null;
        }

        Match match = ParentGrammar().Match(parent);
        if (!match.Success)
        {
            Add("parent", "must be tuples/{tuple_id}, with the 32 hex digits that ListLedgers returns, or tuples/- for all");
        }

        return match.Groups["tuple"].Value;
    }

    /// <summary>The tuple id of a ledger's name.</summary>
    public string LedgerName(string name)
    {
        Match match = LedgerNameGrammar().Match(name);
        if (!match.Success)
        {
            Add("name", "must be tuples/{tuple_id}/ledger, with the 32 hex digits that ListLedgers returns");
        }

        return match.Groups["tuple"].Value;
    }

    /// <summary>The parts of a package's name; no id means the latest.</summary>
    public (string TupleId, string? PackageId, long? Revision) PackageName(string name, string field = "name")
    {
        Match match = name.Length <= MaximumPackageNameLength ? PackageNameGrammar().Match(name) : Match.Empty;
        if (!match.Success)
        {
            Add(field, "must be tuples/{tuple_id}/packages/{package_id}; package_id is 64 hex digits, or that and @{revision}, or latest");
        }

        string id = match.Groups["id"].Value;
        long? revision = Tokens.TryNumber(match.Groups["revision"].Value, out long number) ? number : null;
        return (match.Groups["tuple"].Value, id.Length == 0 ? null : id, revision);
    }

    /// <summary>A repository's token, or null for any.</summary>
    public string? RepositoryToken(string token)
    {
        if (token.Length > 0 && !TokenGrammar().IsMatch(token))
        {
            Add("repository_token", "must be the 12 hex digits of a masked repository: of <repo:token>, the token");
        }

        return token.Length == 0 ? null : token;
    }

    /// <summary>A published name of an enumeration, or null for any.</summary>
    public string? Name<T>(string field, string name)
        where T : struct, System.Enum
    {
        if (name.Length > 0 && !WireNames.TryParse<T>(name, out _))
        {
            Add(field, $"must be one of: {string.Join(", ", WireNames.All<T>())}");
        }

        return name.Length == 0 ? null : name;
    }

    /// <summary>A published name of which the handoff doesn't know the list, or null for any.</summary>
    public string? Name(string field, string name)
    {
        if (name.Length > 0 && !NameGrammar().IsMatch(name))
        {
            Add(field, "must be a published name: lower-case words joined by hyphens");
        }

        return name.Length == 0 ? null : name;
    }

    /// <summary>Short text, or null for any.</summary>
    public string? Text(string field, string text)
    {
        if (text.Length > MaximumTextLength)
        {
            Add(field, $"must not be longer than {MaximumTextLength} characters");
        }

        return text.Length == 0 ? null : text;
    }

    /// <summary>A package state as stored, or null for any.</summary>
    public string? State(PackageState state)
    {
        switch (state)
        {
            case PackageState.Unspecified:
                return null;
            case PackageState.Prepared:
                return Store.States.Prepared;
            case PackageState.Superseded:
                return Store.States.Superseded;
            case PackageState.Closed:
                return Store.States.Closed;
            default:
                Add("state", "must be PACKAGE_STATE_PREPARED, PACKAGE_STATE_SUPERSEDED, PACKAGE_STATE_CLOSED or unspecified");
                return null;
        }
    }

    /// <summary>A number in a chain; 0 for none said.</summary>
    public long Revision(string field, long revision)
    {
        if (revision < 0)
        {
            Add(field, "must not be negative");
        }

        return revision;
    }

    /// <summary>A number in a chain that must lie before another.</summary>
    public void Earlier(string field, long revision, long before)
    {
        if (revision >= before)
        {
            Add(field, "must be smaller than the number of the package that it is compared with; 0 for the one just before");
        }
    }

    /// <summary>An instant of the years that a timestamp may have, or null for none.</summary>
    public DateTimeOffset? Instant(string field, Timestamp? instant)
    {
        if (instant is null)
        {
            return null;
        }

        if (instant.Seconds is < -62_135_596_800 or > 253_402_300_799 || instant.Nanos is < 0 or > 999_999_999)
        {
            Add(field, "must be an instant of the years 1 to 9999");
            return null;
        }

        return instant.ToDateTimeOffset();
    }

    /// <summary>Whether a list goes from the oldest to the newest (https://google.aip.dev/132).</summary>
    public bool Ascending(string orderBy)
    {
        if (orderBy is not ("" or "asc" or "desc"))
        {
            Add("order_by", "must be desc, asc or empty");
        }

        return orderBy == "asc";
    }

    /// <summary>A heartbeat interval within its limits.</summary>
    public TimeSpan Heartbeat(Duration? interval)
    {
        if (interval is null)
        {
            return DefaultHeartbeat;
        }

        if (interval.Seconds is < 1 or > 300 || interval.Nanos is < 0 or > 999_999_999)
        {
            Add("heartbeat_interval", "must be from 1 s to 300 s");
            return DefaultHeartbeat;
        }

        return interval.ToTimeSpan();
    }

    private void Add(string field, string description) => _violations.Add((field, description));

    [GeneratedRegex(@"^tuples/(?<tuple>[0-9a-f]{32})\z", RegexOptions.CultureInvariant)]
    private static partial Regex ParentGrammar();

    [GeneratedRegex(@"^tuples/(?<tuple>[0-9a-f]{32})/ledger\z", RegexOptions.CultureInvariant)]
    private static partial Regex LedgerNameGrammar();

    [GeneratedRegex(@"^tuples/(?<tuple>[0-9a-f]{32})/packages/(?:latest|(?<id>[0-9a-f]{64})(?:@(?<revision>[1-9][0-9]{0,17}))?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex PackageNameGrammar();

    [GeneratedRegex(@"^[0-9a-f]{12}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TokenGrammar();

    [GeneratedRegex(@"^[a-z][a-z-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameGrammar();
}
