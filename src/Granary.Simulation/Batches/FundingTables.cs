using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Granary.Data.Funding;
using Granary.Engine.Market;
using Granary.Simulation.Catalogues;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>Reads the funding of a batch's symbols. A file of several symbols is read once.</summary>
/// <param name="catalogues">The stores and formats of tables that the process knows.</param>
internal sealed class FundingTables(FundingSources sources, GranaryCatalogues catalogues)
{
    private readonly ConcurrentDictionary<Address, Lazy<IReadOnlyDictionary<string, List<FundingRow>>>> _files = new();

    /// <summary>Adds the funding to the instrument of a symbol's bars, and to their content hash.</summary>
    /// <param name="series">Is disposed of if an exception is thrown.</param>
    /// <returns>The same series if the symbol has no funding.</returns>
    /// <inheritdoc cref="ReadAsync"/>
    public async ValueTask<IBarSeries> AddToAsync(IBarSeries series, string symbol, CancellationToken cancellationToken)
    {
        try
        {
            var (funding, marks) = await ReadAsync(symbol, cancellationToken);
            if (funding.Hash.Length == 0) return series;
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{series.ContentHash} {funding.Hash}")));
            return new SeriesWithInstrument(series, i => i with { Funding = funding, Marks = marks }, hash);
        }
        catch
        {
            await series.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns the funding of a symbol and its mark prices; both are empty if there are none.</summary>
    /// <exception cref="BarDataException">A row is invalid, or there is no such file or store.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    public async ValueTask<(FundingSeries Funding, MarkPrices Marks)> ReadAsync(string symbol, CancellationToken cancellationToken)
    {
        if (sources.Of(symbol) is not { } address) return (FundingSeries.None, MarkPrices.None);
        if (address.Scheme == Address.Plain)
        {
            var rows = _files.GetOrAdd(address, a => new Lazy<IReadOnlyDictionary<string, List<FundingRow>>>(
                () => FundingFile.Read(a, catalogues.Tables))).Value;
            // A file without a column of symbols is that of one market, or of all.
            var own = rows.GetValueOrDefault(symbol) ?? rows.GetValueOrDefault("");
            if (own is null && sources.BySymbol.ContainsKey(symbol))
                throw BarDataException.At(address.Path!, null, null, $"there is no line of {symbol}, but of "
                    + string.Join(", ", rows.Keys.Order(StringComparer.Ordinal).Take(5)), "write the symbols as data.symbols does");
            return SeriesOf(own ?? []);
        }
        var source = catalogues.Sources.Open(address);
        try
        {
            return source is IFundingSource funding ? SeriesOf(await funding.ReadFundingAsync(symbol, cancellationToken))
                : throw new BarDataException($"'{address}' keeps no funding; name a file, store:DIR, postgres://… or questdb://…");
        }
        finally
        {
            if (source is IAsyncDisposable opened) await opened.DisposeAsync();
        }
    }

    private static (FundingSeries Funding, MarkPrices Marks) SeriesOf(IReadOnlyList<FundingRow> rows)
    {
        if (rows.Count == 0) return (FundingSeries.None, MarkPrices.None);
        var (paid, marked) = (rows.Where(r => !double.IsNaN(r.Rate)).ToList(), rows.Where(r => !double.IsNaN(r.Mark)).ToList());
        return (new FundingSeries([.. paid.Select(r => r.Time)], [.. paid.Select(r => r.Rate)], [.. paid.Select(r => r.Mark)],
            HashOf(rows)), new MarkPrices([.. marked.Select(r => r.Time)], [.. marked.Select(r => r.Mark)]));
    }

    private static string HashOf(IReadOnlyList<FundingRow> rows)
    {
        FundingRow[] content = [.. rows];
        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<FundingRow>(content)));
    }
}
