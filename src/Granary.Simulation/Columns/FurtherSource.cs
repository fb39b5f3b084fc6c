using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Granary.Data.Reading;
using Granary.Data.Tables;
using Granary.Engine.Market;

namespace Granary.Simulation.Columns;

/// <summary>
/// Delivers the further columns that a batch reads: of the bars those that their market has, and behind them the joined columns of slower
/// series.
/// </summary>
/// <param name="names">Columns that a factor of the batch may read.</param>
/// <param name="asof">Slower series, whose files are read when the first market is opened.</param>
/// <param name="formats">Formats of typed tables; null = texts alone.</param>
internal sealed class FurtherSource(IBarSource source, IReadOnlyList<string> names, IReadOnlyList<AsofKeys> asof,
    TableFormatCatalogue? formats) : IBarSource
{
    private readonly Lazy<(AsofKeys Keys, AsofTable Table)[]> _tables = new(() => [.. asof.Select(k => (k, AsofTable.Read(k, formats)))]);

    /// <summary>Wraps a source; returns the source itself if no further column is read.</summary>
    public static IBarSource Of(IBarSource source, IReadOnlyList<string> names, IReadOnlyList<AsofKeys> asof,
        TableFormatCatalogue? formats) =>
        names.Count == 0 && asof.Count == 0 ? source : new FurtherSource(source, names, asof, formats);

    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        source.ListSymbolsAsync(timeframe, cancellationToken);

    public IReadOnlyList<string> PassedOver => source.PassedOver;

    public async ValueTask<IReadOnlyList<string>> ListColumnsAsync(BarQuery query, CancellationToken cancellationToken = default) =>
        [.. await source.ListColumnsAsync(query, cancellationToken), .. asof.SelectMany(a => a.Names)];

    public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        var joined = asof.SelectMany(a => a.Names).ToList();
        var own = await source.ListColumnsAsync(query, cancellationToken);
        if (joined.Find(n => own.Contains(n, StringComparer.Ordinal)) is { } twice)
            throw new BarDataException($"data.asof: the bars of {query.Symbol} have a column '{twice}' already; give the joined columns "
                + "another name with \"as\"");
        // A reader may ask for more than the batch, and of that nothing is left out.
        string[] wanted = [.. names.Where(n => own.Contains(n, StringComparer.Ordinal))
            .Union(query.Columns.Except(joined, StringComparer.Ordinal), StringComparer.Ordinal)];
        var series = await source.OpenAsync(query with { Columns = wanted }, cancellationToken);
        return asof.Count == 0 ? series : new Series(series, await Task.Run(() => _tables.Value, cancellationToken));
    }

    private sealed class Series(IBarSeries series, (AsofKeys Keys, AsofTable Table)[] tables) : SeriesWrapper(series, disposes: true)
    {
        public override IReadOnlyList<string> Columns => [.. base.Columns, .. tables.SelectMany(t => t.Keys.Names)];

        public override string ContentHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Join(' ', [base.ContentHash, .. tables.Select(t => t.Table.HashOf(Instrument.Symbol))]))));

        public override IReadOnlyList<string> Notes => [.. base.Notes, .. tables.SelectMany(t => t.Table.NotesOf(Instrument.Symbol))];

        public override async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var join = new AsofJoin(Instrument.Symbol, Timeframe, tables);
            await foreach (var block in Inner.ReadAsync(blockSize, cancellationToken)) yield return join.Next(block);
        }
    }
}
