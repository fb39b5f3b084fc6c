using System.Text.Json;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>The record of a weight rule: returns of the weeks after its choices.</summary>
internal sealed record RuleFigures(double[] Returns, double Turnover, double Invested, double Holds, double[] Last)
{
    private const double Weeks = 365.25 / 7;

    public double Return => Math.Pow(Returns.Aggregate(1.0, (e, r) => e * (1 + r)), Weeks / Returns.Length) - 1;

    public double Deviation => Math.Sqrt(Returns.Sum(r => Math.Pow(r - Returns.Average(), 2)) / (Returns.Length - 1));

    public double Sharpe => Returns.Average() / Deviation * Math.Sqrt(Weeks);

    public double Drawdown
    {
        get
        {
            var (equity, highest, deepest) = (1.0, 1.0, 0.0);
            foreach (var r in Returns)
            {
                highest = Math.Max(highest, equity *= 1 + r);
                deepest = Math.Max(deepest, 1 - equity / highest);
            }
            return deepest;
        }
    }
}

/// <summary>
/// Weight rules over the weekly returns of the strategies' own accounts: equal, winners, inverse volatility and risk parity, without
/// bounds.
/// </summary>
internal sealed class ComparedRules
{
    private readonly List<(string Id, WeeklyReturns Returns)> _strategies;
    private readonly int _window, _every, _all;

    /// <param name="window">Weeks of the past of a choice.</param>
    /// <param name="every">Weeks between two choices.</param>
    public ComparedRules(RunFiles files, Func<JsonElement, List<EquityRow>> rowsOf, double cash, int window, int every)
    {
        (_window, _every) = (window, every);
        // Of strategies that do the same on a market the first counts.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        _strategies = [];
        foreach (var strategy in files.Strategies)
        {
            var (id, rows) = (strategy.GetProperty("id").GetString()!, rowsOf(strategy));
            var does = strategy.GetProperty("symbol").GetString()
                + string.Join(';', files.TradesOf(id).Select(t => $"{t.EntryTime:s}{t.Quantity}"));
            if (files.TradesOf(id).Count == 0 || seen.Add(does)) _strategies.Add((id, WeeklyReturns.Of(rows, cash)));
        }
        _all = _strategies.Count;
        (First, End) = (_strategies.Min(s => s.Returns.First), _strategies.Max(s => s.Returns.First + s.Returns.Returns.Length));
    }

    public int First { get; }

    /// <summary>The week after the last one.</summary>
    public int End { get; }

    public int Strategies => _all;

    public List<int> Choices => [.. Enumerable.Range(0, 1000).Select(k => First + _window + k * _every).Where(w => w < End)];

    public string Id(int strategy) => _strategies[strategy].Id;

    public double[] Past(int strategy, int at) => [.. Enumerable.Range(at - _window, _window).Select(_strategies[strategy].Returns.At)];

    private double Growth(int strategy, int at) => Past(strategy, at).Aggregate(1.0, (g, r) => g * (1 + r));

    /// <summary>The strategies that an allocation method sees at a choice: they had begun, and their equity moved.</summary>
    public List<int> Seen(int at) => [.. Enumerable.Range(0, _all).Where(i => _strategies[i].Returns.First <= at - _window
        && Past(i, at).Distinct().Count() > 1)];

    public RuleFigures Of(string rule)
    {
        var returns = new List<double>();
        var (turnover, invested, holds) = (0.0, 0.0, 0.0);
        var weights = new double[_all];
        foreach (var (k, at) in Choices.Index())
        {
            var now = Weights(rule, at);
            if (k > 0) turnover += now.Zip(weights, (a, b) => Math.Abs(a - b)).Sum();
            weights = now;
            for (var week = at; week < Math.Min(at + _every, End); week++)
            {
                returns.Add(weights.Select((w, i) => w * _strategies[i].Returns.At(week)).Sum());
                invested += weights.Sum();
                holds += weights.Count(w => w > 0);
            }
        }
        var weeks = returns.Count;
        return new RuleFigures([.. returns], turnover * 365.25 / 7 / weeks, invested / weeks, holds / weeks, weights);
    }

    private double[] Weights(string rule, int at)
    {
        var weights = new double[_all];
        var seen = Seen(at);
        var own = rule switch
        {
            "equal" => [.. Enumerable.Repeat(1.0, _all)],
            "winners" => [.. Enumerable.Range(0, _all).Select(i => Growth(i, at) > 1 + 1e-12 ? 1.0 : 0)],
            "inverse-volatility" => [.. seen.Select(i => 1 / Math.Sqrt(Variance(Past(i, at))))],
            _ => EqualShares(Covariance([.. seen.Select(i => Past(i, at))]).Matrix),
        };
        var sum = own.Sum();
        for (var k = 0; k < own.Length && sum > 0; k++) weights[own.Length == _all ? k : seen[k]] = own[k] / sum;
        return weights;
    }

    private static double Variance(double[] values) => values.Average(v => (v - values.Average()) * (v - values.Average()));

    /// <summary>Ledoit and Wolf 2004: the sample covariance of the divisor n, shrunk towards the mean variance.</summary>
    public static (double[][] Matrix, double Shrinkage) Covariance(double[][] returns)
    {
        var (p, n) = (returns.Length, returns[0].Length);
        double[][] x = [.. returns.Select(r => r.Select(v => v - r.Average()).ToArray())];
        double Sample(int i, int j) => Enumerable.Range(0, n).Average(t => x[i][t] * x[j][t]);
        var sample = Enumerable.Range(0, p).Select(i => Enumerable.Range(0, p).Select(j => Sample(i, j)).ToArray()).ToArray();
        var mean = Enumerable.Range(0, p).Average(i => sample[i][i]);
        var distance = sample.Select((r, i) => r.Select((v, j) => Math.Pow(v - (i == j ? mean : 0), 2)).Sum()).Sum() / p;
        var error = Enumerable.Range(0, n).Sum(t => Enumerable.Range(0, p).Sum(i => Enumerable.Range(0, p)
            .Sum(j => Math.Pow(x[i][t] * x[j][t] - sample[i][j], 2)))) / p / ((double)n * n);
        var share = p == 1 ? 0 : Math.Min(1, error / distance);
        return ([.. sample.Select((r, i) => r.Select((v, j) => (1 - share) * v + (i == j ? share * mean : 0)).ToArray())], share);
    }

    // Cyclical coordinate descent (Griveau-Billion, Richard and Roncalli 2013).
    private static double[] EqualShares(double[][] covariance)
    {
        var p = covariance.Length;
        double[] y = [.. covariance.Select((r, i) => 1 / Math.Sqrt(r[i] * p))];
        for (var round = 0; round < 2_000; round++)
            for (var i = 0; i < p; i++)
            {
                var others = Enumerable.Range(0, p).Where(j => j != i).Sum(j => covariance[i][j] * y[j]);
                y[i] = (-others + Math.Sqrt(others * others + 4 * covariance[i][i] / p)) / (2 * covariance[i][i]);
            }
        return y;
    }
}
