using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>Consecutive bars of a file as columns: raw prices, and the adjusted close if there is one.</summary>
internal sealed class BarColumns(int capacity, bool withAdjusted)
{
    public readonly long[] Time = new long[capacity];
    public readonly double[] Open = new double[capacity];
    public readonly double[] High = new double[capacity];
    public readonly double[] Low = new double[capacity];
    public readonly double[] Close = new double[capacity];
    public readonly double[] Volume = new double[capacity];
    public readonly double[]? Adjusted = withAdjusted ? new double[capacity] : null;

    public int Count { get; set; }

    public bool HasAdjusted => Adjusted is not null;

    /// <summary>The number of bytes per bar.</summary>
    public static int BytesPerBar(bool withAdjusted) => withAdjusted ? 56 : 48;

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
        if (Count == Time.Length) return new BarBlock(firstIndex, Time, Open, High, Low, Close, Volume);
        return new BarBlock(firstIndex, Time.AsSpan(0, Count).ToArray(), Open.AsSpan(0, Count).ToArray(), High.AsSpan(0, Count).ToArray(),
            Low.AsSpan(0, Count).ToArray(), Close.AsSpan(0, Count).ToArray(), Volume.AsSpan(0, Count).ToArray());
    }
}
