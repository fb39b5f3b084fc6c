using System.Globalization;
using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Resampling;
using Granary.Engine.Numerics;
using Granary.Reporting.Runs;

namespace Granary.Backtesting.Resampling;

/// <summary>Resamples an account's record by each method: what could have happened.</summary>
internal static class AccountResampling
{
    // With fewer returns, the range is a guess (docs/resampling.md).
    private const int LeastReturns = 20;

    // Below, the range covers less than 88 %, of returns that depend on one another below the larger number (docs/resampling.md).
    private const int FewReturns = 250, FewDependent = 500;
    private const double Dependent = 2;

    // Returns of one volatility have a longer block in 1 record of 100 (docs/resampling.md).
    private const double Clustered = 4;

    // A fourth standardised moment above that of Student's t with five degrees of freedom.
    private const double HeavyTails = 9;

    // More trades than one at once, on average.
    private const double Overlapping = 1.5;

    /// <param name="threads">The result does not depend on them.</param>
    public static ResamplingResults Of(ResampledRecord record, ResamplingPlan plan, int threads) => new()
    {
        Seed = plan.Seed,
        Goal = plan.Goal,
        Ruin = plan.Ruin,
        Skip = plan.Skip,
        Quantiles = ResamplingPlan.Quantiles,
        Methods =
        [
            Drawn(new ResampledMethod("periods", $"Another record, from its {record.Unit}s",
                $"Paths of the same length from blocks of {record.Unit}s of the record. The range includes that the record shows the mean "
                    + $"and the volatility of the account only roughly: another record of the same law ends in it 9 times of 10.",
                record.Unit, record.Periods.Count), record.Periods, ResamplingMethod.Bootstrap, plan, threads),
            .. record.Trades is { } trades ? OfTrades(trades, record.OpenAtOnce, plan, threads) : [],
        ],
    };

    private static IEnumerable<ResampledMethod> OfTrades(AccountPath trades, double openAtOnce, ResamplingPlan plan,
        int threads)
    {
        string[] together = openAtOnce < Overlapping ? []
            : [string.Create(CultureInfo.InvariantCulture, $"{openAtOnce:0.#} trades were open at once on average: what moved them ")
                + "together is lost, so that the drawdowns are too small."];
        ResampledMethod Of(string method, string title, string meaning, ResamplingMethod kind) =>
            Drawn(new ResampledMethod(method, title, meaning, "trade", trades.Count), trades, kind, plan, threads);
        yield return Of("trades", "Another record, from its trades",
            "The same with closed trades instead, each with its profit in percent of the realised equity before it.",
            ResamplingMethod.Bootstrap);
        yield return Of("order", "The same trades in another order",
            "The end stays, since each trade keeps its profit in percent. What changes is the path: its drawdowns and how long they last.",
            ResamplingMethod.Order) with
        { Cautions = together };
        yield return Of("skipped", string.Create(CultureInfo.InvariantCulture, $"{100 * plan.Skip:0.##} % of the entries missed"),
            "The same trades in their order, of which this share is left out at random, as entries that were not filled.",
            ResamplingMethod.Skipped);
    }

    private static ResampledMethod Drawn(ResampledMethod method, AccountPath account, ResamplingMethod kind, ResamplingPlan plan,
        int threads)
    {
        if (Absence(method, account) is { } absence) return method with { Absence = absence };
        var sample = new PathSample(account, kind, plan with { Seed = PortableRandom.SeedFor(plan.Seed, "resampling " + method.Method) });
        InParts(sample.Paths, threads, sample.Draw);
        InParts(sample.Positions, threads, sample.Sort);
        return Filled(method, sample.Result()) with { Cautions = [.. Cautions(method, account, sample)] };
    }

    private static string? Absence(ResampledMethod method, AccountPath account)
    {
        if (account.IsRuined) return $"The account was ruined: after that, its {method.Unit}s have no return.";
        if (account.Count < LeastReturns)
            return $"Too few {method.Unit}s: the record has {account.Count.ToString("#,0", CultureInfo.InvariantCulture)}, and "
                + $"{LeastReturns} are the least.";
        return account.Moves ? null : "Equity never changed.";
    }

    private static IEnumerable<string> Cautions(ResampledMethod method, AccountPath account, PathSample sample)
    {
        if (method.Method is not ("periods" or "trades")) yield break;
        var n = account.Count;
        if (n < (sample.MeanBlock > Dependent ? FewDependent : FewReturns))
            yield return $"{n} {method.Unit}s are few: another record of this length ends in the range only 8 to 9 times of 10.";
        if (sample.MeanBlock > Dependent && sample.MeanBlock * 50 > n)
            yield return string.Create(CultureInfo.InvariantCulture, $"The returns depend on one another over some {sample.MeanBlock:0} ")
                + $"{method.Unit}s, so that the record has few independent parts: the range is too narrow.";
        if (account.VolatilityBlock() is var storm && storm > Clustered)
            yield return string.Create(CultureInfo.InvariantCulture, $"Volatility is clustered: large returns follow large ones over some ")
                + string.Create(CultureInfo.InvariantCulture, $"{storm:0} {method.Unit}s. The range of the drawdowns is too narrow: another ")
                + "record has its largest drawdown there only 8 times of 10.";
        if (Moments.Of(account.Returns).Kurtosis is var kurtosis && kurtosis > HeavyTails)
            yield return string.Create(CultureInfo.InvariantCulture, $"Few {method.Unit}s decide the result (kurtosis {kurtosis:0.#}; 3 ")
                + "is that of a normal distribution). No path has a larger one than the record.";
    }

    private static ResampledMethod Filled(ResampledMethod method, ResampledAccount account) => method with
    {
        Paths = account.Paths,
        MeanBlock = double.IsNaN(account.MeanBlock) ? null : account.MeanBlock,
        Fan = new EquityFan([.. account.Times.Select(t => new DateTime(t, DateTimeKind.Utc))], account.Equity, account.Fan),
        Figures =
        [
            new("finalEquity", account.FinalEquity.Own, account.FinalEquity.Values),
            new("maxDrawdown", account.MaxDrawdown.Own, account.MaxDrawdown.Values),
            new("underwaterDays", account.UnderwaterDays.Own, account.UnderwaterDays.Values),
        ],
        Events =
        [
            new("ruin", account.Ruin), new("goal", account.Goal), .. account.Losses.Select(l => new ResampledEvent("loss", l.Probability,
                l.Months)),
        ],
        Sizes = [.. account.Sizes.Select(s => new SizeOfRisk(s.Risk, s.Size))],
    };

    // In small ranges, which threads take one after the other.
    private static void InParts(int count, int threads, Action<int, int> part)
    {
        const int Size = 64;
        var parts = (count + Size - 1) / Size;
        if (threads <= 1 || parts <= 1) part(0, count);
        else
            Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads },
                k => part(k * Size, Math.Min(count, (k + 1) * Size)));
    }
}
