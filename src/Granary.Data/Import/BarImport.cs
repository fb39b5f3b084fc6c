using Granary.Data.BarFiles;
using Granary.Data.Files;
using Granary.Data.Lean;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Data.Stores;
using Granary.Engine.Market;

namespace Granary.Data.Import;

/// <summary>
/// The use case behind <c>data import</c>: parse, check, merge into the store by time. Importing the same file again changes nothing, not
/// even a file's date.
/// </summary>
public static class BarImport
{
    /// <param name="stores">The bar stores that the process knows.</param>
    /// <returns>One result for each file, in order; LEAN's daily files of one market are one.</returns>
    /// <exception cref="BarDataException">
    /// A file is not good bars; those before it are imported, it and those behind it are not.
    /// </exception>
    /// <exception cref="BarStoreException">
    /// The disk or the server failed, or another import holds the market; the store is as it was.
    /// </exception>
    public static Task<IReadOnlyList<ImportResult>> RunAsync(ImportRequest request, BarStoreCatalogue stores,
        CancellationToken cancellationToken = default) => RunAsync(request, stores, null, cancellationToken);

    /// <param name="look">What a file holds, where that is known; null looks.</param>
    internal static async Task<IReadOnlyList<ImportResult>> RunAsync(ImportRequest request, BarStoreCatalogue stores,
        Func<TextFile, FileMarkets>? look, CancellationToken cancellationToken)
    {
        if (request.Files.Count == 0) throw new BarDataException("FILE: no file is named; name at least one");
        await using var store = stores.Open(request.Store);
        var results = new List<ImportResult>();
        // LEAN keeps a file a day: a year of them is one market, read in one go instead of rewritten 250 times.
        var days = request.Files.Count > 1 && request.Files.All(f => LeanLocation.Of(f) is { Day: not null });
        IReadOnlyList<IReadOnlyList<string>> groups = days
            ? [[.. request.Files.OrderBy(Path.GetFileName, StringComparer.Ordinal)]]
            : [.. request.Files.Select(f => (IReadOnlyList<string>)[f])];
        foreach (var group in groups)
        {
            var options = request.Options with { Adjust = false };
            await using var series = await BarFile.OpenAsync(group, new BarQuery(request.Symbol, request.Timeframe), options,
                new MemoryBudget(options.MemoryBudget), cancellationToken, look).ConfigureAwait(false);
            var file = group.Count == 1 ? group[0] : $"{group[0]} and {group.Count - 1} more";
            results.Add(await store.MergeAsync(BarsToStore.Of(series, file, options.Template is not null), cancellationToken)
                .ConfigureAwait(false));
        }
        return results;
    }
}
