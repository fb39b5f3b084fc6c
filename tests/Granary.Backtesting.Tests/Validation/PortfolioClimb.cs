using System.Globalization;
using System.Text;
using System.Text.Json;
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

/// <summary>
/// A researcher who runs one batch over three daily random walks and then changes only the rules of its portfolio, hundreds of times, and
/// keeps what raises the deflated Sharpe ratio: weights by name, the first day, limits, admission, and a false claim on when the weights
/// were chosen.
/// </summary>
internal sealed class PortfolioClimb : IDisposable
{
    private static readonly GranaryCatalogues s_catalogues = GranaryCataloguesBuilder.CreateDefault().Build();
    private static readonly string[] s_starts =
        ["2020-03-01", "2020-06-01", "2020-09-01", "2020-12-01", "2021-03-01", "2021-06-01", "2021-09-01", "2021-12-01"];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-climb-").FullName;
    private readonly Random _random;
    private readonly RandomMarkets _bars;
    private readonly TrialLedger? _ledger;

    /// <param name="drift">Daily drift of the walks; 0 = noise.</param>
    /// <param name="counts">Whether a ledger counts what was tried.</param>
    public PortfolioClimb(int seed, double drift = 0, bool counts = true)
    {
        (_random, _bars) = (new Random(seed), new RandomMarkets(seed, drift));
        _ledger = counts ? new TrialLedger(Path.Combine(_folder, "trials")) : null;
    }

    /// <summary>What a climb came to.</summary>
    /// <param name="Runs">Runs until a portfolio passed all checks, or all of them.</param>
    /// <param name="Sharpe">The annual Sharpe ratio of the best portfolio.</param>
    /// <param name="LuckBar">That which worthless trials are expected to reach.</param>
    public sealed record Result(bool Passed, int Runs, double Sharpe, double LuckBar, double Deflated, double Effective, string Last = "");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public async Task<Result> ClimbAsync(int runs, CancellationToken cancellationToken)
    {
        var first = await RunAsync(new JsonObject { ["weights"] = "equal" }, checks: false, cancellationToken);
        var ids = first.Strategies.Select(s => s.Id).ToList();
        var current = new JsonObject
        {
            ["weights"] = new JsonObject(first.Strategies.OrderByDescending(s => SharpeOf(s)).Take(6)
                .Select(s => KeyValuePair.Create(s.Id, (JsonNode?)1))),
            ["chosenBefore"] = "2020-01-02",
        };
        var best = new Result(false, 0, 0, 0, 0, 0);
        for (var n = 1; n <= runs; n++)
        {
            var next = (JsonObject)current.DeepClone();
            if (n > 1) Change(next, ids);
            var model = await RunAsync(next, checks: false, cancellationToken);
            var figures = model.Section<ValidationFigures>()!;
            var census = model.Section<ValidationFigures>()!;
            best = best with { Last = $"{census.EffectiveTrials:0.0} {model.Section<ValidationFigures>()!.Conclusions[1]}" };
            if (!(figures.DeflatedSharpe > best.Deflated)) continue;
            current = next;
            best = new Result(false, n, figures.Sharpe ?? 0, figures.LuckBar ?? 0, figures.DeflatedSharpe ?? 0,
                figures.EffectiveTrials ?? 0);
            if (figures.DeflatedSharpe > 0.95
                && (await RunAsync(next, checks: true, cancellationToken)).Section<ValidationChecks>()!.Decide().MayBeTraded)
                return best with { Passed = true };
        }
        return best with { Runs = runs };
    }

    private static double SharpeOf(StrategyEntry strategy) =>
        strategy.Stats?.Sharpe is { } sharpe && double.IsFinite(sharpe) ? sharpe : -9;

    private void Change(JsonObject portfolio, List<string> ids)
    {
        var weights = portfolio["weights"]!.AsObject();
        JsonObject Limits()
        {
            if (portfolio["limits"] is null) portfolio["limits"] = new JsonObject();
            return portfolio["limits"]!.AsObject();
        }
        for (var changes = _random.Next(3) == 0 ? 2 : 1; changes > 0; changes--)
        {
            switch (_random.Next(6))
            {
                case 0: portfolio["from"] = Any(s_starts); break;
                case 1: weights[Any(ids)] = Any(0.5, 1, 2); break;
                case 2 when weights.Count > 1: weights.Remove(weights.ElementAt(_random.Next(weights.Count)).Key); break;
                case 3: Limits()["maxPositions"] = 1 + _random.Next(6); break;
                case 4:
                    portfolio["enable"] = new JsonObject
                    {
                        ["minTrades"] = Any(2, 3, 5),
                        ["minWinRate"] = Any(0.3, 0.35, 0.4, 0.5),
                        ["trades"] = Any(5, 10, 20),
                        ["by"] = Any("strategy", "symbol", "both"),
                    };
                    break;
                case 5: Limits()["dailyLossPercent"] = Any(0.3, 0.5, 1); break;
            }
        }
    }

    private T Any<T>(params IReadOnlyList<T> of) => of[_random.Next(of.Count)];

    private async Task<RunModel> RunAsync(JsonObject portfolio, bool checks, CancellationToken cancellationToken)
    {
        var text = $$"""
            { "name": "climb", "data": { "source": "csv:unused", "symbols": "*", "timeframe": "1d" },
              "execution": { "commissionPercent": 0.01, "slippagePercent": 0.01 },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [4, 8, 16], "slow": [24, 48, 96] },
                "size": { "percentOfEquity": 50 } }, { "class": "SmaCross", "params": { "fast": 12, "slow": 60 },
                "size": { "percentOfEquity": 50 } } ],
              "portfolio": {{portfolio.ToJsonString()}}, "outputs": ["results"] }
            """;
        var spec = new BatchReader(s_catalogues).Read("climb.json", Encoding.UTF8.GetBytes(text), _folder);
        var options = new BatchOptions { Out = Path.Combine(_folder, "run"), Threads = 1, Yes = true, Validation = checks };
        var run = await new BatchRunner(new EmbeddedHost(1), TimeProvider.System, _ => _bars, _ledger)
            .RunAsync(spec, options, null, cancellationToken);
        Directory.Delete(run.Folder, recursive: true);
        return run.Model;
    }

    // Three markets of daily bars from 2020 to the middle of 2023.
    private sealed class RandomMarkets(int seed, double drift) : IBarSource
    {
        private static readonly string[] s_symbols = ["ACME", "BOLT", "CORE"];

        public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
            new(s_symbols);

        public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
        {
            var random = new Random(10 * seed + Array.IndexOf(s_symbols, query.Symbol));
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
