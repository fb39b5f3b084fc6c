using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Labels;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Tests.Learning;

public sealed class OutcomeWatchTests
{
    private const int Bars = 3_000;

    private static readonly MarketSeries s_series = new(new Instrument { Symbol = "ACME" }, Timeframe.Parse("1h"));

    private static Bar[] RandomBars()
    {
        var random = new Random(7);
        var (bars, close) = (new Bar[Bars], 100.0);
        for (var i = 0; i < Bars; i++)
        {
            var open = close;
            close *= 1 + 0.02 * (random.NextDouble() - 0.5);
            bars[i] = new Bar(i * s_series.Timeframe.Ticks, open, Math.Max(open, close) * 1.003, Math.Min(open, close) * 0.997, close, 1);
        }
        return bars;
    }

    // A prediction at each seventh bar, which is the number of the bar.
    private static List<ModelEvent> Watched(LabelSpec? label, Bar[] bars, int block, int times = 1)
    {
        var events = new List<ModelEvent>();
        var watch = new OutcomeWatch("account/strategy", label, events.Add);
        for (var at = 0; at < bars.Length; at += block)
        {
            var part = BarBlock.FromBars(at, bars.AsSpan(at, Math.Min(block, bars.Length - at)));
            for (var time = 0; time < times; time++)
            {
                watch.OnBars(s_series, part);
                for (var i = 0; i < part.Count; i++)
                    if ((at + i) % 7 == 0)
                        watch.OnPrediction(s_series, i, Side.Buy, [at + i, 1], at + i);
            }
        }
        return events;
    }

    [Theory]
    [InlineData("direction(5)")]
    [InlineData("return(3)")]
    [InlineData("volatility(10)")]
    [InlineData("triple-barrier(20,1.5,1)")]
    public void Outcomes_are_the_labels_that_the_model_was_trained_for_and_are_known_at_their_bar(string text)
    {
        var (label, bars) = (LabelSpec.Find(text)!, RandomBars());
        var close = Array.ConvertAll(bars, b => b.Close);
        var expected = label.Kind switch
        {
            LabelKind.Direction => LabelColumn.Direction(close, label.Bars),
            LabelKind.Return => LabelColumn.ForwardReturn(close, label.Bars),
            LabelKind.Volatility => LabelColumn.ForwardVolatility(close, label.Bars),
            _ => Barriers(bars, close, label),
        };
        var events = Watched(label, bars, block: 1);
        events.Count(e => double.IsNaN(e.Outcome)).ShouldBe((Bars + 6) / 7);
        var outcomes = events.Where(e => !double.IsNaN(e.Outcome)).ToDictionary(e => (int)e.Prediction);
        outcomes.Keys.Order().ShouldBe(Enumerable.Range(0, Bars).Where(i => i % 7 == 0 && expected.End[i] >= 0));
        foreach (var (bar, e) in outcomes)
        {
            e.Outcome.ShouldBe(expected.Values[bar]);
            e.Time.ShouldBe(bars[expected.End[bar]].Time + s_series.Timeframe.Ticks);
            e.Row.ShouldBe([bar, 1]);
        }
        events.Select(e => e.Time).ShouldBe(events.Select(e => e.Time).Order(), "events of a source come in order of time");
        // Longer blocks tell of the same outcomes, those of their end with the next block.
        var block = Watched(label, bars, block: 100);
        foreach (var part in block.ToLookup(e => double.IsNaN(e.Outcome)))
            part.Select(e => e.Time).ShouldBe(part.Select(e => e.Time).Order());
        block.Where(e => !double.IsNaN(e.Outcome)).ShouldAllBe(e => outcomes[(int)e.Prediction].Outcome == e.Outcome
            && outcomes[(int)e.Prediction].Time == e.Time);
    }

    private static LabelColumn Barriers(Bar[] bars, double[] close, LabelSpec label)
    {
        var (target, stop) = (new double[Bars], new double[Bars]);
        for (var i = 0; i < Bars; i++)
        {
            var returns = Enumerable.Range(i - 19, 20).Where(j => j > 0).Select(j => Math.Log(close[j] / close[j - 1])).ToList();
            var mean = returns.DefaultIfEmpty().Average();
            var deviation = returns.Count < 20 ? double.NaN
                : Math.Sqrt(returns.Sum(r => (r - mean) * (r - mean)) / 19) * Math.Sqrt(label.Bars);
            (target[i], stop[i]) = (deviation * label.Target, deviation * label.Stop);
        }
        return LabelColumn.TripleBarrier(Array.ConvertAll(bars, b => b.High), Array.ConvertAll(bars, b => b.Low), close, target, stop,
            label.Bars);
    }

    [Fact]
    public void A_second_run_over_the_same_bars_adds_nothing()
    {
        var label = new LabelSpec(LabelKind.Direction);
        Watched(label, RandomBars(), block: 1, times: 2).Select(e => (e.Subject, e.Time, e.Outcome))
            .ShouldBe(Watched(label, RandomBars(), block: 1).Select(e => (e.Subject, e.Time, e.Outcome)));
    }

    [Fact]
    public void The_outcome_of_a_trade_is_whether_it_gained_after_commission_and_is_known_at_its_close()
    {
        var (events, bars) = (new List<ModelEvent>(), RandomBars());
        var watch = new OutcomeWatch("account/strategy", new LabelSpec(LabelKind.Trade), events.Add);
        for (var i = 0; i < 4; i++)
        {
            watch.OnBars(s_series, BarBlock.FromBars(i, bars.AsSpan(i, 1)));
            if (i < 2) watch.OnPrediction(s_series, 0, Side.Buy, [i, 1], 0.6 + i / 10.0);
        }
        watch.OnTrade("ACME", Closed(bars[1].Time, bars[3].Time, profit: 2, commission: 3));
        watch.OnTrade("ACME", Closed(bars[0].Time, bars[3].Time, profit: 4, commission: 3));
        watch.OnTrade("ACME", Closed(bars[0].Time, bars[3].Time, profit: 4, commission: 3));
        events.Where(e => !double.IsNaN(e.Outcome)).Select(e => (e.Prediction, e.Outcome, e.Time))
            .ShouldBe([(0.7, 0.0, bars[3].Time + s_series.Timeframe.Ticks), (0.6, 1.0, bars[3].Time + s_series.Timeframe.Ticks)]);
    }

    private static Trade Closed(long signal, long exit, double profit, double commission) =>
        new(1, Side.Buy, 1, signal, signal, 100, exit, 100, profit, commission, 2, ExitReason.Signal, 0, 0);

    [Fact]
    public void A_label_is_read_as_lineages_have_it()
    {
        foreach (var label in (LabelSpec[])[new(LabelKind.Trade), new(LabelKind.Direction, 7), new(LabelKind.Return, 2),
            new(LabelKind.Volatility, 12), new(LabelKind.TripleBarrier, 20, 1.5, 0.75)])
            LabelSpec.Find(label.ToString()).ShouldBe(label);
        foreach (var other in (string[])["up", "direction", "direction(5,1,1)", "triple-barrier(5)", "return(x)", ""])
            LabelSpec.Find(other).ShouldBeNull(other);
    }
}
