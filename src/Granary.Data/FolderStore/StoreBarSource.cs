using System.Runtime.CompilerServices;
using Granary.Data.Funding;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Data.FolderStore;

/// <summary>Reads the markets of a bar-file store. Opening reads only a header; bars come from mapped memory.</summary>
/// <param name="adjust">Scale prices by the adjusted close where the store has one.</param>
/// <param name="files">The files that may be opened; null = all.</param>
internal sealed class StoreBarSource(string directory, bool adjust = true, PermittedFiles? files = null) : IBarSource, IFundingSource
{
    private readonly BarStore _store = new(directory, files);

    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        new([.. _store.Files().Where(f => f.Timeframe == timeframe).Select(f => f.Symbol)]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListColumnsAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        using var file = BarStoreFile.Open(PathOf(query), files);
        return new(file.Header.Further);
    }

    public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default) =>
        new(new StoreBarSeries(BarStoreFile.Open(PathOf(query), files), query, adjust));

    private string PathOf(BarQuery query)
    {
        var path = _store.PathOf(query.Symbol, query.Timeframe);
        if (!File.Exists(path))
        {
            var stored = _store.Files().ToList();
            var timeframes = stored.Where(f => f.Symbol == query.Symbol).Select(f => f.Timeframe.ToString()).ToList();
            if (timeframes.Count > 0)
                throw BarDataException.At(directory, null, null, $"{query.Symbol} has no {query.Timeframe} bars",
                    $"use {string.Join(" or ", timeframes)}, or import them");
            var nearest = Spelling.Nearest(query.Symbol, stored.Select(f => f.Symbol).Distinct());
            throw BarDataException.At(directory, null, null, $"the store has no symbol '{query.Symbol}'", nearest is null
                ? "import it first" : $"did you mean {nearest}?");
        }
        return path;
    }

    public ValueTask<IReadOnlyList<FundingRow>> ReadFundingAsync(string symbol, CancellationToken cancellationToken = default) =>
        new(FundingStoreFile.Read(FundingStoreFile.PathOf(directory, symbol), files));

    private sealed class StoreBarSeries : IBarSeries
    {
        private readonly BarStoreFile _file;
        private readonly long _start;
        private readonly bool _adjust;
        private readonly string[]? _further;
        private readonly Lazy<string> _hash;

        public StoreBarSeries(BarStoreFile file, BarQuery query, bool adjust)
        {
            _file = file;
            try
            {
                var header = file.Header;
                _adjust = adjust && header.HasAdjusted;
                _further = query.Columns.Count == 0 ? null : [.. query.Columns];
                if (_further?.FirstOrDefault(c => !header.Further.Contains(c, StringComparer.Ordinal)) is { } missing)
                    throw new BarDataException(FurtherNames.Unknown($"{file.Path}", missing, header.Further));
                _start = query.From is { } from ? file.Find(from) : 0;
                var end = query.To is { } to ? file.Find(to) : header.Count;
                Count = Math.Max(0, end - _start);
                if (Count == 0)
                    throw BarDataException.At(file.Path, null, null,
                        $"there are no bars{BarTimeText.RangeOf(query)}; the store "
                            + $"has {BarTimeText.Of(header.FirstTime)} to {BarTimeText.Of(header.LastTime)}", "change from and to");
                Instrument = header.Instrument with
                {
                    Symbol = query.Symbol,
                    PriceDecimals = _adjust ? -1 : header.Instrument.PriceDecimals,
                    IsAdjusted = _adjust,
                    CorporateActions = _adjust ? [] : header.Instrument.CorporateActions
                };
                Timeframe = header.Timeframe;
                _hash = Count == header.Count && _further is null
                    ? new Lazy<string>(_adjust ? header.AdjustedHash : header.RawHash)
                    : new Lazy<string>(HashOfRange);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }

        public Instrument Instrument { get; }

        public Timeframe Timeframe { get; }

        public long Count { get; }

        public IReadOnlyList<string> Columns => _further ?? [];

        public string ContentHash => _hash.Value;

        public IReadOnlyList<string> Notes => [];

        private string HashOfRange()
        {
            using var hasher = new ContentHasher();
            for (var at = 0L; at < Count; at += ContentHasher.GroupSize)
                hasher.Append(Take(at, (int)Math.Min(ContentHasher.GroupSize, Count - at)));
            return hasher.Finish();
        }

        public async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize, [EnumeratorCancellation]
            CancellationToken cancellationToken = default)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(blockSize, BarBlock.MaxCount);
            await Task.CompletedTask.ConfigureAwait(false);
            for (var at = 0L; at < Count; at += blockSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return Take(at, (int)Math.Min(blockSize, Count - at)).ToBlock(at);
            }
        }

        private BarColumns Take(long at, int count)
        {
            var columns = new BarColumns(count, _adjust, _further);
            var index = _start + at;
            while (columns.Count < count)
            {
                var segment = index / BarStoreHeader.SegmentSize;
                var within = (int)(index % BarStoreHeader.SegmentSize);
                var n = Math.Min(count - columns.Count, _file.CountOf(segment) - within);
                _file.Read(segment, within, n, columns);
                index += n;
            }
            if (_adjust) columns.Adjust();
            return columns;
        }

        public ValueTask DisposeAsync()
        {
            _file.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
