using System.Globalization;
using Granary.Backtesting.Tests.Validation;

namespace Granary.Benchmarks.Validation;

/// <summary>
/// How often a portfolio may be traded that was found by changing only the portfolio of the same strategies: on noise with and without the
/// trial ledger, and of honest work over a planted edge.
/// </summary>
internal static class PortfolioClimbs
{
    /// <param name="climbs">Climbs of each kind.</param>
    /// <param name="runs">Runs of each climb.</param>
    /// <param name="name">Of the rows, or a part of it; all where it is empty.</param>
    /// <returns>Whether at most one of twenty climbs on noise passed with the ledger.</returns>
    public static bool Run(int climbs, int runs, string name)
    {
        Console.WriteLine("medians of Sharpe ratio, luck bar, deflated Sharpe ratio and effective trials; runs: until a portfolio may be traded");
        Console.WriteLine($"{"row",-52} {"n",4} {"traded",6} {"runs",5} {"Sharpe",6} {"bar",5} {"defl.",6} {"trials",6}");
        var holds = true;
        foreach (var choice in Enum.GetValues<ClimbedChoice>())
            foreach (var counts in (bool[])[true, false])
            {
                var passed = Row($"noise, {choice}, {(counts ? "ledger" : "no ledger")}", climbs,
                    seed => Climb(seed, counts, choice, runs), name);
                holds &= !counts || passed * 20 <= Math.Max(20, climbs);
            }
        foreach (var markets in (int[])[3, 12, 24])
            foreach (var counts in (bool[])[true, false])
                Row(Text($"noise, best of each of {markets} markets, {(counts ? "ledger" : "no ledger")}"), climbs,
                    seed => List(seed, counts, markets), name);
        foreach (var drift in (double[])[0.15, 0.2, 0.25])
            foreach (var portfolios in (int[])[1, 5, 20])
                Row(Text($"honest work, drift {drift:0.00} % a day, {portfolios} portfolios"), climbs,
                    seed => Work(seed, drift / 100, portfolios), name);
        return holds;
    }

    private static PortfolioClimb.Result Climb(int seed, bool counts, ClimbedChoice choice, int runs)
    {
        using var climb = new PortfolioClimb(seed, counts: counts);
        return climb.ClimbAsync(choice, runs, CancellationToken.None).GetAwaiter().GetResult();
    }

    private static PortfolioClimb.Result List(int seed, bool counts, int markets)
    {
        using var climb = new PortfolioClimb(seed, counts: counts, markets: markets);
        return climb.ListBestAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    private static PortfolioClimb.Result Work(int seed, double drift, int portfolios)
    {
        using var work = new PortfolioClimb(seed, drift);
        return work.WorkAsync(portfolios, CancellationToken.None).GetAwaiter().GetResult();
    }

    private static int Row(string name, int n, Func<int, PortfolioClimb.Result> of, string filter)
    {
        if (n == 0 || !name.Contains(filter, StringComparison.Ordinal)) return 0;
        var results = new PortfolioClimb.Result[n];
        Parallel.For(0, n, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i => results[i] = of(i + 1));
        double Median(Func<PortfolioClimb.Result, double> figure) => results.Select(figure).Order().ElementAt(n / 2);
        var passed = results.Count(r => r.Passed);
        Console.WriteLine(Text($"{name,-52} {n,4} {passed,6} {Median(r => r.Runs),5} {Median(r => r.Sharpe),6:0.00} ")
            + Text($"{Median(r => r.LuckBar),5:0.00} {Median(r => r.Deflated),6:0.000} {Median(r => r.EffectiveTrials),6:0.0}"));
        return passed;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
