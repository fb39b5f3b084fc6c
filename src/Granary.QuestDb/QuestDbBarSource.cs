using System.Runtime.CompilerServices;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.QuestDb;

/// <summary>
/// Reads markets from QuestDB, streamed in blocks: from one table per timeframe with a symbol column, or one table per symbol.
/// </summary>
internal sealed class QuestDbBarSource : IBarSource, IAsyncDisposable
{
    private readonly QuestDbServer _server;
    private readonly bool _adjust;

    /// <param name="adjust">Scale prices by the adjusted close where the table has one.</param>
    public QuestDbBarSource(QuestDbAddress address, bool adjust = true) : this(new QuestDbServer(address), adjust)
    {
    }

    internal QuestDbBarSource(QuestDbServer server, bool adjust) => (_server, _adjust) = (server, adjust);

    public async ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        [.. (await _server.SymbolsAsync(timeframe, cancellationToken).ConfigureAwait(false)).Select(s => s.Symbol)];

    public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        var address = _server.Address;
        var table = address.TableOf(query.Symbol, query.Timeframe);
        var time = await _server.ColumnOfTimeAsync(table, cancellationToken).ConfigureAwait(false);
        if (time is null or "")
        {
            var timeframes = new List<string>();
            if (!address.TablePerSymbol)
                foreach (var tf in Timeframe.All)
                    if (await _server.ColumnOfTimeAsync(address.TableOf(query.Symbol, tf), cancellationToken)
                        .ConfigureAwait(false) is not null)
                        timeframes.Add(tf.ToString());
            throw new BarDataException(time is null
                ? $"{address.Address}: there is no table '{table}'; "
                    + (timeframes.Count > 0
                        ? $"there are bars of {string.Join(" and ", timeframes)}"
                        : "import bars first, or name the tables with ?table=")
                : $"{address.Address}: the table '{table}' has no designated timestamp; make it with TIMESTAMP(…)");
        }
        var market = await _server.MarketAsync(query.Symbol, query.Timeframe, cancellationToken).ConfigureAwait(false);
        var series = new Series(_server, table, time, query, _adjust && market is { HasAdjusted: true }, market?.Instrument);
        await series.LookAsync(cancellationToken).ConfigureAwait(false);
        if (series.Count > 0) return series;
        var symbols = await ListSymbolsAsync(query.Timeframe, cancellationToken).ConfigureAwait(false);
        if (symbols.Contains(query.Symbol))
            throw new BarDataException($"{address.Address}: {query.Symbol} has "
                + $"no {query.Timeframe} bars in the range that is asked for; change from and to");
        var nearest = Spelling.Nearest(query.Symbol, symbols);
        throw new BarDataException($"{address.Address}: the table '{table}' has no symbol "
            + $"'{query.Symbol}'; {(nearest is null ? "import it first" : $"did you mean {nearest}?")}");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private sealed class Series(QuestDbServer server, string table, string time, BarQuery query, bool adjust, Instrument? instrument)
        : IBarSeries
    {
        public Instrument Instrument { get; private set; } = (instrument
            ?? new Instrument { Symbol = query.Symbol }) with
        { Symbol = query.Symbol };

        public Timeframe Timeframe => query.Timeframe;

        public long Count { get; private set; }

        public string ContentHash { get; private set; } = "";

        public IReadOnlyList<string> Notes => [];

        // Any program may have written the table, so all bars are checked before the first is returned.
        public async Task LookAsync(CancellationToken cancellationToken)
        {
            using var hasher = new ContentHasher();
            var last = long.MinValue;
            var weekend = false;
            var decimals = 0;
            await foreach (var piece in PiecesAsync(ContentHasher.GroupSize, cancellationToken).ConfigureAwait(false))
            {
                for (var i = 0; i < piece.Count; i++)
                {
                    string At() =>
                        $"{server.Address.Address}, table '{table}', {query.Symbol}, "
                            + $"{new DateTime(piece.Time[i], DateTimeKind.Utc):yyyy-MM-dd HH:mm:ss}";
                    if (piece.Time[i] <= last) throw new BarDataException($"{At()}: the time is there twice; remove one of the rows");
                    last = piece.Time[i];
                    var (o, h, l, c, v) = (piece.Open[i], piece.High[i], piece.Low[i], piece.Close[i], piece.Volume[i]);
                    if (!(l > 0 && l <= o && l <= c && o <= h && c <= h && double.IsFinite(h) && v >= 0))
                        throw new BarDataException($"{At()}: the prices {o} {h} {l} {c} contradict one another; correct the row");
                    weekend |= piece.Time[i] / TimeSpan.TicksPerDay % 7 >= 5;
                    if (decimals >= 0 && instrument is null)
                        decimals = Math.Max(Math.Max(decimals, PriceText.Decimals(o)),
                            Math.Max(PriceText.Decimals(h), Math.Max(PriceText.Decimals(l), PriceText.Decimals(c)))) is var d && d > 12 ? -1
                            : d;
                }
                Count += piece.Count;
                hasher.Append(piece);
            }
            ContentHash = hasher.Finish();
            if (instrument is null)
                Instrument = Instrument with { PriceDecimals = decimals, DailyEquity = Timeframe == Timeframe.D1 && !weekend };
            else if (adjust) Instrument = Instrument with { PriceDecimals = -1, CorporateActions = [], IsAdjusted = true };
        }

        public async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize, [EnumeratorCancellation]
            CancellationToken cancellationToken = default)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(blockSize, BarBlock.MaxCount);
            var index = 0L;
            await foreach (var piece in PiecesAsync(blockSize, cancellationToken).ConfigureAwait(false))
            {
                index += piece.Count;
                if (index > Count) break;
                yield return piece.ToBlock(index - piece.Count);
            }
            if (index != Count)
                throw new BarDataException($"{server.Address.Address}: the bars of {query.Symbol} changed while they were read; run again");
        }

        private async IAsyncEnumerable<BarColumns> PiecesAsync(int size, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var piece in server.ReadAsync(
                new(table, time, server.Address.TablePerSymbol ? null : query.Symbol, query.From, query.To), adjust, size,
                    cancellationToken)
                .ConfigureAwait(false))
            {
                if (adjust) piece.Adjust();
                yield return piece;
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
