namespace Granary.Recompute.Tests.Figures;

/// <summary>The paths of an account by one method of docs/resampling.md, drawn again with the same random numbers.</summary>
internal sealed class ResampledPaths
{
    private readonly List<(DateTime Time, double Equity)> _record;
    private readonly double[] _returns;
    private readonly double[][] _paths;
    private readonly double _level;
    private double[]? _critical;

    /// <param name="record">The start, and the equity after each return.</param>
    /// <param name="method">periods, trades, order or skipped.</param>
    /// <param name="level">Of ruin, a fraction of the start.</param>
    public ResampledPaths(List<(DateTime Time, double Equity)> record, string method, int paths, ulong seed, double level, double skip)
    {
        (_record, _level) = (record, level);
        _returns = [.. record.Zip(record.Skip(1), (a, b) => b.Equity / a.Equity - 1)];
        seed = DocumentedRandom.Named(seed, "resampling " + method);
        if (method is "periods" or "trades") (Block, Widening) = BlockOf(_returns);
        _paths = [.. Enumerable.Range(0, paths).Select(p => Equity(method switch
        {
            "order" => Shuffled(DocumentedRandom.Xoshiro(seed, (ulong)p)),
            "skipped" => Skipped(DocumentedRandom.Xoshiro(seed, (ulong)p), skip),
            _ => Drawn(DocumentedRandom.SplitMix(DocumentedRandom.Mix(seed + (ulong)p))),
        }))];
    }

    public int Returns => _returns.Length;

    public double Block { get; } = 1;

    private double Widening { get; } = 1;

    public double Start => _record[0].Equity;

    /// <summary>The length of block that suits the sizes of the returns.</summary>
    public double Storm
    {
        get
        {
            var mean = _returns.Average();
            return BlockOf([.. _returns.Select(r => Math.Abs(r - mean))]).Block;
        }
    }

    public double Kurtosis
    {
        get
        {
            var mean = _returns.Average();
            var m2 = _returns.Average(r => Math.Pow(r - mean, 2));
            return _returns.Average(r => Math.Pow(r - mean, 4)) / (m2 * m2);
        }
    }

    /// <summary>The places of the fan, the start among them; of several at one time the last.</summary>
    public List<int> Places => [.. Enumerable.Range(0, Math.Min(100, Returns) + 1)
        .Select(k => (int)((long)Returns * k / Math.Min(100, Returns))).GroupBy(TimeAt).Select(g => g.Last())];

    public DateTime TimeAt(int place) => _record[place].Time;

    public double OwnAt(int place) => _record[place].Equity;

    public double EquityAt(int place, double quantile) => Start * Quantile([.. _paths.Select(p => p[place])], quantile);

    /// <summary>A figure of the record itself, and its quantiles.</summary>
    public (double Own, Func<double, double> Quantile) Figure(string name)
    {
        double Of(double[] path) => name switch
        {
            "finalEquity" => Start * path[^1],
            "maxDrawdown" => Deepest(path),
            _ => Longest(path),
        };
        double[] values = [.. _paths.Select(Of)];
        return (Of([.. _record.Select(r => r.Equity / Start)]), q => Quantile(values, q));
    }

    public double Ruin => Share(p => p.Min() <= _level);

    public double Goal(double profit) => Share(p => p.Max() >= 1 + profit);

    public double Loss(int months)
    {
        var days = (_record[^1].Time - _record[0].Time).TotalDays;
        var place = (int)Math.Round(months * (365.25 / 12) * Returns / days);
        return Share(p => p[place] < 1);
    }

    /// <summary>The horizons in months that lie within the record.</summary>
    public IEnumerable<int> Horizons => new[] { 1, 3, 6, 12, 24, 36, 60, 120 }.Where(m =>
        Math.Round(m * (365.25 / 12) * Returns / (_record[^1].Time - _record[0].Time).TotalDays) is >= 1 and var at && at <= Returns);

    /// <summary>The size at which a share of the paths is ruined; infinite above 1,024.</summary>
    public double Size(double risk)
    {
        _critical ??= [.. _paths.Select(Critical).Order()];
        return _critical[Math.Min((int)(risk * _critical.Length), _critical.Length - 1)];
    }

    private double Share(Func<double[], bool> happens) => _paths.Count(happens) / (double)_paths.Length;

    private static double[] Equity(double[] returns)
    {
        var path = new double[returns.Length + 1];
        path[0] = 1;
        for (var t = 0; t < returns.Length; t++) path[t + 1] = path[t] * Math.Max(0, 1 + returns[t]);
        return path;
    }

