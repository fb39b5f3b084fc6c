using Granary.Data.BarFiles;
using Granary.Data.Files;
using Granary.Data.Lean;
using Granary.Data.Quality;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Data.Stores;
using Granary.Engine.Market;

namespace Granary.Data.Import;

/// <summary>
/// Implements <c>data import</c>: parses and checks files, and merges their bars into the store by time. A repeated import of the same file
/// changes nothing, not even a file's modification time.
/// </summary>
internal static class BarImport
{
    /// <param name="stores">The bar stores that the process knows.</param>
    /// <returns>One result for each file, in order; LEAN's daily files of one market give one result.</returns>
    /// <exception cref="BarDataException">
    /// A file is invalid. The files before it are imported; it and the following files are not.
    /// </exception>
    /// <exception cref="BarStoreException">
    /// The disk or the server failed, or another import has locked the market. The store is unchanged.
    /// </exception>
    public static Task<IReadOnlyList<ImportResult>> RunAsync(ImportRequest request, BarStoreCatalogue stores,
        CancellationToken cancellationToken = default) => RunAsync(request, stores, null, cancellationToken);

    /// <param name="look">Content of the file if it is known; null inspects it.</param>
    internal static async Task<IReadOnlyList<ImportResult>> RunAsync(ImportRequest request, BarStoreCatalogue stores,
        Func<TextFile, FileMarkets>? look, CancellationToken cancellationToken)
    {
        if (request.Files.Count == 0) throw new BarDataException("FILE: no file is named; name at least one");
        await using var store = stores.Open(request.Store);
        var results = new List<ImportResult>();
        // LEAN keeps one file per day. A year of them is imported in one pass, because each import rewrites the market.
        var days = request.Files.Count > 1 && request.Files.All(f => LeanLocation.Of(f) is { Day: not null });
        IReadOnlyList<IReadOnlyList<string>> groups = days
            ? [[.. request.Files.OrderBy(Path.GetFileName, StringComparer.Ordinal)]]
            : [.. request.Files.Select(f => (IReadOnlyList<string>)[f])];
        foreach (var group in groups)
        {
            var options = request.Options with { Adjust = false };
            var query = new BarQuery(request.Symbol, request.Timeframe);
            query = query with
            {
                Columns = request.Further is [ImportRequest.AllFurther] ? BarFile.ColumnsOf(group, query, options, look) : request.Further,
            };
            await using var series = await BarFile.OpenAsync(group, query, options,
                new MemoryBudget(options.MemoryBudget), cancellationToken, look).ConfigureAwait(false);
            var file = group.Count == 1 ? group[0] : $"{group[0]} and {group.Count - 1} more";
            IReadOnlyList<string> notes = [.. await SpacingAsync(series, cancellationToken).ConfigureAwait(false),
                .. await UnclosedAsync(series, options.Clock, cancellationToken).ConfigureAwait(false)];
            results.Add(await store.MergeAsync(BarsToStore.Of(series, file, options.Template is not null, notes), cancellationToken)
                .ConfigureAwait(false));
        }
        return results;
    }

    private static async Task<IReadOnlyList<string>> SpacingAsync(BarFileSeries series, CancellationToken cancellationToken)
    {
        var spacing = new BarSpacing(series.Timeframe);
        await foreach (var block in series.ReadAsync(BarBlock.MaxCount, cancellationToken).ConfigureAwait(false))
        {
            spacing.Add(block.Time);
            break;
        }
        return spacing.Other is not { } other ? [] : [$"most rows are {other} apart, and they were stored as bars of {series.Timeframe}"
            + (spacing.OtherTimeframe is { } timeframe ? $"; if they are bars of {timeframe}, import them with that timeframe" : "")];
    }

    private static async Task<IReadOnlyList<string>> UnclosedAsync(BarFileSeries series, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var unclosed = new UnclosedBars(series.Instrument.Calendar, series.Timeframe, clock.GetUtcNow().UtcTicks);
        if (unclosed.IsClosed(series.Last)) return [];
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false)) unclosed.Add(block.Time);
        return [unclosed.Sentence!];
    }
}
