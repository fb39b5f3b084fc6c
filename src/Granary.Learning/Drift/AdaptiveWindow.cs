using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Learning.Drift;

/// <summary>
/// ADWIN (Bifet and Gavaldà 2007): a window of recent values that is cut if the means of its older and newer part differ significantly. It
/// keeps buckets of 1, 2, 4, … values, so its memory grows with the logarithm of the window length.
/// </summary>
/// <param name="delta">Probability of a false cut.</param>
/// <param name="clock">The number of values between two examinations of the window.</param>
/// <param name="maxBuckets">The number of buckets of one size before two are merged.</param>
/// <param name="minWindowLength">The shortest part to compare, in values.</param>
/// <param name="gracePeriod">The window is examined only if it is longer than this, in values.</param>
[DriftDetector("adwin", "A window that is cut where the means of its parts differ (Bifet and Gavaldà 2007).")]
internal sealed class AdaptiveWindow(
    [Range(1e-12, 0.999)] double delta = 0.002,
    [Range(1, 1_000_000)] int clock = 32,
    [Range(2, 1000)] int maxBuckets = 5,
    [Range(1, 1_000_000)] int minWindowLength = 5,
    [Range(0, 1_000_000_000)] int gracePeriod = 10) : IDriftDetector
{
    private readonly List<BucketRow> _rows = [new(maxBuckets)];
    private int _used = 1, _tick;
    private double _width, _total, _deviation;
    private bool _drifted;

    /// <summary>The number of values in the window.</summary>
    public int Width => (int)_width;

    /// <summary>Mean of the window; NaN if it is empty.</summary>
    public double Mean => _total / _width;

    public DriftSignal Add(double value)
    {
        if (_drifted) Reset();
        if (_width > 0)
        {
            var apart = value - _total / _width;
            _deviation += _width * apart * apart / (_width + 1);
        }
        _width++;
        _total += value;
        _rows[0].Add(value, 0);
        Compress();
        if (++_tick % clock == 0 && _width > gracePeriod)
            while (CutOnce()) _drifted = true;
        return _drifted ? DriftSignal.Drift : DriftSignal.None;
    }

    private void Reset()
    {
        _rows.Clear();
        _rows.Add(new BucketRow(maxBuckets));
        (_used, _tick, _width, _total, _deviation, _drifted) = (1, 0, 0, 0, 0, false);
    }

    // Merges the two oldest buckets of each size that has too many.
    private void Compress()
    {
        for (var r = 0; r < _used && _rows[r].Count > maxBuckets; r++)
        {
            if (r + 1 == _used)
            {
                if (_used == _rows.Count) _rows.Add(new BucketRow(maxBuckets));
                _used++;
            }
            var (row, size) = (_rows[r], Math.ScaleB(1, r));
            var apart = row.Totals[0] / size - row.Totals[1] / size;
            _rows[r + 1].Add(row.Totals[0] + row.Totals[1], row.Deviations[0] + row.Deviations[1]
                + size * size * apart * apart / (2 * size));
            row.RemoveOldest(2);
        }
    }

    // Whether any cut, from the oldest on, separates parts with different means; if so, the oldest bucket is dropped.
    private bool CutOnce()
    {
        double before = 0, after = _width, totalBefore = 0, totalAfter = _total;
        for (var r = _used - 1; r >= 0; r--)
        {
            var (row, size) = (_rows[r], Math.ScaleB(1, r));
            for (var k = 0; k < row.Count; k++)
            {
                before += size;
                after -= size;
                totalBefore += row.Totals[k];
                totalAfter -= row.Totals[k];
                if (before < minWindowLength || after < minWindowLength
                    || !Differ(before, after, totalBefore / before - totalAfter / after)) continue;
                DropOldest();
                return true;
            }
        }
        return false;
    }

    // The bound of the paper's section 4: a normal term with the window's variance, and a correction for small parts.
    private bool Differ(double before, double after, double difference)
    {
        var confidence = PortableMath.Log(2 * PortableMath.Log(_width) / delta);
        var harmonic = 1 / (before - minWindowLength + 1) + 1 / (after - minWindowLength + 1);
        var bound = Math.Sqrt(2 * harmonic * (_deviation / _width) * confidence) + 2.0 / 3 * confidence * harmonic;
        return Math.Abs(difference) > bound;
    }

    private void DropOldest()
    {
        var (row, size) = (_rows[_used - 1], Math.ScaleB(1, _used - 1));
        _width -= size;
        _total -= row.Totals[0];
        var apart = row.Totals[0] / size - _total / _width;
        _deviation -= row.Deviations[0] + size * _width * apart * apart / (size + _width);
        row.RemoveOldest(1);
        if (row.Count == 0) _used--;
    }

    // Buckets of one size, oldest first: sums of values, and of squared deviations from their means.
    private sealed class BucketRow(int most)
    {
        public double[] Totals { get; } = new double[most + 1];

        public double[] Deviations { get; } = new double[most + 1];

        public int Count { get; private set; }

        public void Add(double total, double deviation)
        {
            (Totals[Count], Deviations[Count]) = (total, deviation);
            Count++;
        }

        public void RemoveOldest(int count)
        {
            Array.Copy(Totals, count, Totals, 0, Count - count);
            Array.Copy(Deviations, count, Deviations, 0, Count - count);
            Count -= count;
        }
    }
}
