using System.Runtime.CompilerServices;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Steward.Connecting;

/// <summary>Reads lists page by page, as far as they are wanted.</summary>
internal static class Pages
{
    private const int PageSize = 200;

    /// <summary>The items of all pages, up to <paramref name="limit"/>.</summary>
    /// <param name="limit">At most this many items.</param>
    /// <param name="read">Reads a page: its size and token in, its items and the next token out, empty at the end.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<T> ReadAsync<T>(
        int limit, Func<int, string, Task<(IReadOnlyList<T> Items, string Next)>> read, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string token = "";
        int left = limit;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            (IReadOnlyList<T> items, token) = await read(Math.Min(left, PageSize), token);
            foreach (T item in items.Take(left))
            {
                yield return item;
            }

            left -= items.Count;
        }
        while (token.Length > 0 && left > 0);
    }

    /// <summary>Ledgers, without their fields.</summary>
    public static IAsyncEnumerable<Ledger> Ledgers(Connection connection, ListLedgersRequest filter, int limit) =>
        ReadAsync(limit, async (size, token) =>
        {
            ListLedgersResponse page = await connection.Handoff.ListLedgersAsync(
                new ListLedgersRequest(filter) { PageSize = size, PageToken = token }, connection.Call);
            return ((IReadOnlyList<Ledger>)page.Ledgers, page.NextPageToken);
        });

    /// <summary>Packages, without their content.</summary>
    public static IAsyncEnumerable<CorrectionPackage> Packages(Connection connection, ListCorrectionPackagesRequest filter, int limit) =>
        ReadAsync(limit, async (size, token) =>
        {
            ListCorrectionPackagesResponse page = await connection.Handoff.ListCorrectionPackagesAsync(
                new ListCorrectionPackagesRequest(filter) { PageSize = size, PageToken = token }, connection.Call);
            return ((IReadOnlyList<CorrectionPackage>)page.Packages, page.NextPageToken);
        });
}
