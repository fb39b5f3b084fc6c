using System.Globalization;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Testing;

namespace Granary.Engine.Tests.Factors;

/// <summary>LEAN's reference tables (spreadsheets, TA-Lib, StockCharts), for those factors that mean the same there.
/// Tables are printed to some decimals only: the tolerance is what that leaves. What means something else is in
/// docs/factors-differences.md.</summary>
public class LeanTableTests
{
    [SharedTheory]
    [InlineData("spy_ad.txt", "AD", "adl", 1e-5)]
    [InlineData("spy_ao.txt", "AO", "awesome(5,34)", 1e-8)]
    [InlineData("spy_bollinger_bands.txt", "Moving Average 20", "bollinger(20,2)", 1e-8)]
    [InlineData("spy_bollinger_bands.txt", "Bollinger Bands® 20 2 Top", "bollinger(20,2).upper", 1e-4)]
    [InlineData("spy_bollinger_bands.txt", "Bollinger Bands® 20 2 Bottom", "bollinger(20,2).lower", 1e-4)]
    [InlineData("spy_bollinger_bands.txt", "%B", "bollinger(20,2).percent", 1e-4)]
    [InlineData("spy_with_vwma.csv", "VWMA20", "vwma(20)", 1e-8)]
    [InlineData("spy_tsi.csv", "TSI_25_13", "tsi(25,13,7)", 1e-8)]
    [InlineData("spy_tsi.csv", "Signal_7", "tsi(25,13,7).signal", 1e-8)]
    [InlineData("spy_with_macd.txt", "MACD", "macd(12,26,9)", 1e-5)]
    [InlineData("spy_with_macd.txt", "Signal", "macd(12,26,9).signal", 1e-5)]
    [InlineData("spy_with_macd.txt", "Histogram", "macd(12,26,9).histogram", 1e-5)]
    [InlineData("spy_with_indicators.txt", "SMA14", "sma(14)", 1e-2)]
    [InlineData("spy_with_indicators.txt", "EMA14", "ema(14)", 1e-2)]
    [InlineData("spy_with_indicators.txt", "RSI 14 Wilder", "rsi(14)", 1e-5)]
    [InlineData("spy_ker.txt", "KER", "efficiency(10)", 1e-9)]
    [InlineData("spy_with_rocp50.txt", "Rate of Change % 50", "roc(50)", 2e-5)]
    [InlineData("spy_ema.csv", "EMA14", "ema(14)", 1e-8)]
    [InlineData("spy_tr.txt", "TR", "true-range", 1e-8)]
    [InlineData("spy_with_adx.txt", "ADX 14", "adx(14)", 1e-4)]
    [InlineData("spy_with_adx.txt", "+DI14", "adx(14).plus", 1e-4)]
    [InlineData("spy_with_adx.txt", "-DI14", "adx(14).minus", 1e-4)]
    [InlineData("spy_sm.csv", "mid_bb", "sma(20)", 1e-8)]
    [InlineData("spy_sm.csv", "bb low", "bollinger(20,2).lower", 1e-8)]
    public void A_table_of_LEAN_has_our_values(string file, string column, string factor, double tolerance)
    {
        var (ours, theirs) = Both(file, column, factor);
        var compared = 0;
        for (var i = 0; i < ours.Length; i++)
        {
            if (double.IsNaN(theirs[i]) || double.IsNaN(ours[i])) continue;
            compared++;
            FactorOracleTests.Same(ours[i], theirs[i], tolerance)
                .ShouldBeTrue(string.Create(CultureInfo.InvariantCulture, $"row {i}: {theirs[i]:R} there, {ours[i]:R} here"));
        }
        compared.ShouldBeGreaterThan(80);
    }

    /// <summary>
    /// The numbers of docs/factors-differences.md: the largest distance between a table that means something else and our factor of that
    /// name.
    /// </summary>
    [SharedTheory]
    [InlineData("spy_atr.txt", "Average True Range 14", "atr(14)", 0.741287)]
    [InlineData("spy_aroon_oscillator.txt", "Aroon Oscillator 14", "aroon(14).oscillator", 7.14286)]
    [InlineData("spy_max.txt", "MAX_5", "highest(5)", 6.19)]
    [InlineData("spy_min.txt", "MIN_5", "lowest(5)", 4.51)]
    [InlineData("spy_with_chop.csv", "CHOP14", "choppiness(14)", 12.8147)]
    [InlineData("spy_hurst_exponent.csv", "hurst_exponent", "hurst(252)", 0.301443)]
    [InlineData("spy_bollinger_bands.txt", "BandWidth", "bollinger(20,2).width", 11.8729)]
    public void A_table_of_LEAN_that_means_something_else_differs_by_what_the_page_says(string file, string column, string factor,
        double largest)
    {
        var (ours, theirs) = Both(file, column, factor);
        var differences = ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Where(d => !double.IsNaN(d)).ToArray();
        differences.Max().ShouldBe(largest, largest * 1e-3);
    }

    private static (double[] Ours, double[] Theirs) Both(string file, string column, string factor)
    {
        var rows = File.ReadAllLines(SharedData.Require("oracles/indicators/lean/" + file))
            .Select(l => l.Split(',', StringSplitOptions.TrimEntries)).ToArray();
        int Find(string name) => Array.FindIndex(rows[0], h => h.Equals(name, StringComparison.OrdinalIgnoreCase));
        var body = rows.Skip(1).Where(r => r.Length >= rows[0].Length).ToArray();
        var close = Find("close");
        double Cell(string[] row, string name, int fallback) =>
            (Find(name) is var at && at >= 0 ? at : fallback) is var c && c >= 0 && row[c].Length > 0
                ? double.Parse(row[c], CultureInfo.InvariantCulture) : double.NaN;
        Bar[] bars = [.. body.Select((r, i) => new Bar(i * TimeSpan.TicksPerDay, Cell(r, "open", close), Cell(r, "high", close),
            Cell(r, "low", close), Cell(r, "close", close), Cell(r, "volume", -1)))];
        var feed = new SampleBars.Feed(SampleBars.Series(Timeframe.D1), bars);
        return (FactorColumns.Compute(feed.Series, feed.Blocks(), [factor], FactorCatalogue.BuiltIn)[0],
            [.. body.Select(r => Cell(r, column, -1))]);
    }
}
