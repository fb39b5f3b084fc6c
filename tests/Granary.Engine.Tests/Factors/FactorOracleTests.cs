using System.Collections.Frozen;
using System.Globalization;
using Granary.Engine.Factors;
using Granary.Engine.Factors.Prices;
using Granary.Engine.Market;
using Granary.Testing;

namespace Granary.Engine.Tests.Factors;

/// <summary>Our columns beside those of Stock.Indicators and backtrader on the same bars, value for value.</summary>
public class FactorOracleTests
{
    private const double Tolerance = 1e-8;

    private static readonly FrozenDictionary<string, string> StockIndicators = new Dictionary<string, string>
    {
        ["sma20"] = "sma(20)",
        ["ema20"] = "ema(20)",
        ["rsi14"] = "rsi(14)",
        ["macd_12_26_9"] = "macd(12,26,9)",
        ["macd_signal"] = "macd(12,26,9).signal",
        ["macd_hist"] = "macd(12,26,9).histogram",
        ["atr14"] = "atr(14)",
        ["bb_mid20"] = "bollinger(20,2).middle",
        ["bb_upper2"] = "bollinger(20,2).upper",
        ["bb_lower2"] = "bollinger(20,2).lower",
        ["pdi14"] = "adx(14).plus",
        ["mdi14"] = "adx(14).minus",
        ["adx14"] = "adx(14)",
        ["stoch_k_14_3"] = "stochastic(14,3,3).k",
        ["stoch_d_3"] = "stochastic(14,3,3).d",
        ["obv"] = "obv",
        ["roc10_pct"] = "roc(10)",
        ["slope20"] = "slope(20)",
        ["slope20_intercept"] = "slope(20).intercept",
        ["slope20_r2"] = "slope(20).r2",
        ["wma20"] = "wma(20)",
        ["cci20"] = "cci(20)",
        ["williamsr14"] = "williams(14)",
        ["mfi14"] = "mfi(14)",
        ["donchian_up20"] = "donchian(20).upper",
        ["donchian_lo20"] = "donchian(20).lower",
        ["stddev20_pop"] = "stddev(20)",
        ["keltner_up"] = "keltner(20,2,10).upper",
        ["keltner_lo"] = "keltner(20,2,10).lower",
        ["aroon_up25"] = "aroon(25).up",
        ["aroon_down25"] = "aroon(25).down",
        ["psar"] = "psar(0.02,0.2)",
    }.ToFrozenDictionary();

    // cci20 and kama30 are defined otherwise there (docs/factors-differences.md); crossover_10_30 is a signal, not a factor.
    private static readonly FrozenDictionary<string, string> Backtrader = new Dictionary<string, string>
    {
        ["sma20"] = "sma(20)",
        ["ema20"] = "ema(20)",
        ["smma14"] = "rma(14)",
        ["wma20"] = "wma(20)",
        ["rsi14_wilder"] = "rsi(14)",
        ["macd"] = "macd(12,26,9)",
        ["macd_signal"] = "macd(12,26,9).signal",
        ["atr14"] = "atr(14)",
        ["tr"] = "true-range",
        ["bb_mid"] = "bollinger(20,2)",
        ["bb_top"] = "bollinger(20,2).upper",
        ["bb_bot"] = "bollinger(20,2).lower",
        ["plus_di14"] = "adx(14).plus",
        ["minus_di14"] = "adx(14).minus",
        ["adx14"] = "adx(14)",
        ["stoch_fast_k_14"] = "stochastic(14,1,3).k",
        ["stoch_d3"] = "stochastic(14,3,3).k",
        ["stoch_slow_d3"] = "stochastic(14,3,3).d",
        ["roc10"] = "roc(10)",
        ["mom10"] = "momentum(10)",
        ["williamsr14"] = "williams(14)",
        ["stddev20_pop"] = "stddev(20)",
        ["highest20"] = "highest(20)",
        ["lowest20"] = "lowest(20)",
        ["slope20_numpy"] = "slope(20)",
        ["obv_numpy_from0"] = "obv",
    }.ToFrozenDictionary();