    private double[] Shuffled(Func<ulong> bits)
    {
        double[] order = [.. _returns];
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = (int)((bits() >> 32) * (ulong)(i + 1) >> 32);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    private double[] Skipped(Func<ulong> bits, double share) =>
        [.. _returns.Select(r => (bits() >> 11) / 9007199254740992.0 < share ? 0 : r)];

    private double[] Drawn(Func<double> uniform)
    {
        double[] Blocks()
        {
            var drawn = new double[Returns];
            var at = 0;
            for (var t = 0; t < Returns; t++)
            {
                at = t == 0 || uniform() < 1 / Block ? (int)(uniform() * Returns) : (at + 1) % Returns;
                drawn[t] = _returns[at];
            }
            return drawn;
        }
        var (world, future) = (Blocks(), Blocks());
        var scale = Math.Min(3, Deviation(_returns) / Deviation(world)) * Widening;
        var (mean, other) = (_returns.Average(), world.Average());
        return [.. future.Select(r => mean + scale * (r - other))];
    }

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }

    // Politis and White 2004, and by how much the blocks make the long-run variance too small.
    private static (double Block, double Widening) BlockOf(double[] values)
    {
        var n = values.Length;
        var mean = values.Average();
        double Covariance(int lag) => Enumerable.Range(lag, n - lag).Sum(t => (values[t] - mean) * (values[t - lag] - mean)) / n;
        var run = Math.Max(5, (int)Math.Ceiling(Math.Log10(n)));
        var most = Math.Min(n - 1, (int)Math.Ceiling(Math.Sqrt(n)) + run);
        double[] r = [.. Enumerable.Range(0, most + 1).Select(Covariance)];
        var bound = 2 * Math.Sqrt(Math.Log10(n) / n) * r[0];
        var quiet = Enumerable.Range(0, most - run + 1).Select(l => (int?)l)
            .FirstOrDefault(l => Enumerable.Range(1, run).All(k => Math.Abs(r[l!.Value + k]) < bound));
        var last = quiet is { } found ? Math.Max(1, found)
            : Enumerable.Range(1, most).LastOrDefault(l => Math.Abs(r[l]) >= bound, 1);
        var lags = Math.Min(2 * last, most);
        double g = 0, spectrum = r[0];
        for (var l = 1; l <= lags; l++)
        {
            var window = Math.Min(1, 2 * (1 - l / (double)lags));
            g += 2 * window * l * r[l];
            spectrum += 2 * window * r[l];
        }
        var block = spectrum <= 0 ? 1
            : Math.Clamp(Math.Cbrt(g * g / (spectrum * spectrum) * n), 1, Math.Max(1, Math.Min(3 * Math.Sqrt(n), n / 3.0)));
        var ofBlocks = r[0];
        for (var l = 1; block > 1 && l <= n / 2 && Math.Pow(1 - 1 / block, l) >= 1e-6; l++)
            ofBlocks += 2 * Math.Pow(1 - 1 / block, l)
                * Enumerable.Range(0, n).Sum(t => (values[t] - mean) * (values[(t + l) % n] - mean)) / n;
        return (block, Math.Sqrt(Math.Clamp(spectrum / ofBlocks, 1, 2)));
    }

    private static double Deepest(double[] path)
    {
        double peak = 0, deepest = 0;
        foreach (var v in path)
        {
            peak = Math.Max(peak, v);
            deepest = Math.Max(deepest, 1 - v / peak);
        }
        return deepest;
    }

    private double Longest(double[] path)
    {
        var (peak, longest) = (0, TimeSpan.Zero);
        for (var t = 1; t < path.Length; t++)
        {
            var isRecovered = path[t] >= path[peak];
            // Nothing is under water from one peak to the next.
            if ((isRecovered || t == path.Length - 1) && t > peak + (isRecovered ? 1 : 0))
            {
                var time = _record[t].Time - _record[peak].Time;
                if (time > longest) longest = time;
            }
            if (isRecovered) peak = t;
        }
        return longest.TotalDays;
    }

    // By halving the range of the logarithm.
    private double Critical(double[] path)
    {
        double[] returns = [.. path.Zip(path.Skip(1), (a, b) => b / a - 1)];
        bool Survives(double size)
        {
            var equity = 1.0;
            foreach (var r in returns)
                if (!((equity *= 1 + size * r) > _level)) return false;
            return true;
        }
        if (Survives(1024)) return double.PositiveInfinity;
        double low = -10, high = 10;
        for (var i = 0; i < 30; i++)
            if (Survives(Math.Pow(2, (low + high) / 2))) low = (low + high) / 2;
            else high = (low + high) / 2;
        return Math.Pow(2, low);
    }

    private static double Quantile(double[] values, double share)
    {
        Array.Sort(values);
        var at = share * (values.Length - 1);
        var low = (int)at;
        return values[low] + (at - low) * (values[Math.Min(low + 1, values.Length - 1)] - values[low]);
    }
}
