using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Engine.Tests.Factors;

public class FactorColumnsTests
{
    private static readonly SampleBars.Feed Feed = SampleBars.Random(5, 1_000, Timeframe.M5);

    [Fact]
    public void Columns_have_the_texts_as_headers_and_may_repeat_one_another()
    {
        var columns = new FactorColumns(Feed.Series, [" sma(20)", "sma( 20 )", "macd(12,26,9).signal", "macd"], FactorCatalogue.BuiltIn);
        columns.Headers.ShouldBe(["sma(20)", "sma( 20 )", "macd(12,26,9).signal", "macd"]);
        columns.Next(Feed.Blocks().Single());
        columns[0].ToArray().ShouldBe(columns[1].ToArray());
        // The very same memory: equal requests are computed once.
        columns[0].Overlaps(columns[1]).ShouldBeTrue();
    }

    [Fact]
    public void Blocks_of_any_length_give_the_same_columns()
    {
        string[] factors = ["sma(20)@1h", "atr(14)", "trend.slope30", "close"];
        var whole = FactorColumns.Compute(Feed.Series, Feed.Blocks(), factors, FactorCatalogue.BuiltIn);
        FactorColumns.Compute(Feed.Series, Feed.Blocks(1), factors, FactorCatalogue.BuiltIn).ShouldBe(whole);
        FactorColumns.Compute(Feed.Series, Feed.Blocks(37), factors, FactorCatalogue.BuiltIn).ShouldBe(whole);
        whole[3].ShouldBe(Feed.Bars.Select(b => b.Close));
    }

    [Fact]
    public void A_longer_timeframe_shows_its_last_finished_bar_and_never_the_one_under_way()
    {
        var ours = FactorColumns.Compute(Feed.Series, Feed.Blocks(), ["close@1h", "high@1h"], FactorCatalogue.BuiltIn);
        for (var i = 0; i < Feed.Bars.Length; i++)
        {
            // The latest hour that was over when this bar closed.
            var now = Feed.Bars[i].Time + Timeframe.M5.Ticks;
            var hour = Feed.Bars.Take(i + 1).GroupBy(b => Timeframe.H1.Floor(b.Time)).LastOrDefault(g => g.Key + Timeframe.H1.Ticks <= now);
            ours[0][i].ShouldBe(hour?.Last().Close ?? double.NaN);
            ours[1][i].ShouldBe(hour?.Max(b => b.High) ?? double.NaN);
        }
    }

    [Fact]
    public void Trend_gives_what_its_three_factors_give()
    {
        foreach (var n in new[] { 10, 20, 30, 50, 100 })
        {
            var columns = FactorColumns.Compute(Feed.Series, Feed.Blocks(),
                [$"trend.range{n}", $"range({n})", $"trend.trendiness{n}", $"efficiency({n})", $"trend.slope{n}", $"slope({n})"],
                FactorCatalogue.BuiltIn);
            columns[0].ShouldBe(columns[1]);
            columns[2].ShouldBe(columns[3]);
            columns[4].ShouldBe(columns[5]);
        }
    }

    [Fact]
    public void A_factor_of_another_symbol_asks_for_its_closes()
    {
        var columns = new FactorColumns(Feed.Series, ["beta(QQQ,20)", "correlation(SPY,20)", "correlation(QQQ,30)"],
            FactorCatalogue.BuiltIn);
        columns.ReferenceSymbols.ShouldBe(["QQQ", "SPY"]);
        Should.Throw<ArgumentException>(() => columns.Next(Feed.Blocks()
            .Single())).Message.ShouldStartWith("the closes of QQQ, SPY are needed beside these bars");

        double[] itself = [.. Feed.Bars.Select(b => b.Close)];
        columns.Next(Feed.Blocks().Single(), [itself, [.. itself.Select(c => -c)]]);
        columns[0][^1].ShouldBe(1, 1e-12);
        columns[1][^1].ShouldBe(-1, 1e-12);
        columns[2][^1].ShouldBe(1, 1e-12);
    }

    [Theory]
    [InlineData("smaa(20)", "there is no factor 'smaa'; did you mean 'sma'?")]
    [InlineData("sma(0)", "sma(0): n = 0 is out of range: 1 … 10000")]
    [InlineData("sma(2.5)", "sma(2.5): n = 2.5: a whole number is needed")]
    [InlineData("sma(x)", "sma(x): n = x: a whole number is needed")]
    [InlineData("sma(1,2)", "sma takes 1 parameters, not 2")]
    [InlineData("sma(20", "'sma(20': the closing parenthesis is missing")]
    [InlineData("macd.signa", "'macd.signa': macd has no line 'signa'; it has (none), .signal, .histogram")]
    [InlineData("sma(20)@7m", "'sma(20)@7m': '7m' is not a timeframe; use one of 1m 3m 5m 10m 15m 30m 1h 2h 4h 6h 8h 12h 1d 1w 1mo")]
    [InlineData("bars-since(lunch)", "bars-since(lunch): what = lunch: use one of session, week, month, high, low, rise, fall")]
    [InlineData("beta", "beta(): symbol is missing")]
    [InlineData("sma(20)@1m", "sma(20)@1m: 1m bars cannot be built from 5m bars")]
    public void What_is_no_factor_is_refused_in_one_sentence(string text, string message) =>
        Should.Throw<InputException>(() => new FactorColumns(Feed.Series, [text], FactorCatalogue.BuiltIn)).Message.ShouldBe(message);
}
