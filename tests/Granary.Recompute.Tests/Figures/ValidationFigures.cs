using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>The validation checks, from the accounts of strategies and portfolio, by the definitions of docs/validation.md.</summary>
internal sealed class ValidationFigures
{
    private const int Resamples = 1000, Choices = 6;

    private readonly string _rule;

    /// <param name="strategies">As they are judged.</param>
    /// <param name="portfolio">Rows of its account.</param>
    /// <param name="rule">Of the weights: winners, equal, given or windows.</param>
    /// <param name="benchmark">Its worth from 1 on, at the close of each bar; null without one.</param>
    public ValidationFigures(IReadOnlyList<FilteredStrategy> strategies, IReadOnlyList<EquityRow> portfolio, double cash, string rule,
        IReadOnlyList<(DateTime Time, double Worth)>? benchmark = null)
    {
        (All, _rule, Weeks) = (strategies, rule, new WeeklyLevels(strategies, cash));
        Portfolio = WeeklyReturns.Of(portfolio, cash);
        Record = (portfolio[0].Time, portfolio[^1].Time);
        Own = SharpeFigures.Of(Portfolio.Returns);
        Trials = IndependentTrials.Of(Weeks.Moving);
        ByTrial = Weeks.Strategies.ToDictionary(s => s.Id, s => SharpeFigures.Of(WeeklyReturns.Of(s.Rows, cash).Returns),
            StringComparer.Ordinal);
        // What never moved is no trial to deflate by.
        Effective = Trials.Number * ByTrial.Values.Count(s => s.IsDefined) / Math.Max(1, Weeks.Moving.Count);
        TrialDeviation = CurveFigures.Deviation([.. ByTrial.Values.Where(s => s.IsDefined).Select(s => s.Sharpe)]);
        if (Weeks.Strategies.Count > 1) Halvings = Halvings.Of(Weeks.Returns);
        if (benchmark is not null) (Against, BenchmarkSince) = OverAccount(benchmark, portfolio);
        Chance = BestByChance.Of(benchmark is null ? Weeks.Moving : Excess(benchmark), Resamples, new Random(5));
        OutOfSample = Unseen();
    }

    public IReadOnlyList<FilteredStrategy> All { get; }

    public WeeklyLevels Weeks { get; }

    public WeeklyReturns Portfolio { get; }

    /// <summary>Times of the first row and of the last.</summary>
    public (DateTime First, DateTime Last) Record { get; }

    public SharpeFigures Own { get; }

    public IndependentTrials Trials { get; }

    /// <summary>Of the strategies that differ, by id.</summary>
    public IReadOnlyDictionary<string, SharpeFigures> ByTrial { get; }

    /// <summary>How many independent trials all of them amount to.</summary>
    public double Effective { get; }

    /// <summary>Of the trials' Sharpe ratios.</summary>
    public double TrialDeviation { get; }

    public Halvings? Halvings { get; }

    /// <summary>Weekly returns of the portfolio and of the benchmark, over the whole weeks that both have; null without one.</summary>
    public (double[] Own, double[] Other)? Against { get; }

    /// <summary>The first of these weeks if the benchmark begins after the portfolio's first row; otherwise null.</summary>
    public DateTime? BenchmarkSince { get; }

    public BestByChance Chance { get; }

    /// <summary>Resamples of the tests for data snooping here.</summary>
    public int Drawn { get; } = Resamples;

    /// <summary>The first week and the weekly returns of the choice on bars that it had not seen; null where there is none.</summary>
    public (int First, double[] Returns)? OutOfSample { get; }

    /// <summary>The Sharpe ratio of the best of so many worthless trials.</summary>
    public double ExpectedMaximum => NormalCurve.ExpectedMaximum(Effective) / Math.Sqrt(Portfolio.Returns.Length - 1);

    /// <summary>The same for trials that are all independent and differ as these do.</summary>
    public double RawMaximum => TrialDeviation * NormalCurve.ExpectedMaximum(Weeks.Strategies.Count);

