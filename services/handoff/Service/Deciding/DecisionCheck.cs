using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Handoff.Api;

namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>Reads the fields that only decisions have.</summary>
internal static partial class DecisionCheck
{
    private const int MaximumNoteLength = 2000;

    extension(RequestCheck check)
    {
        /// <summary>The parts of a package's name; a decision is on content that somebody saw, so not on the latest.</summary>
        public (string TupleId, string PackageId, long? Revision) DecidedPackage(string name)
        {
            (string tupleId, string? packageId, long? revision) = check.PackageName(name);
            if (tupleId.Length > 0 && packageId is null)
            {
                check.Wrong("name", "must name the package that was seen: tuples/{tuple_id}/packages/{package_id}, not latest");
            }

            return (tupleId, packageId ?? "", revision);
        }

        /// <summary>The etag.</summary>
        public string Etag(string etag)
        {
            if (!EtagGrammar().IsMatch(etag))
            {
                check.Wrong("etag", "must be the etag of the package as it was shown, 64 hex digits");
            }

            return etag;
        }

        /// <summary>The id of a request, in its canonical spelling.</summary>
        public string RequestId(string requestId)
        {
            if (!Guid.TryParseExact(requestId, "D", out Guid id) || id == Guid.Empty)
            {
                check.Wrong("request_id", "must be a UUID, as 8-4-4-4-12 hex digits; make one per request");
            }

            return id.ToString("D");
        }

        /// <summary>Free text of a steward.</summary>
        public string Note(string field, string text, bool required)
        {
            if (text.Length > MaximumNoteLength || (required && string.IsNullOrWhiteSpace(text)))
            {
                check.Wrong(field, $"must have {(required ? "1" : "0")} to {MaximumNoteLength} characters");
            }

            return text;
        }

        /// <summary>A published field name.</summary>
        public string Field(string field)
        {
            if (!WireNames.TryParse(field, out Contracts.Field _))
            {
                check.Wrong("field", $"must be one of: {string.Join(", ", WireNames.All<Contracts.Field>())}");
            }

            return field;
        }

        /// <summary>One of some names, or null for any.</summary>
        public string? OneOf(string field, string name, IReadOnlyList<string> names)
        {
            if (name.Length > 0 && !names.Contains(name, StringComparer.Ordinal))
            {
                check.Wrong(field, $"must be one of: {string.Join(", ", names)}");
            }

            return name.Length == 0 ? null : name;
        }

        /// <summary>Until when a pin holds.</summary>
        public DateTimeOffset? Expiry(Timestamp? time, DateTimeOffset now, TimeSpan most)
        {
            DateTimeOffset? at = time is { Nanos: >= 0 and <= 999_999_999, Seconds: > 0 and < 253_402_300_800 } ? time.ToDateTimeOffset() : null;
            if (at is null || at <= now || at > now + most)
            {
                check.Wrong("expire_time", $"must be in the future, and at most {(int)most.TotalHours} hours ahead");
                return null;
            }

            return at;
        }
    }

    [GeneratedRegex(@"^[0-9a-f]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex EtagGrammar();
}
