using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Backtesting.Tests.Validation;

/// <summary>What a researcher varies who runs the same strategies many times and changes only their portfolio.</summary>
public enum ClimbedChoice
{
    /// <summary>Weights by name with a false claim on when they were chosen, the first day, limits, and admission.</summary>
    GivenWeights,

    /// <summary>Which of the strategies the batch lists, with equal weights; the first day, limits, and admission.</summary>
    ListedStrategies,

    /// <summary>The rule of the weights and its times, the first day, limits, and admission.</summary>
    WeightRule,
}

/// <summary>
/// A researcher who runs ten moving average crossovers on each of some daily random walks and then changes only their portfolio. A climb
/// keeps each change that raises the Sharpe ratio, hundreds of times. Honest work tries some portfolios by a rule, and takes the best.
/// </summary>
public sealed class PortfolioClimb : IDisposable
{
    private static readonly GranaryCatalogues s_catalogues = GranaryCataloguesBuilder.CreateDefault().Build();
    private static readonly string[] s_starts =
        ["2020-03-01", "2020-06-01", "2020-09-01", "2020-12-01", "2021-03-01", "2021-06-01", "2021-09-01", "2021-12-01"];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-climb-").FullName;
    private readonly Random _random;
    private readonly RandomMarkets _bars;
    private readonly TrialLedger _ledger;

    /// <param name="drift">Daily drift of the walks, up or down for about 60 days at a time; 0 = noise.</param>
    /// <param name="counts">Whether a ledger counts what was tried.</param>
    /// <param name="markets">Number of random walks.</param>
    public PortfolioClimb(int seed, double drift = 0, bool counts = true, int markets = 3)
    {
        (_random, _bars) = (new Random(seed), new RandomMarkets(seed, drift, markets));
        _ledger = counts ? new TrialLedger(Path.Combine(_folder, "trials")) : TrialLedger.None;
    }

    /// <summary>What a climb or honest work came to.</summary>
    /// <param name="Runs">Runs until a portfolio passed all checks, or all of them.</param>
    /// <param name="Sharpe">Annual Sharpe ratio of the best portfolio.</param>
    /// <param name="LuckBar">The ratio that worthless trials are expected to reach.</param>
    public sealed record Result(bool Passed, int Runs, double Sharpe, double LuckBar, double Deflated, double EffectiveTrials);

    // A portfolio of some of the strategies; of all of them without a list.
    private sealed record Variant(JsonObject Portfolio, IReadOnlyList<string>? Listed = null)
    {
        public Variant Copy() => this with { Portfolio = (JsonObject)Portfolio.DeepClone() };
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Changes the portfolio until one passes all checks.</summary>
    public async Task<Result> ClimbAsync(ClimbedChoice choice, int runs, CancellationToken cancellationToken)
    {
        var first = await RunAsync(new(new JsonObject { ["weights"] = "equal" }), checks: false, cancellationToken);
        var strategies = first.Strategies.OrderByDescending(SharpeOf).Select(s => s.Id).ToList();
        var current = new Variant(choice switch
        {
            ClimbedChoice.GivenWeights => new JsonObject
            {
                ["weights"] = new JsonObject(strategies.Take(6).Select(s => KeyValuePair.Create(s, (JsonNode?)1))),
                ["chosenBefore"] = "2020-01-02",
            },
            ClimbedChoice.ListedStrategies => new JsonObject { ["weights"] = "equal" },
            _ => new JsonObject { ["weights"] = "winners" },
        }, choice == ClimbedChoice.ListedStrategies ? strategies[..6] : null);
        var best = (Result: new Result(false, 0, 0, 0, 0, 0), Score: double.NegativeInfinity);
        for (var n = 1; n <= runs; n++)
        {
            var next = n == 1 ? current : Change(current.Copy(), strategies);
            var figures = (await RunAsync(next, checks: false, cancellationToken)).Section<ValidationFigures>()!;
            var result = ResultOf(figures) with { Runs = n };
            if (result.Deflated > ValidationChecks.Confidence && await VerdictAsync(next, n, cancellationToken) is { Passed: true } passed)
                return passed;
            // The record is as long as `from` leaves it.
            var score = result.Sharpe * Math.Sqrt(figures.Periods ?? 0);
            if (!(score > best.Score)) continue;
            (current, best) = (next, (result, score));
        }
        return best.Result with { Runs = runs };
    }