    // A file of bars, its timeframe and the recorded columns.
    public static TheoryData<string, string, string> StockIndicatorsColumns()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var (file, timeframe) in new[] { ("alpha-daily", "1d"), ("delta-min-005", "5m") })
            rows.Add(SharedData.Synthetic($"bars/{file}.txt"), timeframe, SharedData.Synthetic($"factors/{file}.csv"));
        (string File, string Timeframe)[] real =
            [("2006-day-001", "1d"), ("2006-volume-day-001", "1d"), ("2006-min-005", "5m"), ("orcl-1995-2014", "1d"),
                ("orcl-2003-2005", "1d")];
        if (SharedData.MissingReason is null)
            foreach (var (file, timeframe) in real)
                rows.Add(SharedData.Require($"data/backtrader/{file}.txt"), timeframe,
                    SharedData.Require($"oracles/indicators/{file}.stockindicators.csv"));
        return rows;
    }

    [Theory, MemberData(nameof(StockIndicatorsColumns))]
    public void Every_column_of_Stock_Indicators_is_ours_too(string bars, string timeframe, string columns) =>
        Compare(bars, timeframe, columns, StockIndicators);

    [SharedTheory]
    [InlineData("2006-day-001", "1d")]
    [InlineData("2006-volume-day-001", "1d")]
    [InlineData("2006-min-005", "5m")]
    [InlineData("orcl-1995-2014", "1d")]
    [InlineData("orcl-2003-2005", "1d")]
    public void Every_column_of_backtrader_that_means_the_same_is_ours_too(string file, string timeframe) =>
        Compare(SharedData.Require($"data/backtrader/{file}.txt"), timeframe,
            SharedData.Require($"oracles/indicators/{file}.backtrader.csv"), Backtrader);

    /// <summary>The columns that only backtrader records, by their definitions, on synthetic bars.</summary>
    [Fact]
    public void Columns_that_only_backtrader_records_follow_their_definitions()
    {
        var feed = SampleBars.Read(SharedData.Synthetic("bars/alpha-daily.txt"), Timeframe.D1);
        var bars = feed.Bars;
        double High(int i, int n) => bars[(i - n + 1)..(i + 1)].Max(b => b.High);
        double Low(int i, int n) => bars[(i - n + 1)..(i + 1)].Min(b => b.Low);
        var smoothed = bars[..14].Average(b => b.Close);
        var definitions = new (string Factor, int First, Func<int, double> Value)[]
        {
            ("rma(14)", 13, i => i == 13 ? smoothed : smoothed = (smoothed * 13 + bars[i].Close) / 14),
            ("true-range", 1, i => Math.Max(bars[i].High, bars[i - 1].Close) - Math.Min(bars[i].Low, bars[i - 1].Close)),
            ("stochastic(14,1,3).k", 13, i => 100 * (bars[i].Close - Low(i, 14)) / (High(i, 14) - Low(i, 14))),
            ("momentum(10)", 10, i => bars[i].Close - bars[i - 10].Close),
            ("highest(20)", 19, i => High(i, 20)),
            ("lowest(20)", 19, i => Low(i, 20)),
        };
        var ours = FactorColumns.Compute(feed.Series, feed.Blocks(), [.. definitions.Select(d => d.Factor)], FactorCatalogue.BuiltIn);
        for (var d = 0; d < definitions.Length; d++)
        {
            for (var i = definitions[d].First; i < bars.Length; i++)
            {
                var expected = definitions[d].Value(i);
                Same(ours[d][i], expected)
                    .ShouldBeTrue($"{definitions[d].Factor} of bar {i}: {expected:R} by its definition, {ours[d][i]:R} here");
            }
        }
    }

    /// <summary>
    /// The numbers of docs/factors-differences.md: the largest distance between a column that means something else and our factor of that
    /// name.
    /// </summary>
    [SharedTheory]
    [InlineData("orcl-1995-2014", "cci20", "cci(20)", 250.427)]
    [InlineData("2006-day-001", "cci20", "cci(20)", 157.937)]
    [InlineData("orcl-1995-2014", "kama30", "kama(30,2,30)", 0.057926)]
    public void A_column_of_backtrader_that_means_something_else_differs_by_what_the_page_says(string file, string column, string factor,
        double largest)
    {
        var rows = File.ReadAllLines(SharedData.Require($"oracles/indicators/{file}.backtrader.csv")).Select(l => l.Split(',')).ToArray();
        var feed = SampleBars.Read(SharedData.Require($"data/backtrader/{file}.txt"), Timeframe.D1);
        var ours = FactorColumns.Compute(feed.Series, feed.Blocks(), [factor], FactorCatalogue.BuiltIn)[0];
        var at = Array.IndexOf(rows[0], column);
        var differences = ours.Select((v, i) => rows[i + 1][at].Length == 0 ? double.NaN
            : Math.Abs(v - double.Parse(rows[i + 1][at], CultureInfo.InvariantCulture))).Where(d => !double.IsNaN(d)).ToArray();
        differences.Max().ShouldBe(largest, largest * 1e-3);
    }

    private static void Compare(string bars, string timeframe, string expected, IReadOnlyDictionary<string, string> names)
    {
        var rows = File.ReadAllLines(expected);
        var header = rows[0].Split(',');
        var columns = header.Where(names.ContainsKey).ToArray();
        columns.Length.ShouldBe(names.Count, "the oracle has every column that is compared");
        var lacking = header.Skip(1).Except(names.Keys).Except(["cci20", "kama30", "crossover_10_30"], StringComparer.Ordinal);
        lacking.ShouldBeEmpty("every column of the oracle is compared or known to differ");

        var faults = new List<string>();
        foreach (var exact in new[] { true, false })
        {
            var feed = SampleBars.Read(bars, Timeframe.Parse(timeframe), decimals: exact);
            var ours = FactorColumns.Compute(feed.Series, feed.Blocks(), [.. columns.Select(c => names[c])], FactorCatalogue.BuiltIn);
            for (var c = 0; c < columns.Length; c++)
            {
                var at = Array.IndexOf(header, columns[c]);
                // backtrader's rate of change is a fraction.
                var scale = columns[c] == "roc10" ? 100 : 1;
                for (var r = 1; r < rows.Length; r++)
                {
                    var cell = rows[r].Split(',')[at];
                    var theirs = cell.Length == 0 ? double.NaN : scale * double.Parse(cell, CultureInfo.InvariantCulture);
                    // backtrader takes the deviation of its bands as √(mean of squares − square of mean), which loses half the digits:
                    // at worst 1.1e-8 here, where Stock.Indicators and we agree to 1e-8.
                    if (Same(ours[c][r - 1], theirs, columns[c] is "bb_top" or "bb_bot" ? 2e-8 : Tolerance)) continue;
                    faults.Add($"{columns[c]} row {r}: {theirs:R} there, {ours[c][r - 1]:R} here (decimals {exact})");
                    break;
                }
            }
        }
        faults.ShouldBeEmpty();
    }

    internal static bool Same(double ours, double theirs, double tolerance = Tolerance) =>
        double.IsNaN(ours) ? double.IsNaN(theirs) : Math.Abs(ours - theirs) <= tolerance + 1e-13 * Math.Abs(theirs);
}
