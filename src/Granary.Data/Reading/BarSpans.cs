using System.Diagnostics;

namespace Granary.Data.Reading;

/// <summary>Consecutive rows of a table by column, before they are known to be bars.</summary>
internal readonly ref struct BarSpans
{
    public required ReadOnlySpan<long> Time { get; init; }

    public required ReadOnlySpan<double> Open { get; init; }

    public required ReadOnlySpan<double> High { get; init; }

    public required ReadOnlySpan<double> Low { get; init; }

    public required ReadOnlySpan<double> Close { get; init; }

    /// <summary>Empty if the table has no volume, which is 0 then.</summary>
    public ReadOnlySpan<double> Volume { get; init; }

    /// <summary>Empty if the table has no adjusted close.</summary>
    public ReadOnlySpan<double> Adjusted { get; init; }

    /// <summary>The further columns; the arrays may be longer than the rows.</summary>
    public required double[][] Further { get; init; }

    public int Count => Time.Length;

    /// <summary>Whether each row is a valid bar, later than the one before.</summary>
    public bool AreBars()
    {
        var time = Time;
        var open = Open[..time.Length];
        var high = High[..time.Length];
        var low = Low[..time.Length];
        var close = Close[..time.Length];
        var valid = true;
        for (var i = 1; i < time.Length; i++) valid &= time[i] > time[i - 1];
        for (var i = 0; i < time.Length; i++) valid &= BarCollector.IsBar(open[i], high[i], low[i], close[i], 0);
        foreach (var volume in Volume) valid &= volume >= 0 & volume < double.PositiveInfinity;
        foreach (var adjusted in Adjusted) valid &= adjusted > 0 & adjusted < double.PositiveInfinity;
        foreach (var values in Further)
            foreach (var value in values.AsSpan(0, Count))
                valid &= !double.IsInfinity(value);
        return valid;
    }

    /// <summary>Copies rows behind the rows of <paramref name="target"/>.</summary>
    public void CopyTo(BarColumns target, int start, int count)
    {
        Debug.Assert(target.Count + count <= target.Time.Length, "the rows do not fit");
        var at = target.Count;
        Time.Slice(start, count).CopyTo(target.Time.AsSpan(at));
        Open.Slice(start, count).CopyTo(target.Open.AsSpan(at));
        High.Slice(start, count).CopyTo(target.High.AsSpan(at));
        Low.Slice(start, count).CopyTo(target.Low.AsSpan(at));
        Close.Slice(start, count).CopyTo(target.Close.AsSpan(at));
        if (!Volume.IsEmpty) Volume.Slice(start, count).CopyTo(target.Volume.AsSpan(at));
        if (target.Adjusted is { } adjusted)
        {
            if (Adjusted.IsEmpty) adjusted.AsSpan(at, count).Fill(1);
            else Adjusted.Slice(start, count).CopyTo(adjusted.AsSpan(at));
        }
        for (var f = 0; f < Further.Length; f++) Further[f].AsSpan(start, count).CopyTo(target.Further[f].AsSpan(at));
        target.Count = at + count;
    }
}
