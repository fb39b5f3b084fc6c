using System.Collections.Frozen;
using System.Globalization;
using Granary.Contracts.MarketData;
using Granary.Engine;
using Granary.Simulation.Json;

namespace Granary.Simulation.MarketData;

/// <summary>Query for bar files, with order.</summary>
/// <param name="Sort">A key of the rows, with '-' in front for the largest first; null = by file.</param>
/// <param name="Search">A part of the file or the symbol; null = all.</param>
/// <param name="Cursor">A value of <see cref="BarFilePage.Next"/>; null = start at the first row.</param>
internal sealed record BarFileQuery(int Limit, string? Sort = null, string? Search = null, string? Cursor = null)
{
    private static readonly FrozenDictionary<string, Comparison<BarFileEntry>> s_orders = new Dictionary<string, Comparison<BarFileEntry>>
    {
        ["file"] = (a, b) => string.CompareOrdinal(a.File, b.File),
        ["symbol"] = (a, b) => string.CompareOrdinal(a.Symbol, b.Symbol),
        ["timeframe"] = (a, b) => string.CompareOrdinal(a.Timeframe, b.Timeframe),
        ["bars"] = (a, b) => a.Bars.CompareTo(b.Bars),
        ["first"] = (a, b) => Nullable.Compare(a.First, b.First),
        ["last"] = (a, b) => Nullable.Compare(a.Last, b.Last),
        ["bytes"] = (a, b) => a.Bytes.CompareTo(b.Bytes),
        // An error is worse than any number of warnings.
        ["findings"] = (a, b) => (a.Severity == "Error", a.Findings).CompareTo((b.Severity == "Error", b.Findings)),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <param name="waiting">Files that are not read yet.</param>
    /// <exception cref="InputException">The order or the cursor is invalid.</exception>
    internal BarFilePage Of(IEnumerable<BarFileEntry> all, int waiting)
    {
        var from = 0;
        if (Cursor is not null && !int.TryParse(Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out from))
            throw ListCursor.Unknown(Cursor);
        var key = string.IsNullOrEmpty(Sort) ? "file" : Sort.TrimStart('-');
        if (!s_orders.TryGetValue(key, out var order))
            throw new InputException($"sort={key}: write one of {string.Join(", ", s_orders.Keys)}");
        var sign = Sort?.StartsWith('-') == true ? -1 : 1;
        List<BarFileEntry> found = [.. all.Where(Has)];
        found.Sort((a, b) => order(a, b) is var o and not 0 ? sign * o
            : string.CompareOrdinal(a.File, b.File) is var f and not 0 ? f : string.CompareOrdinal(a.Symbol, b.Symbol));
        var page = found.Skip(from).Take(Limit).ToList();
        var next = from + page.Count;
        return new BarFilePage(page, found.Count, waiting, next < found.Count ? next.ToString(CultureInfo.InvariantCulture) : null);
    }

    private bool Has(BarFileEntry entry) => string.IsNullOrWhiteSpace(Search)
        || entry.File.Contains(Search.Trim(), StringComparison.OrdinalIgnoreCase)
        || entry.Symbol.Contains(Search.Trim(), StringComparison.OrdinalIgnoreCase);
}
