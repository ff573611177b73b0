using System.Text.RegularExpressions;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>The names of what looks back or explains.</summary>
internal sealed partial class RequestCheck
{
    private const int MinimumReasonLength = 10;
    private const int MaximumReasonLength = 2000;

    /// <summary>The tuple id of a parent that must be one tuple.</summary>
    public string Tuple(string parent, string field = "parent")
    {
        Match match = ParentGrammar().Match(parent);
        if (!match.Success)
        {
            Add(field, "must be tuples/{tuple_id}, with the 32 hex digits that ListLedgers returns");
        }

        return match.Groups["tuple"].Value;
    }

    /// <summary>The tuple id and field of a hold's name.</summary>
    public (string TupleId, string Field) HoldName(string name)
    {
        Match match = HoldNameGrammar().Match(name);
        if (!match.Success)
        {
            Add("name", "must be tuples/{tuple_id}/holds/{field}, as ListHolds shows tuple and field");
        }

        return (match.Groups["tuple"].Value, match.Groups["field"].Value);
    }

    /// <summary>The train of a release's name.</summary>
    public string ReleaseName(string name)
    {
        Match match = name.Length <= MaximumTextLength ? ReleaseNameGrammar().Match(name) : Match.Empty;
        if (!match.Success)
        {
            Add("name", $"must be releases/{{release_train}}, without a further slash, of at most {MaximumTextLength} characters");
        }

        return match.Groups["train"].Value;
    }

    /// <summary>The field that a request must name.</summary>
    public string RequiredField(string field, string name)
    {
        if (name.Length == 0)
        {
            Add(field, "is required: the published name of a field");
        }

        return Name<Contracts.Field>(field, name) ?? "";
    }

    /// <summary>Why somebody wants to see what is masked.</summary>
    public string Reason(string field, string reason)
    {
        if (reason.Trim().Length < MinimumReasonLength || reason.Length > MaximumReasonLength)
        {
            Add(field, $"must say why, in {MinimumReasonLength} to {MaximumReasonLength} characters: it stands in the audit log");
        }

        return reason;
    }

    [GeneratedRegex(@"^tuples/(?<tuple>[0-9a-f]{32})/holds/(?<field>[a-z][a-z-]{0,63})\z", RegexOptions.CultureInvariant)]
    private static partial Regex HoldNameGrammar();

    [GeneratedRegex(@"^releases/(?<train>[^/]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex ReleaseNameGrammar();
}
