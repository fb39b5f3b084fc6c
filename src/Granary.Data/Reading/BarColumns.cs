using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>
/// Consecutive bars of a file as columns: raw prices, the adjusted close if there is one, and the further columns that are read.
/// </summary>
/// <param name="further">Names of the further columns; null for none.</param>
internal sealed class BarColumns(int capacity, bool withAdjusted, string[]? further = null)
{
    public readonly long[] Time = new long[capacity];
    public readonly double[] Open = new double[capacity];
    public readonly double[] High = new double[capacity];
    public readonly double[] Low = new double[capacity];
    public readonly double[] Close = new double[capacity];
    public readonly double[] Volume = new double[capacity];
    public readonly double[]? Adjusted = withAdjusted ? new double[capacity] : null;

    public readonly double[][] Further = further is null ? [] : Array.ConvertAll(further, _ => new double[capacity]);

    public int Count { get; set; }

    public string[]? FurtherNames => further;

    public bool HasAdjusted => Adjusted is not null;

    /// <summary>The number of bytes per bar.</summary>
    public static int BytesPerBar(bool withAdjusted, int further = 0) => (withAdjusted ? 56 : 48) + 8 * further;

    /// <summary>Appends bars of <paramref name="source"/> from index <paramref name="start"/>.</summary>
    public void Append(BarColumns source, int start, int count)
    {
        Array.Copy(source.Time, start, Time, Count, count);
        Array.Copy(source.Open, start, Open, Count, count);
        Array.Copy(source.High, start, High, Count, count);
        Array.Copy(source.Low, start, Low, Count, count);
        Array.Copy(source.Close, start, Close, Count, count);
        Array.Copy(source.Volume, start, Volume, Count, count);
        if (Adjusted is not null) Array.Copy(source.Adjusted!, start, Adjusted, Count, count);
        for (var c = 0; c < Further.Length; c++) Array.Copy(source.Further[c], start, Further[c], Count, count);
        Count += count;
    }

    /// <summary>Multiplies open, high, low and close by adjusted close / close, in place.</summary>
    public void Adjust()
    {
        if (Adjusted is null) return;
        for (var i = 0; i < Count; i++)
        {
            var close = Adjusted[i];
            var ratio = close / Close[i];
            Open[i] *= ratio;
            // Rounding of the ratio must not move the close outside of high and low.
            High[i] = Math.Max(High[i] * ratio, Math.Max(close, Open[i]));
            Low[i] = Math.Min(Low[i] * ratio, Math.Min(close, Open[i]));
            Close[i] = close;
        }
    }

    /// <summary>Moves the arrays to a block; they must be full.</summary>
    public BarBlock ToBlock(long firstIndex)
    {
        if (Count == Time.Length)
            return new BarBlock(firstIndex, Time, Open, High, Low, Close, Volume)
            {
                Further = further is null ? null : new FurtherColumns(further, Further),
            };
        var count = Count;
        return new BarBlock(firstIndex, Time.AsSpan(0, count).ToArray(), Open.AsSpan(0, count).ToArray(), High.AsSpan(0, count).ToArray(),
            Low.AsSpan(0, count).ToArray(), Close.AsSpan(0, count).ToArray(), Volume.AsSpan(0, count).ToArray())
        {
            Further = further is null ? null : new FurtherColumns(further, Array.ConvertAll(Further, c => c.AsSpan(0, count).ToArray())),
        };
    }
}
