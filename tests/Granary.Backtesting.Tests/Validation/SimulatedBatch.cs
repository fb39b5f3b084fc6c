using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Backtesting.Tests.Validation;

/// <summary>
/// A batch over years of simulated daily bars, run from end to end: on each symbol 60 strategies of five kinds, some of which follow
/// trends and some of which trade against them. Without drift every one of them is worthless; with drift that lasts for some weeks, trend
/// followers have an edge and the others lose on purpose.
/// </summary>
internal static class SimulatedBatch
{
    private static readonly GranaryCatalogues s_builtIn = GranaryCataloguesBuilder.CreateDefault().Build();

    private const int DaysAYear = 252;
    private const double Deviation = 0.01, MeanSpell = 60;

    /// <summary>What came of one run.</summary>
    /// <param name="Best">The highest annual Sharpe ratio of a strategy.</param>
    /// <param name="Searches">The searches of the batch; null if it has none.</param>
    internal sealed record Outcome(IReadOnlyDictionary<string, string> States, JsonElement Findings, JsonElement Validation, double Best,
        ParameterSearchResults? Searches)
    {
        public bool PassedAll => States.Values.All(s => s == "passed");
    }

    /// <summary>The bars that a batch runs on.</summary>
    /// <param name="Drift">By which returns are shifted up or down a day, as long as a spell lasts; 0 = noise.</param>
    /// <param name="Symbols">Independent markets.</param>
    /// <param name="Years">Length of the record.</param>
    public sealed record Market(int Seed, double Drift = 0, int Symbols = 2, int Years = 15)
    {
        /// <summary>Drift of a bar of an independent market, added to that of the spells.</summary>
        public Func<int, double> DriftAt { get; init; } = _ => 0;

        /// <summary>Further markets by symbol: the close of each bar.</summary>
        public IReadOnlyDictionary<string, double[]> Others { get; init; } = new Dictionary<string, double[]>();
    }

    /// <summary>What runs on a market.</summary>
    /// <param name="Strategies">The list <c>strategies</c> of a batch file, without its brackets.</param>
    /// <param name="Portfolio">The section <c>portfolio</c>, as JSON.</param>
    /// <param name="Optimises">Whether the strategies have searches.</param>
    public sealed record Batch(string Strategies, string Portfolio, bool Optimises = false)
    {
        /// <summary>The classes that the batch may name.</summary>
        public GranaryCatalogues Catalogues { get; init; } = s_builtIn;

        /// <summary>The section <c>walkForward</c>, as JSON, of a walk-forward; null for a backtest or a search.</summary>
        public string? WalkForward { get; init; }

        /// <summary>A batch whose portfolio has only a rule of weights.</summary>
        public static Batch Of(string strategies, string weights, bool optimises = false) =>
            new(strategies, $$"""{ "weights": "{{weights}}" }""", optimises);
    }

