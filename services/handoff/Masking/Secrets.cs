using System.Text;
using System.Text.RegularExpressions;

namespace ReleaseIntegrity.Masking;

/// <summary>
/// The raw secrets of one document, and their removal from strings that are otherwise shown. The second line of
/// defence: whatever an explanation, a host, a tag or a pointer happens to quote becomes a token too.
/// </summary>
internal sealed partial class Secrets(Forms forms)
{
    /// <summary>Shorter free text ("none", "n/a") is a word, and would blank every explanation that uses it.</summary>
    private const int MinimumTextLength = 12;

    /// <summary>Shorter names are found as whole words only, else a cluster "a" would be found everywhere.</summary>
    private const int MinimumInfixLength = 6;

    private readonly Dictionary<string, string> _tokenValueBySpelling = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _typedByHex = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _scrubbed = new(StringComparer.Ordinal);

    /// <summary>Remembers a name (path, cluster, signer) in the spellings that pointers and URLs give it.</summary>
    public void AddName(string value)
    {
        string trimmed = value.Trim();
        if (trimmed.Length == 0)
        {
            return;
        }

        Add(trimmed, value);
        Add(trimmed.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal), value);
        Add(Uri.EscapeDataString(trimmed), value);
    }

    /// <summary>Remembers free text.</summary>
    public void AddText(string value)
    {
        if (value.Trim().Length >= MinimumTextLength)
        {
            Add(value.Trim(), value);
        }
    }

    /// <summary>Remembers a hash: bare hex found elsewhere gets the token of the typed value.</summary>
    public void AddHash(string typedOrBare)
    {
        string folded = typedOrBare.ToLowerInvariant();
        string hex = folded[(folded.LastIndexOf(':') + 1)..];
        if (hex.Length > 0)
        {
            // A digest and a fingerprint of the same hex: the smaller spelling, so that the order of fields is no matter.
            _typedByHex[hex] = _typedByHex.TryGetValue(hex, out string? other) && string.CompareOrdinal(other, folded) < 0 ? other : folded;
        }
    }

    /// <summary>Whether hex is that of a secret hash.</summary>
    public bool IsSecretHash(string hex) => _typedByHex.ContainsKey(hex);

    /// <summary>
    /// The text with every secret, and everything that looks like a hash, replaced by its masked form. To be called
    /// once every secret has been added.
    /// </summary>
    public string Scrub(string text)
    {
        if (!_scrubbed.TryGetValue(text, out string? clean))
        {
            List<Span>? found = null;
            FindHashes(text, ref found);
            FindNames(text, ref found);
            clean = found is null ? text : Replace(text, found);
            _scrubbed.Add(text, clean);
        }

        return clean;
    }

    private void FindHashes(string text, ref List<Span>? found)
    {
        if (!HasHashLikeRun(text))
        {
            return;
        }

        foreach (Match match in HashGrammar().Matches(text))
        {
            string spelled = match.Value;
            string hex = match.Groups["pairs"].Success ? Forms.FingerprintHex(spelled)! : match.Groups["hex"].Value;
            string masked = match.Groups["type"].Success
                ? forms.TypedHash(spelled) ?? forms.BareHash(hex)
                : BareHash(hex);
            (found ??= []).Add(new Span(match.Index, match.Length, masked));
        }
    }

    private string BareHash(string hex) =>
        _typedByHex.TryGetValue(hex, out string? typed)
            ? forms.BareHash(hex)[..^12] + forms.Token(typed)
            : forms.BareHash(hex);

    private void FindNames(string text, ref List<Span>? found)
    {
        foreach ((string secret, string value) in _tokenValueBySpelling)
        {
            int from = 0;
            while (from <= text.Length - secret.Length
                && text.IndexOf(secret, from, StringComparison.OrdinalIgnoreCase) is >= 0 and int at)
            {
                if (secret.Length >= MinimumInfixLength || IsWholeWord(text, at, secret.Length))
                {
                    (found ??= []).Add(new Span(at, secret.Length, forms.Identifier(value)));
                }

                from = at + 1;
            }
        }
    }

    /// <summary>Where spans overlap, all that they cover becomes one token: no remainder of a secret may stay.</summary>
    private string Replace(string text, List<Span> found)
    {
        found.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.Length.CompareTo(a.Length));
        var output = new StringBuilder(text.Length);
        int done = 0;
        for (int i = 0; i < found.Count;)
        {
            Span first = found[i++];
            int end = first.Start + first.Length;
            bool grew = false;
            for (; i < found.Count && found[i].Start < end; i++)
            {
                int other = found[i].Start + found[i].Length;
                grew |= other > end;
                end = Math.Max(end, other);
            }

            output.Append(text, done, first.Start - done);
            output.Append(grew ? forms.Identifier(text[first.Start..end]) : first.Masked);
            done = end;
        }

        return output.Append(text, done, text.Length - done).ToString();
    }

    private void Add(string spelling, string value) => _tokenValueBySpelling.TryAdd(spelling, value);

    /// <summary>Whether the regular expression has anything to find: a cheap linear look.</summary>
    private static bool HasHashLikeRun(string text)
    {
        int run = 0;
        foreach (char c in text)
        {
            run = char.IsAsciiHexDigit(c) || c is ':' or '-' ? run + 1 : 0;
            if (run == 40)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWholeWord(string text, int start, int length) =>
        (start == 0 || !char.IsLetterOrDigit(text[start - 1]))
        && (start + length == text.Length || !char.IsLetterOrDigit(text[start + length]));

    private readonly record struct Span(int Start, int Length, string Masked);

    [GeneratedRegex(
        "(?<pairs>(?:[0-9a-f]{2}[:-]){15,}[0-9a-f]{2})|(?:(?<type>[a-z][a-z0-9-]{0,31}):)?(?<hex>[0-9a-f]{40,})",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex HashGrammar();
}
