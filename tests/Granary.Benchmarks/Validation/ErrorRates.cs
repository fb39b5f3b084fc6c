using System.Globalization;
using Granary.Backtesting.Tests.Validation;
using Granary.Engine.Analysis;
using Granary.Engine.Trading;

namespace Granary.Benchmarks.Validation;

/// <summary>
/// How often batches pass the validation checks whose truth is known, run from end to end: noise, and one strategy with an edge of a known
/// Sharpe ratio among worthless ones. Each also with strategies beside them that are no candidates but may disturb a check.
/// </summary>
internal static class ErrorRates
{
    private const int DaysAYear = 252, Keys = 60, Planted = 17;

    // What turning the position over costs RandomSides, in daily deviations: 0.06 % at every second decision.
    private const double CostOfTurns = 0.0006 / (2 * RandomSides.Hold) / 0.01;

    // Daily drift of a spell: the best of the grid has a Sharpe ratio of about 1.2.
    private const double Trend = 0.0015;

    private const string Usual = """ "size": { "percentOfEquity": 50 } """;

    // Strategies beside those of the batch, with the markets that they trade. Everything is decided by the numbers of the bars.
    // Searched: the same as trials of a search that none of them can win, so that the portfolio does not hold them.
    private sealed record Company(string Name, string Listed, string Searched, params string[] Markets)
    {
        public static Company Of(string name, string values, string symbol, params string[] markets) => new(name,
            $$"""{ "class": "EveryNth", "params": { {{values}} }, "symbols": ["{{symbol}}"], {{Usual}} }""",
            Search("EveryNth", symbol, values), markets);

        public static string Search(string type, string symbol, string values)
        {
            var space = values.Replace("[", "{ \"values\": [", StringComparison.Ordinal).Replace("]", "] }", StringComparison.Ordinal);
            return $$"""
                { "class": "{{type}}", "sides": "both", "symbols": ["{{symbol}}"], {{Usual}},
                  "search": { "method": "sobol", "trials": 20, "minTrades": 100000, "space": { {{space}} } } }
                """;
        }
    }

    private static readonly Company s_none = new("alone", "", "");

    private static readonly Company[] s_companies =
    [
        Company.Of("rare losers", """ "every": [400, 600, 900], "hold": [3, 4] """, "FALLS", "FALLS"),
        Company.Of("rare winners", """ "every": [400, 600, 900], "hold": [3, 4] """, "JUMPS", "JUMPS"),
        Company.Of("one trade", """ "every": [1400, 1450], "hold": [5, 60] """, "S00"),
        Company.Of("steady gains", """ "every": [5, 6], "hold": [3, 4] """, "RISES", "RISES"),
        new("duplicates", $$"""
            { "class": "RandomSides", "params": { "key": [1, 2, 3, 4, 5] }, "symbols": ["S00"], "stopLossPercent": 95, {{Usual}} },
            { "class": "RandomSides", "params": { "key": [1, 2, 3, 4, 5] }, "symbols": ["S00"], "stopLossPercent": 96, {{Usual}} }
            """, Company.Search("RandomSides", "S00", """ "key": [1, 2, 3, 4, 5], "stopLossPercent": [95, 96] """)),
    ];

