using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Engine.Tests.Market;

/// <summary>Further columns of bars: carried with the bars wherever they go, and read by the factor <c>column</c>.</summary>
public sealed class FurtherColumnsTests
{
    private static readonly long s_start = new DateTime(2024, 3, 4).Ticks;

    private static Bar BarAt(int i, params double[] values) => new(s_start + i * Timeframe.M15.Ticks, 10, 11, 9, 10 + 0.1 * (i % 7), 5)
    {
        Further = values.Length == 0 ? null : new FurtherValues([.. Enumerable.Range(0, values.Length).Select(n => "c" + n)], values),
    };

    private static MarketSeries Series(Timeframe timeframe) => new(new Instrument { Symbol = "A" }, timeframe);

    [Fact]
    public void Blocks_keep_them_when_they_are_cut_numbered_and_made_of_bars()
    {
        var block = BarBlock.FromBars(0, [BarAt(0, 1, 2), BarAt(1, double.NaN, 3), BarAt(2, 5, 6)]);
        block.Further!.Names.ShouldBe(["c0", "c1"]);
        block.Further[0].ToArray().ShouldBe([1, double.NaN, 5]);
        block.Slice(1, 2).Further![1].ToArray().ShouldBe([3, 6]);
        block.Renumbered(7)[2].ShouldBe(block[2]);
        block[1].Further!.Of("c0").ShouldBe(double.NaN);
        block[1].ShouldBe(BarAt(1, double.NaN, 3), "NaN is equal to itself, so that a repeated bar is a duplicate");
        block[1].ShouldNotBe(BarAt(1, 1, 3));
        BarBlock.FromBars(0, [BarAt(0)]).Further.ShouldBeNull();
        // Bars of one feed may come from several sources.
        BarBlock.FromBars(0, [BarAt(0), BarAt(1, 4)]).Further![0].ToArray().ShouldBe([double.NaN, 4]);
    }

    [Fact]
    public void Longer_bars_have_the_last_known_value_of_the_shorter_ones()
    {
        var aggregator = new BlockAggregator(Timeframe.M15, Timeframe.H1, SessionCalendar.Continuous, 100);
        var longer = aggregator.Add(BarBlock.FromBars(0, [BarAt(0, 1), BarAt(1, 2), BarAt(2, double.NaN), BarAt(3, double.NaN),
            BarAt(4, double.NaN), BarAt(5, double.NaN), BarAt(6, double.NaN), BarAt(7, double.NaN)])).ToList();
        var end = aggregator.End();
        longer.Append(end!).SelectMany(b => b.Further![0].ToArray()).ShouldBe([2, double.NaN]);
    }

    [Fact]
    public void A_merge_of_feeds_and_an_assembled_feed_bring_them()
    {
        var assembler = new FeedAssembler([Series(Timeframe.M15), Series(Timeframe.M15)], LateBarPolicy.LeaveOut);
        for (var i = 0; i < 40; i++)
        {
            assembler.Add(0, BarAt(i, i));
            assembler.Add(1, BarAt(i));
        }
        assembler.End();
        var found = new List<double>();
        while (assembler.TryNext(out var item))
            if (item is { Kind: FeedItemKind.Bars, Series: 0 }) found.AddRange(item.Bars!.Further![0].ToArray());
        found.ShouldBe(Enumerable.Range(0, 40).Select(i => (double)i));
    }

    [Theory]
    [InlineData("column(c0)", "column(c0)")]
    [InlineData("column(\"c0\")", "column(c0)")]
    [InlineData("column('c0')@1h", "column(c0)@1h")]
    [InlineData("column(\"open interest, all (net)\")", "column(\"open interest, all (net)\")")]
    [InlineData("column('a;b')", "column(\"a;b\")")]
    [InlineData("column( news.score )", "column(news.score)")]
    public void A_name_may_stand_in_quotes(string text, string key)
    {
        var (request, line) = FactorCatalogue.BuiltIn.Parse(text);
        (request.Key, line).ShouldBe((key, 0));
        FactorCatalogue.BuiltIn.Parse(request.Key).Request.ShouldBe(request);
        FactorParser.Split($"sma(20); {text} ;close").ShouldBe(["sma(20)", text.Trim(), "close"]);
        FurtherNames.In($"x {text} y").ShouldBe([(string)request.Arguments[0]]);
    }

    [Fact]
    public void A_longer_timeframe_shows_the_value_of_the_last_finished_bar()
    {
        Bar[] bars = [.. Enumerable.Range(0, 12).Select(i => BarAt(i, i))];
        var columns = FactorColumns.Compute(Series(Timeframe.M15), [BarBlock.FromBars(0, bars)], ["column(c0)@1h"],
            FactorCatalogue.BuiltIn);
        columns[0].ShouldBe([double.NaN, double.NaN, double.NaN, 3, 3, 3, 3, 7, 7, 7, 7, 11]);
    }

    [Fact]
    public void A_column_that_the_bars_do_not_have_is_one_sentence_with_the_near_name()
    {
        var factors = new FactorColumns(Series(Timeframe.M15), ["column(sentimnt)"], FactorCatalogue.BuiltIn);
        var bar = new Bar(s_start, 1, 1, 1, 1, 1) { Further = new FurtherValues(["sentiment"], [1]) };
        Should.Throw<InputException>(() => factors.Next(BarBlock.FromBars(0, [bar]))).Message
            .ShouldBe("the feed has no column 'sentimnt'; did you mean 'sentiment'?");
        FurtherNames.Unread("S00", "my_score", ["sentiment"]).ShouldBe("the bars of S00 were read without a column 'my_score'; if the "
            + "files have it, name it in the batch: \"data\": { \"furtherColumns\": [\"my_score\"] }");
    }
}
