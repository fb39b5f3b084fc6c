using System.Diagnostics;
using System.Globalization;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Resampling;
using Granary.Engine.Numerics;

namespace Granary.Benchmarks.Validation;

/// <summary>
/// How often another record of a known law ends within the range of 9 of 10 paths (docs/resampling.md), and how long 10,000 paths take.
/// </summary>
internal static class ResamplingCoverage
{
    private const double Mean = 0.0004, Deviation = 0.01, Ruin = 0.2;

    // From: the number of days from which the page promises 88 to 92 %.
    // Shock and Storm: the GARCH(1,1) coefficients of volatility.
    private sealed record Law(string Name, double Memory, int Freedom, int From = int.MaxValue, double Shock = 0, double Storm = 0);

    private static readonly Law[] s_laws =
    [
        new("independent normal", 0, 0, 250), new("autocorrelation 0.2", 0.2, 0, 500), new("fat tails (t, 5 degrees)", 0, 5, 250),
        new("fat tails (t, 3 degrees)", 0, 3), new("autocorrelation 0.5", 0.5, 0),
        new("clustered volatility (0.05, 0.93)", 0, 0, Shock: 0.05, Storm: 0.93),
        new("clustered volatility (0.1, 0.88)", 0, 0, Shock: 0.1, Storm: 0.88),
    ];

    /// <summary>Measures the coverage by law and length.</summary>
    /// <returns>Whether it is 88 to 92 % for the laws and lengths for which the page promises it.</returns>
    /// <param name="name">Of the laws, or a part of it; all where it is empty.</param>
    public static bool Run(int accounts, int paths, string name)
    {
        Console.WriteLine($"share of other records in the range of 9 of 10 paths; ruin at a loss of {100 * Ruin:0} %: mean of the shown "
            + "probability, share of other records; cautions: share of accounts with blocks that a caution names");
        Console.WriteLine("law                                days  end    drawdown  under water  end, without uncertainty  ruin shown  "
            + "true   cautions");
        var holds = true;
        foreach (var law in s_laws.Where(l => l.Name.Contains(name, StringComparison.Ordinal)))
            foreach (var days in new[] { 60, 125, 250, 500, 1000, 2500 })
            {
                int end = 0, drawdown = 0, underwater = 0, plain = 0, ruined = 0, dependent = 0;
                var shown = new double[accounts];
                Parallel.For(0, accounts, k =>
                {
                    var random = new PortableRandom(1000 * days + law.Name.Length, k);
                    var account = Account(ref random, law, days);
                    var other = new PathSample(Account(ref random, law, days), ResamplingMethod.Skipped,
                        new ResamplingPlan(1, Ruin: Ruin, Skip: 0));
                    var (result, next) = (Of(account, paths, (ulong)k), Drawn(other));
                    var naive = Naive(account, paths, (ulong)k);
                    Add(ref end, Covers(result.FinalEquity.Values, next.FinalEquity.Own));
                    Add(ref drawdown, Covers(result.MaxDrawdown.Values, next.MaxDrawdown.Own));
                    Add(ref underwater, Covers(result.UnderwaterDays.Values, next.UnderwaterDays.Own));
                    shown[k] = result.Ruin;
                    Add(ref ruined, next.Ruin > 0);
                    Add(ref dependent, result.MeanBlock > 2 && result.MeanBlock * 50 > days);
                    Add(ref plain, Covers(naive, next.FinalEquity.Own));
                });
                double Share(int count) => count / (double)accounts;
                if (days >= law.From) holds &= Share(end) is >= 0.88 and <= 0.92 && Share(drawdown) is >= 0.88 and <= 0.92;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{law.Name,-34} {days,4}  {Share(end):0.000}  {Share(drawdown),8:0.000}  {Share(underwater),11:0.000}  "
                        + $"{Share(plain),23:0.000}  {shown.Average(),10:0.000}  {Share(ruined):0.000}  {Share(dependent):0.000}"));
            }
        return holds;
    }

    /// <summary>Times 10,000 paths of 2,500 days on one thread and on all of them.</summary>
    public static void Time()
    {
        var random = new PortableRandom(1);
        var account = Account(ref random, s_laws[0], 2500);
        foreach (var threads in new[] { 1, Environment.ProcessorCount })
        {
            var (best, computing) = (double.PositiveInfinity, double.PositiveInfinity);
            for (var turn = 0; turn < 5; turn++)
            {
                var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
                var sample = new PathSample(account, ResamplingMethod.Bootstrap, new ResamplingPlan(10_000));
                var options = new ParallelOptions { MaxDegreeOfParallelism = threads };
                Parallel.For(0, sample.Paths / 50, options, k => sample.Draw(k * 50, k * 50 + 50));
                Parallel.For(0, sample.Positions, options, k => sample.Sort(k, k + 1));
                sample.Result();
                best = Math.Min(best, clock.Elapsed.TotalSeconds);
                computing = Math.Min(computing, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"10,000 paths of 2,500 days, {threads} threads: {best:0.000} s, of processors {computing:0.000} s"));
        }
    }

    private static void Add(ref int count, bool covered)
    {
        if (covered) Interlocked.Increment(ref count);
    }

    private static bool Covers(IReadOnlyList<double> quantiles, double value) => value >= quantiles[0] && value <= quantiles[^1];

    private static ResampledAccount Of(AccountPath account, int paths, ulong seed) =>
        Drawn(new PathSample(account, ResamplingMethod.Bootstrap, new ResamplingPlan(paths, seed, Ruin: Ruin)));

    private static ResampledAccount Drawn(PathSample sample)
    {
        sample.Draw(0, sample.Paths);
        sample.Sort(0, sample.Positions);
        return sample.Result();
    }

    // What a bootstrap of the returns alone gives, which takes their mean for that of the law.
    private static double[] Naive(AccountPath account, int paths, ulong seed)
    {
        var returns = account.Returns;
        var ends = new double[paths];
        var bootstrap = new StationaryBootstrap(returns.Length, BlockLength.Of(returns), seed);
        var order = new int[returns.Length];
        for (var p = 0; p < paths; p++)
        {
            bootstrap.NextOrder(order);
            ends[p] = account.Values[0];
            foreach (var i in order) ends[p] *= 1 + returns[i];
        }
        Array.Sort(ends);
        return [Quantile.Linear(ends, 0.05), Quantile.Linear(ends, 0.95)];
    }

    private static AccountPath Account(ref PortableRandom random, Law law, int days)
    {
        var (times, values) = (new long[days + 1], new double[days + 1]);
        var (before, variance) = (0.0, 1.0);
        values[0] = 100_000;
        for (var t = 1 - 250; t <= days; t++)
        {
            var shock = random.NextGaussian();
            if (law.Freedom > 0)
            {
                double squares = 0;
                for (var i = 0; i < law.Freedom; i++) squares += random.NextGaussian() is var z ? z * z : 0;
                shock *= Math.Sqrt((law.Freedom - 2) / squares);
            }
            shock *= Math.Sqrt(variance);
            variance = 1 - law.Shock - law.Storm + law.Shock * shock * shock + law.Storm * variance;
            before = law.Memory * before + Math.Sqrt(1 - law.Memory * law.Memory) * shock;
            if (t < 1) continue;
            times[t] = t * TimeSpan.TicksPerDay;
            values[t] = values[t - 1] * (1 + Mean + Deviation * before);
        }
        return new AccountPath(times, values);
    }
}