    /// <param name="noise">Batches of each kind of noise.</param>
    /// <param name="edges">Batches of each planted edge.</param>
    /// <param name="name">Of the rows, or a part of it; all where it is empty.</param>
    /// <returns>Whether at most 5 % of the noise passes in each row.</returns>
    public static bool Run(int noise, int edges, string name)
    {
        Console.WriteLine("share of batches that pass, in %; SPA: p <= 0.05; best 5 %: a test of the largest of the same trials with a "
            + "size of 5 %; same: one with the size of deflatedSharpe on independent noise");
        Console.WriteLine(
            $"{"batch",-46} {"n",4} {"all",5} {"defl.",6} {"SPA",5} {"out",5} {"pbo",5} {"best 5 %",9} {"same",5}  luck bar");
        var holds = true;
        foreach (var company in (IReadOnlyList<Company>)[s_none, .. s_companies])
        {
            holds &= Row($"noise, grid, {company.Name}", noise, i => Grid(40_000 + i, 10, company), 0, 10, name) <= 0.05;
            holds &= Row($"noise, search, {company.Name}", noise, i => Search(50_000 + i, 10, 0, company), 0, 10, name) <= 0.05;
            holds &= Row($"noise, walk-forward, {company.Name}", noise, i => Windows(45_000 + i, 10, company), 0, 10, name) <= 0.05;
        }
        foreach (var company in (IReadOnlyList<Company>)[s_none, .. s_companies])
        {
            Row($"edges of trend followers, grid, {company.Name}", edges, i => Grid(9_000 + i, 10, company, Trend), 0, 10, name);
            Row($"edges of four alike, grid, {company.Name}", edges, i => Few(9_000 + i, company), 0, 10, name);
        }
        foreach (var company in (IReadOnlyList<Company>)[s_none, .. s_companies])
            foreach (var years in (int[])[3, 6, 10])
                foreach (var sharpe in (double[])[1, 1.5, 2])
                    Row(Text($"edge {sharpe:0.0}, {years} years, search, {company.Name}"), edges,
                        i => Search(60_000 + i, years, sharpe, company), sharpe, years, name);
        return holds;
    }

    // Indicators on two random walks, of which the portfolio joins the winners.
    private static (SimulatedBatch.Market, SimulatedBatch.Batch) Grid(int seed, int years, Company company, double trend = 0) =>
        (Market(seed, years, 0, company) with { Symbols = 2, Drift = trend }, Batch($$"""
            { "class": "SmaCross", "params": { "fast": [5, 10, 20], "slow": [30, 60, 100] }, "symbols": ["S00", "S01"], {{Usual}} },
            { "class": "DonchianBreakout", "params": { "period": [15, 25, 40], "exit": [8, 15] }, "symbols": ["S00", "S01"], {{Usual}} },
            { "class": "RsiReversion", "params": { "period": [5, 9], "low": [25, 35], "high": [65, 75] }, "symbols": ["S00", "S01"],
              {{Usual}} },
            { "class": "BollingerReversion", "params": { "period": [10, 20], "width": [1, 2] }, "symbols": ["S00", "S01"], {{Usual}} }
            """, company.Listed, "winners", optimises: false));

    // Four similar trend followers on one market: where one earns nothing, none of them does.
    private static (SimulatedBatch.Market, SimulatedBatch.Batch) Few(int seed, Company company) =>
        (Market(seed, 10, 0, company) with { Drift = Trend }, Batch($$"""
            { "class": "SmaCross", "params": { "fast": [10, 12], "slow": [50, 60] }, "symbols": ["S00"], {{Usual}} }
            """, company.Listed, "winners", optimises: false));

    // The same strategies, chosen again each half year by the two years before.
    private static (SimulatedBatch.Market, SimulatedBatch.Batch) Windows(int seed, int years, Company company)
    {
        var (market, batch) = Grid(seed, years, company);
        return (market, batch with { Portfolio = "{}", WalkForward = """{ "inSample": "2y", "outOfSample": "6mo" }""" });
    }

    // All keys of independent trials, of which the search takes the best.
    private static (SimulatedBatch.Market, SimulatedBatch.Batch) Search(int seed, int years, double sharpe, Company company) =>
        (Market(seed, years, sharpe, company), Batch($$"""
            { "class": "RandomSides", "sides": "both", "symbols": ["S00"], {{Usual}},
              "search": { "method": "sobol", "trials": {{Keys}}, "space": { "key": [1, {{Keys}}] } } }
            """, company.Searched, "best", optimises: true));