    /// <summary>Runs all strategies, lists the best of each market in a second batch, and asks for its verdict.</summary>
    public async Task<Result> ListBestAsync(CancellationToken cancellationToken)
    {
        var first = await RunAsync(new(new JsonObject { ["weights"] = "equal" }), checks: false, cancellationToken);
        List<string> best = [.. first.Strategies.GroupBy(s => s.Symbol).Select(g => g.MaxBy(SharpeOf)!.Id)];
        return await VerdictAsync(new(new JsonObject { ["weights"] = "equal" }, best), 2, cancellationToken);
    }

    /// <summary>Tries some portfolios of the winners and asks for the verdict on the best of them.</summary>
    public async Task<Result> WorkAsync(int portfolios, CancellationToken cancellationToken)
    {
        var (best, most) = ((Variant?)null, double.NegativeInfinity);
        for (var n = 1; n <= portfolios; n++)
        {
            var next = new Variant(new JsonObject { ["weights"] = "winners" });
            if (n > 1) ChangeRules(next.Portfolio);
            var figures = (await RunAsync(next, checks: false, cancellationToken)).Section<ValidationFigures>()!;
            var score = figures.Sharpe * Math.Sqrt(figures.Periods ?? 0) ?? double.NegativeInfinity;
            if (best is null || score > most) (best, most) = (next, score);
        }
        return await VerdictAsync(best!, portfolios, cancellationToken);
    }

    private async Task<Result> VerdictAsync(Variant variant, int runs, CancellationToken cancellationToken)
    {
        var run = await RunAsync(variant, checks: true, cancellationToken);
        return ResultOf(run.Section<ValidationFigures>()!) with
        {
            Passed = run.Section<ValidationChecks>()!.Decide().MayBeTraded,
            Runs = runs,
        };
    }

    private static Result ResultOf(ValidationFigures figures) => new(false, 0, figures.Sharpe * Math.Sqrt(365.25 / 7) ?? 0,
        figures.LuckBar ?? 0, figures.DeflatedSharpe ?? 0, figures.EffectiveTrials ?? 0);

    private static double SharpeOf(StrategyEntry strategy) =>
        strategy.Stats?.Sharpe is { } sharpe && double.IsFinite(sharpe) ? sharpe : double.NegativeInfinity;

    private Variant Change(Variant variant, List<string> strategies)
    {
        for (var changes = _random.Next(3) == 0 ? 2 : 1; changes > 0; changes--)
        {
            if (_random.Next(3) != 0) ChangeRules(variant.Portfolio);
            else if (variant.Listed is { } listed)
                variant = variant with { Listed = Any(true, false) && listed.Count > 1 ? Without(listed) : With(listed, strategies) };
            else if (variant.Portfolio["weights"] is JsonObject weights)
            {
                if (Any(true, false) && weights.Count > 1) weights.Remove(weights.ElementAt(_random.Next(weights.Count)).Key);
                else weights[Any<string>(strategies)] = Any(0.5, 1, 2);
            }
            else ChangeWeightRule(variant.Portfolio);
        }
        return variant;
    }

    private List<string> Without(IReadOnlyList<string> listed) => [.. listed.Except([Any(listed)])];

    private List<string> With(IReadOnlyList<string> listed, List<string> strategies) =>
        [.. listed.Append(Any<string>(strategies)).Distinct()];

    private void ChangeWeightRule(JsonObject portfolio)
    {
        var rule = Any("equal", "winners", "score", "matching-pursuit");
        portfolio["weights"] = rule;
        portfolio.Remove("rebalance");
        if (rule is "score" or "matching-pursuit" || Any(true, false))
            portfolio["rebalance"] = new JsonObject { ["every"] = Any("4w", "8w", "13w", "26w"), ["window"] = Any("13w", "26w", "52w") };
    }

