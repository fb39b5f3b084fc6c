using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis.Resampling;

/// <summary>
/// Draws paths from an account's record. Each path has random numbers of its own, so hosts may draw ranges of paths on several
/// threads: first <see cref="Draw"/> for all paths, then <see cref="Sort"/> for all <see cref="Positions"/>, then <see cref="Result"/>.
/// </summary>
internal sealed class PathSample
{
    private readonly AccountPath _account;
    private readonly ResamplingMethod _method;
    private readonly ResamplingPlan _plan;
    private readonly ReturnLaw _law;
    private readonly int[] _fan;
    private readonly (int Months, int Position)[] _horizons;
    // By path.
    private readonly double[] _drawdown, _underwater, _highest, _lowest, _critical;
    // [positions of the fan and of the horizons][paths]: equity as a multiple of the start.
    private readonly double[][] _equity;

    /// <param name="account">Not ruined, with at least two returns.</param>
    public PathSample(AccountPath account, ResamplingMethod method, ResamplingPlan plan)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(account.Count, 2);
        if (account.IsRuined) throw new ArgumentException("the returns of a ruined account are undefined", nameof(account));
        (_account, _method, _plan) = (account, method, plan);
        _law = new ReturnLaw(account.Returns);
        var n = account.Count;
        Paths = plan.PathsOf(n);
        var points = Math.Min(n, ResamplingPlan.FanPoints);
        int[] places = [.. Enumerable.Range(1, points).Select(k => (int)((long)n * k / points))];
        // Of several returns that end at one time, a chart shows the last.
        _fan = [.. places.Where((p, k) => p == n || account.Times[places[k + 1]] != account.Times[p])];
        // The other methods keep the record's own profits, so that a loss at a time says little.
        _horizons = method != ResamplingMethod.Bootstrap ? []
            : [.. ResamplingPlan.Months.Select(m => (m, Place(m))).Where(h => h.Item2 >= 1 && h.Item2 <= n)];
        _equity = [.. _fan.Concat(_horizons.Select(h => h.Position)).Select(_ => new double[Paths])];
        (_drawdown, _underwater) = (new double[Paths], new double[Paths]);
        (_highest, _lowest, _critical) = (new double[Paths], new double[Paths], new double[Paths]);
    }

    /// <summary>The number of paths to draw.</summary>
    public int Paths { get; }

    /// <summary>Expected length of a block, in returns; NaN without blocks.</summary>
    public double MeanBlock => _method == ResamplingMethod.Bootstrap ? _law.MeanBlock : double.NaN;

    /// <summary>The number of positions to sort.</summary>
    public int Positions => _fan.Length;

    // Months have returns at the mean distance of the record.
    private int Place(int months)
    {
        var returns = months * (365.25 / 12) * _account.Count / _account.Days;
        return returns < 1e9 ? (int)Math.Round(returns) : int.MaxValue;
    }

    /// <summary>Draws the paths from one index up to a second one. Ranges that do not overlap may be drawn at once.</summary>
    public void Draw(int from, int to)
    {
        var n = _account.Count;
        var (order, returns) = (new int[n], new double[n]);
        for (var path = from; path < to; path++)
        {
            Fill(path, order, returns);
            Follow(path, returns);
            _critical[path] = CriticalSize.Of(returns, 1 - _plan.Ruin);
        }
    }

    /// <summary>Sorts the positions of the fan from one index up to a second one, after all paths are drawn.</summary>
    public void Sort(int from, int to)
    {
        for (var k = from; k < to; k++) Array.Sort(_equity[k]);
    }

    /// <summary>The figures of all paths.</summary>
    public ResampledAccount Result()
    {
        var own = new PathSample(_account, _plan);
        own.Follow(0, _account.Returns);
        var (start, count) = (_account.Values[0], (double)Paths);
        double[] before = _account.Times[_fan[0]] == _account.Times[0] ? [] : [start];
        int[] all = before.Length == 0 ? _fan : [0, .. _fan];
        return new ResampledAccount
        {
            Method = _method,
            Paths = Paths,
            Returns = _account.Count,
            MeanBlock = MeanBlock,
            Times = [.. all.Select(i => _account.Times[i])],
            Equity = [.. all.Select(i => _account.Values[i])],
            Fan = [.. ResamplingPlan.Quantiles.Select(q => (IReadOnlyList<double>)[.. before,
                .. Enumerable.Range(0, _fan.Length).Select(k => start * Quantile.Linear(_equity[k], q))])],
            FinalEquity = new QuantileRow(_account.Values[^1],
                [.. ResamplingPlan.Quantiles.Select(q => start * Quantile.Linear(_equity[_fan.Length - 1], q))]),
            MaxDrawdown = Row(own._drawdown[0], _drawdown),
            UnderwaterDays = Row(own._underwater[0], _underwater),
            Ruin = _lowest.Count(v => v <= 1 - _plan.Ruin) / count,
            Goal = _highest.Count(v => v >= 1 + _plan.Goal) / count,
            Losses = [.. _horizons.Select((h, k) => new HorizonLoss(h.Months, _equity[_fan.Length + k].Count(v => v < 1) / count))],
            Sizes = Sizes(),
        };
    }

    // For the account's own path.
    private PathSample(AccountPath account, ResamplingPlan plan)
        : this(account, ResamplingMethod.Order, plan with { Paths = 1, Steps = long.MaxValue })
    {
    }

    private static QuantileRow Row(double own, double[] values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return new QuantileRow(own, [.. ResamplingPlan.Quantiles.Select(q => Quantile.Linear(sorted, q))]);
    }

    private RiskSize[] Sizes()
    {
        double[] sorted = [.. _critical];
        Array.Sort(sorted);
        return [.. ResamplingPlan.Risks
            .Select(risk => new RiskSize(risk, sorted[Math.Min((int)(risk * sorted.Length), sorted.Length - 1)]))];
    }

    private void Fill(int path, int[] order, double[] returns)
    {
        if (_method == ResamplingMethod.Bootstrap)
        {
            _law.Draw(new StationaryBootstrap(returns.Length, _law.MeanBlock, SplitMix64.Mix(unchecked(_plan.Seed + (ulong)path))), order,
                returns);
            return;
        }
        var random = new PortableRandom(unchecked((long)_plan.Seed), path);
        _account.Returns.CopyTo(returns);
        if (_method == ResamplingMethod.Order) random.Shuffle<double>(returns);
        else
            for (var t = 0; t < returns.Length; t++)
                if (random.NextDouble() < _plan.Skip) returns[t] = 0;
    }

    private void Follow(int path, ReadOnlySpan<double> returns)
    {
        double equity = 1, peak = 1, trough = 1, highest = 1, lowest = 1, drawdown = 0;
        long longest = 0;
        var times = _account.Times;
        int peakAt = 0, fan = 0, horizon = 0;
        for (var t = 1; t <= returns.Length; t++)
        {
            equity *= Math.Max(0, 1 + returns[t - 1]);
            if (equity >= peak)
            {
                if (trough < peak)
                {
                    drawdown = Math.Max(drawdown, 1 - trough / peak);
                    longest = Math.Max(longest, times[t] - times[peakAt]);
                }
                (peak, trough, peakAt) = (equity, equity, t);
                highest = Math.Max(highest, equity);
            }
            else if (equity < trough)
            {
                trough = equity;
                lowest = Math.Min(lowest, equity);
            }
            if (fan < _fan.Length && _fan[fan] == t) _equity[fan++][path] = equity;
            while (horizon < _horizons.Length && _horizons[horizon].Position == t) _equity[_fan.Length + horizon++][path] = equity;
        }
        if (trough < peak)
        {
            drawdown = Math.Max(drawdown, 1 - trough / peak);
            longest = Math.Max(longest, times[^1] - times[peakAt]);
        }
        (_drawdown[path], _underwater[path]) = (drawdown, longest / (double)TimeSpan.TicksPerDay);
        (_highest[path], _lowest[path]) = (highest, lowest);
    }
}
