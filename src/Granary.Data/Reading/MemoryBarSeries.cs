using System.Runtime.CompilerServices;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>A market whose bars are all in memory.</summary>
public sealed class MemoryBarSeries : IBarSeries
{
    private readonly Bar[] _bars;
    private readonly Lazy<string> _hash;

    /// <param name="bars">The bars in strictly ascending order of time. The series takes ownership of the array.</param>
    public MemoryBarSeries(Instrument instrument, Timeframe timeframe, Bar[] bars, IReadOnlyList<string> notes)
    {
        Instrument = instrument;
        Timeframe = timeframe;
        _bars = bars;
        Columns = bars is [{ Further: { } further }, ..] ? further.Names : [];
        Notes = notes;
        _hash = new Lazy<string>(Hash);
    }

    public Instrument Instrument { get; }

    public Timeframe Timeframe { get; }

    public long Count => _bars.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns { get; }

    public string ContentHash => _hash.Value;

    public IReadOnlyList<string> Notes { get; }

    public async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize, [EnumeratorCancellation]
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blockSize, BarBlock.MaxCount);
        await Task.CompletedTask.ConfigureAwait(false);
        for (var i = 0; i < _bars.Length; i += blockSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return BarBlock.FromBars(i, _bars.AsSpan(i, Math.Min(blockSize, _bars.Length - i)));
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string Hash()
    {
        using var hasher = new ContentHasher();
        for (var i = 0; i < _bars.Length; i += ContentHasher.GroupSize)
        {
            var columns = new BarColumns(Math.Min(ContentHasher.GroupSize, _bars.Length - i), withAdjusted: false,
                Columns.Count == 0 ? null : [.. Columns]);
            for (var k = 0; k < columns.Time.Length; k++)
            {
                var b = _bars[i + k];
                (columns.Time[k], columns.Open[k], columns.High[k], columns.Low[k], columns.Close[k], columns.Volume[k]) =
                    (b.Time, b.Open, b.High, b.Low, b.Close, b.Volume);
                for (var c = 0; c < columns.Further.Length; c++) columns.Further[c][k] = b.Further?.Of(Columns[c]) ?? double.NaN;
            }
            columns.Count = columns.Time.Length;
            hasher.Append(columns);
        }
        return hasher.Finish();
    }
}