    private void ChangeRules(JsonObject portfolio)
    {
        var limits = portfolio["limits"]?.AsObject() ?? [];
        switch (_random.Next(4))
        {
            case 0: portfolio["from"] = Any(s_starts); break;
            case 1: limits["maxPositions"] = 1 + _random.Next(6); break;
            case 2: limits["dailyLossPercent"] = Any(0.3, 0.5, 1); break;
            default:
                portfolio["enable"] = new JsonObject
                {
                    ["minTrades"] = Any(2, 3, 5),
                    ["minWinRate"] = Any(0.3, 0.35, 0.4, 0.5),
                    ["trades"] = Any(5, 10, 20),
                    ["by"] = Any("strategy", "symbol", "both"),
                };
                break;
        }
        if (limits.Count > 0 && portfolio["limits"] is null) portfolio["limits"] = limits;
    }

    private T Any<T>(params IReadOnlyList<T> of) => of[_random.Next(of.Count)];

    private async Task<RunModel> RunAsync(Variant variant, bool checks, CancellationToken cancellationToken)
    {
        var text = $$"""
            { "name": "climb", "data": { "source": "csv:unused", "symbols": "*", "timeframe": "1d" },
              "execution": { "commissionPercent": 0.01, "slippagePercent": 0.01 },
              "strategies": [ {{(variant.Listed is { } listed ? string.Join(", ", listed.Select(Alone)) : """
                { "class": "SmaCross", "params": { "fast": [4, 8, 16], "slow": [24, 48, 96] }, "size": { "percentOfEquity": 50 } },
                { "class": "SmaCross", "params": { "fast": 12, "slow": 60 }, "size": { "percentOfEquity": 50 } }
                """)}} ],
              "portfolio": {{variant.Portfolio.ToJsonString()}}, "outputs": ["results"] }
            """;
        var spec = new BatchReader(s_catalogues).Read("climb.json", Encoding.UTF8.GetBytes(text), _folder);
        var options = new BatchOptions { Out = Path.Combine(_folder, "run"), Threads = 1, Yes = true, Validation = checks };
        var run = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System, _ => _bars, _ledger)
            .RunAsync(spec, options, null, cancellationToken);
        Directory.Delete(run.Folder, recursive: true);
        return run.Model;
    }

    // SmaCross(fast=4,slow=24)@M00:1d
    private static string Alone(string id)
    {
        var parts = id.Split('=', ',', ')', '@', ':');
        return $$"""
            { "class": "SmaCross", "params": { "fast": {{parts[1]}}, "slow": {{parts[3]}} }, "symbols": ["{{parts[5]}}"],
              "size": { "percentOfEquity": 50 } }
            """;
    }

    // Markets of daily bars from 2020 to the middle of 2023.
    private sealed class RandomMarkets(int seed, double drift, int markets) : IBarSource
    {
        private readonly string[] _symbols =
            [.. Enumerable.Range(0, markets).Select(m => string.Create(CultureInfo.InvariantCulture, $"M{m:00}"))];

        public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
            new(_symbols);

        public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
        {
            var random = new Random(100 * seed + Array.IndexOf(_symbols, query.Symbol));
            double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var bars = new Bar[1277];
            var (close, direction, day) = (100.0, 1, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            for (var i = 0; i < bars.Length; i++)
            {
                if (random.NextDouble() < 1 / 60.0) direction = -direction;
                var open = close * (1 + 0.003 * Normal());
                close *= Math.Exp(direction * drift + 0.015 * Normal());
                bars[i] = new Bar(day.AddDays(i).Ticks, open, Math.Max(open, close) * 1.004, Math.Min(open, close) * 0.996, close, 5000);
            }
            return new(new MemoryBarSeries(new Instrument { Symbol = query.Symbol }, query.Timeframe, bars, []));
        }
    }
}