    /// <summary>Expected Sharpe ratio of the joined winners if all strategies were worthless; 0 for other rules.</summary>
    public double WinnersOfNothing()
    {
        if (_rule != "winners") return 0;
        double[][] winners = [.. Weeks.JoinedReturns.Where((r, k) => Weeks.Levels[k][^1] > Weeks.Cash && r.Any(x => x != 0))];
        if (winners.Length < 2) return 0;
        // Each winner alone has √(2/π) standard errors, the mean of a half-normal distribution.
        double[] joined = [.. Enumerable.Range(0, winners[0].Length).Select(t => winners.Sum(r => r[t]))];
        return Math.Sqrt(2 / Math.PI) * winners.Sum(CurveFigures.Deviation) / CurveFigures.Deviation(joined)
            / Math.Sqrt(Portfolio.Returns.Length - 1);
    }

    /// <summary>The probability that a strategy's own Sharpe ratio exceeds that of the best worthless trial.</summary>
    public double Deflated(FilteredStrategy strategy)
    {
        var own = SharpeFigures.Of(WeeklyReturns.Of(strategy.Rows, Weeks.Cash).Returns);
        return own.Above(NormalCurve.ExpectedMaximum(Effective) / Math.Sqrt(own.Periods - 1));
    }

    // Over the weeks of the benchmark; of the week in which a later one begins it has only the end.
    private List<double[]> Excess(IReadOnlyList<(DateTime Time, double Worth)> benchmark)
    {
        var (begins, ends) = (WeeklyReturns.Week(benchmark[0].Time) - Weeks.First, WeeklyReturns.Week(benchmark[^1].Time) - Weeks.First);
        var weeks = (begins > 0 ? begins + 1 : 0)..Math.Min(Weeks.Weeks, ends + 1);
        if (Weeks.Joined > 1 && !weeks.Equals(..Weeks.Weeks)) throw new InvalidOperationException("weeks of a part are not joined here");
        var others = Weeks.Of(benchmark, Weeks.Joined);
        return Weeks.JoinedReturns.ConvertAll(r => r.Zip(others, (own, other) => own - other).ToArray()[Weeks.Joined > 1 ? .. : weeks]);
    }

    // From its worth at the first row on. Of the week in which a later benchmark begins it has only the end.
    private ((double[], double[]), DateTime?) OverAccount(IReadOnlyList<(DateTime Time, double Worth)> benchmark,
        IReadOnlyList<EquityRow> portfolio)
    {
        double At(DateTime time) => benchmark.TakeWhile(p => p.Time <= time).Select(p => p.Worth).LastOrDefault(1);
        var isLater = benchmark[0].Time > portfolio[0].Time;
        var first = isLater ? WeeklyReturns.Week(benchmark[0].Time) + 1 : Portfolio.First;
        var last = WeeklyReturns.Week(benchmark.Last(p => p.Time <= portfolio[^1].Time).Time);
        var other = WeeklyReturns.Of([.. portfolio.Select(r => r with { Equity = At(r.Time) })], At(portfolio[0].Time)).Returns;
        var weeks = (first - Portfolio.First)..(last + 1 - Portfolio.First);
        return ((Portfolio.Returns[weeks], other[weeks]), isLater ? WeeklyReturns.Start(first) : null);
    }

    private (int, double[])? Unseen()
    {
        if (_rule == "windows") return (Portfolio.First, Portfolio.Returns);
        if (_rule == "given" || Weeks.Weeks < 4 * Choices) return null;
        var middle = Weeks.Weeks / 2;
        var returns = new double[Weeks.Weeks - middle];
        for (var c = 0; c < Choices; c++)
        {
            var (from, to) = (middle + returns.Length * c / Choices, middle + returns.Length * (c + 1) / Choices);
            int[] chosen = [.. Enumerable.Range(0, Weeks.Levels.Count)
                .Where(k => _rule == "equal" || Weeks.Levels[k][from] > Weeks.Cash)];
            if (chosen.Length == 0) continue;
            for (var w = from; w < to; w++) returns[w - middle] = chosen.Average(k => Weeks.Returns[k][w]);
        }
        return (Weeks.First + middle, returns);
    }
}