    private static SimulatedBatch.Batch Batch(string strategies, string beside, string weights, bool optimises) =>
        SimulatedBatch.Batch.Of(beside.Length == 0 ? strategies : strategies + ",\n" + beside, weights, optimises)
            with
        { Catalogues = TestCatalogues.All };

    private static SimulatedBatch.Market Market(int seed, int years, double sharpe, Company company)
    {
        var drift = sharpe == 0 ? 0 : 0.01 * (sharpe / Math.Sqrt(DaysAYear) + CostOfTurns);
        var random = new Random(seed);
        return new SimulatedBatch.Market(seed, Symbols: 1, Years: years)
        {
            // An order is filled at the open after the bar of its decision.
            DriftAt = bar => bar == 0 ? 0 : drift * (int)RandomSides.SideAt(Planted, bar - 1),
            Others = company.Markets.ToDictionary(m => m, m => Closes(m, random, years * DaysAYear)),
        };
    }

    // FALLS and JUMPS are quiet, but move in the bars after EveryNth has bought. RISES is a gain without risk, as of a rebate.
    private static double[] Closes(string market, Random random, int bars) => market == "RISES"
        ? SimulatedBatch.Closes(random, bars, _ => 0.0005, 0.00001)
        : SimulatedBatch.Closes(random, bars, bar => ((int[])[400, 600, 900]).Any(n => bar % n == n / 2 + 2)
            ? (market == "FALLS" ? -1 : 1) * (0.02 + 0.04 * random.NextDouble()) : 0, 0.0005);

    private static double Row(string name, int runs, Func<int, (SimulatedBatch.Market Market, SimulatedBatch.Batch Batch)> batch,
        double sharpe, int years, string filter)
    {
        if (runs == 0 || !name.Contains(filter, StringComparison.Ordinal)) return 0;
        var outcomes = new SimulatedBatch.Outcome[runs];
        Parallel.For(0, runs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            var (market, run) = batch(i);
            outcomes[i] = SimulatedBatch.RunAsync(market, run).GetAwaiter().GetResult();
        });
        double Share(Func<SimulatedBatch.Outcome, bool> passes) => outcomes.Count(passes) / (double)runs;
        double Check(string check) => Share(o => o.States[check] == "passed");
        var luck = outcomes.Select(o => o.Validation.GetProperty("luckBar"))
            .Where(v => v.ValueKind == System.Text.Json.JsonValueKind.Number).Select(v => v.GetDouble()).Order().ToArray();
        var (at5, same) = sharpe == 0 ? (double.NaN, double.NaN) : (Best(0.05, sharpe, years), Best(SizeOfDeflated, sharpe, years));
        var all = Share(o => o.PassedAll);
        Console.WriteLine(Text($"{name,-46} {runs,4} {100 * all,5:0.0} {100 * Check("deflatedSharpe"),6:0.0} ")
            + Text($"{100 * Share(o => o.Validation.GetProperty("superiorPredictiveAbility").GetDouble() <= 0.05),5:0.0} ")
            + Text($"{100 * Check("outOfSample"),5:0.0} {100 * Check("probabilityOfOverfitting"),5:0.0} ")
            + Text($"{100 * at5,9:0.0} {100 * same,5:0.0}  {(luck.Length > 0 ? luck[luck.Length / 2] : double.NaN):0.00}"));
        return all;
    }

    // The test of the largest of independent trials: Šidák, Journal of the American Statistical Association 62 (1967).
    private static double Best(double size, double sharpe, int years) =>
        1 - NormalDistribution.Cumulative(NormalDistribution.Quantile(Math.Pow(1 - size, 1.0 / Keys)) - sharpe * Math.Sqrt(years));

    private static double SizeOfDeflated { get; } = 1 - Math.Pow(NormalDistribution.Cumulative(
        SharpeConfidence.ExpectedMaximum(1, Keys) + NormalDistribution.Quantile(0.95)), Keys);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