    /// <summary>The closes of an independent market without drift, for <see cref="Market.Others"/>.</summary>
    /// <param name="drift">Drift of each bar.</param>
    /// <param name="deviation">Standard deviation of each bar.</param>
    public static double[] Closes(Random random, int bars, Func<int, double> drift, double deviation = Deviation)
    {
        var closes = new double[bars];
        for (var (i, close) = (0, 100.0); i < bars; i++)
            closes[i] = close *= Math.Exp(drift(i) - deviation * deviation / 2 + deviation * Normal(random));
        return closes;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <param name="weights">The portfolio's rule.</param>
    /// <param name="fewer">Drops one strategy, so that their number is odd.</param>
    public static Task<Outcome> RunAsync(
        Market market, string weights = "winners", bool fewer = false, CancellationToken cancellationToken = default) =>
        RunAsync(market, Batch.Of($$"""
            { "class": "SmaCross", "params": { "fast": [5, 8, 12, 16, 20], "slow": [30, 40, 60, 80{{(fewer ? "" : ", 100")}}] },
              "size": { "percentOfEquity": 50 } },
            { "class": "EmaCross", "params": { "fast": [6, 10, 15], "slow": [25, 40, 60, 90] }, "size": { "percentOfEquity": 50 } },
            { "class": "DonchianBreakout", "params": { "period": [15, 25, 40], "exit": [8, 15] },
              "size": { "percentOfEquity": 50 } },
            { "class": "RsiReversion", "params": { "period": [5, 9], "low": [25, 35], "high": [65, 75] },
              "size": { "percentOfEquity": 50 } },
            { "class": "BollingerReversion", "params": { "period": [10, 15, 20], "width": [1, 1.5, 2] },
              "size": { "percentOfEquity": 50 } }
            """, weights), cancellationToken);

    /// <summary>Runs other strategies, or searches, on a simulated market.</summary>
    public static async Task<Outcome> RunAsync(Market market, Batch batch, CancellationToken cancellationToken = default)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"granary-simulated-{Guid.NewGuid():N}");
        try
        {
            var text = $$"""
                { "name": "simulated", "data": { "source": "csv:unused", "symbols": "*", "timeframe": "1d" },
                  "account": { "cash": 100000 },
                  "execution": { "commissionPercent": 0.02, "slippagePercent": 0.01 },
                  "strategies": [ {{batch.Strategies}} ],
                  "portfolio": {{batch.Portfolio}}, "outputs": ["results"],
                  {{(batch.WalkForward is { } windows ? $"\"walkForward\": {windows}," : "")}}
                  "seed": {{market.Seed.ToString(CultureInfo.InvariantCulture)}} }
                """;
            var spec = new BatchReader(batch.Catalogues).Read("simulated.json", Encoding.UTF8.GetBytes(text), Path.GetTempPath());
            var options = new BatchOptions { Out = folder, Threads = 1, Optimises = batch.Optimises, Yes = true };
            // The trials of other seeds would count: their markets are of the same time.
            var run = batch.WalkForward is not null
                ? (await new WalkForwardRunner(new EmbeddedHost(1), TimeProvider.System, TrialLedger.None, _ => new Markets(market))
                    .RunAsync(spec, options, null, cancellationToken)).Run
                : await new BatchRunner(new EmbeddedHost(1), TimeProvider.System, _ => new Markets(market), TrialLedger.None)
                    .RunAsync(spec, options, null, cancellationToken);
            var findings = JsonDocument.Parse(run.Model.Section<ValidationChecks>()!.ToJson()).RootElement;
            return new Outcome(findings.EnumerateObject().ToDictionary(c => c.Name, c => c.Value.GetProperty("state").GetString()!),
                findings,
                JsonDocument.Parse(run.Model.Section<ValidationFigures>()!.ToJson()).RootElement,
                run.Model.Strategies.Max(s => s.Stats is { Sharpe: var sharpe } && double.IsFinite(sharpe) ? sharpe
                    : double.NegativeInfinity),
                run.Model.Section<ParameterSearchResults>());
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Markets(Market market) : IBarSource
    {
        public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
            new([.. Enumerable.Range(0, market.Symbols).Select(s => string.Create(CultureInfo.InvariantCulture, $"S{s:00}")),
                .. market.Others.Keys]);

        public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
        {
            var closes = market.Others.GetValueOrDefault(query.Symbol);
            var random = new Random(100 * market.Seed
                + (closes is null ? int.Parse(query.Symbol.AsSpan(1), CultureInfo.InvariantCulture) : 99));
            double Normal() => SimulatedBatch.Normal(random);
            var bars = new Bar[market.Years * DaysAYear];
            var (close, direction) = (100.0, 1);
            var day = new DateTime(2010, 1, 4, 0, 0, 0, DateTimeKind.Utc);
            for (var i = 0; i < bars.Length; i++)
            {
                if (random.NextDouble() < 1 / MeanSpell) direction = -direction;
                var open = closes is null ? close * Math.Exp(0.001 * Normal()) : close;
                close = closes?[i] ?? open * Math.Exp(direction * market.Drift + market.DriftAt(i) - Deviation * Deviation / 2
                    + Deviation * Normal());
                var spread = closes is null ? 1 + 0.002 * Math.Abs(Normal()) : 1;
                bars[i] = new Bar(day.Ticks, open, Math.Max(open, close) * spread, Math.Min(open, close) / spread, close, 1e6);
                do day = day.AddDays(1);
                while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday);
            }
            return new(new MemoryBarSeries(new Instrument { Symbol = query.Symbol }, query.Timeframe, bars, []));
        }
    }
}
