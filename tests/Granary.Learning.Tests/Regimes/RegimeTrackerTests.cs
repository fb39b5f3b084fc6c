using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Learning.Regimes;

namespace Granary.Learning.Tests.Regimes;

public class RegimeTrackerTests
{
    private static readonly MarketSeries Series = new(new Instrument { Symbol = "T" }, Timeframe.D1);

    private static List<BarBlock> Blocks(IReadOnlyList<double> closes, int length = BarBlock.MaxCount)
    {
        var bars = closes.Select((c, i) => new Bar(i * TimeSpan.TicksPerDay, c, c, c, c, 1)).ToArray();
        var blocks = new List<BarBlock>();
        for (var i = 0; i < bars.Length; i += length) blocks.Add(BarBlock.FromBars(i, bars.AsSpan(i, Math.Min(length, bars.Length - i))));
        return blocks;
    }

    private static IEnumerable<double> RandomWalk(int seed, int count)
    {
        var random = new Random(seed);
        var price = 100.0;
        for (var i = 0; i < count; i++) yield return price *= 1 + 0.03 * (random.NextDouble() - 0.5);
    }

    [Fact]
    public void Short_and_long_trends_agree_on_a_path_by_hand()
    {
        // 150 bars up by 1 %, 40 down by 1 %, 150 down: the short machine turns well before the long one, and in between they disagree.
        var closes = new List<double> { 100 };
        for (var i = 1; i < 150; i++) closes.Add(closes[^1] * 1.01);
        for (var i = 0; i < 150; i++) closes.Add(closes[^1] * 0.99);
        var plan = RegimePlan.ShortAndLong();
        plan.States.ShouldBe(["bullish", "bearish", "neutral"]);
        var states = RegimeTracker.Run(Series, plan, Blocks(closes)).Select(s => s < 0 ? "" : plan.States[s]).ToList();
        states.Take(99).ShouldAllBe(s => s == "");
        states.Skip(99).Take(51).ShouldAllBe(s => s == "bullish");
        states[^1].ShouldBe("bearish");
        // Once the trend turns each state comes once, in this order.
        var turns = states.Skip(99).Aggregate(new List<string>(), (list, s) =>
        {
            if (list.Count == 0 || list[^1] != s) list.Add(s);
            return list;
        });
        turns.ShouldBe(["bullish", "neutral", "bearish"]);
    }

    [Fact]
    public void The_short_machine_is_the_regime_factor()
    {
        var closes = RandomWalk(3, 800).ToList();
        var plan = new RegimePlan([LadderMachine.Trend("short", 10, 30, 0.5, 0.1, 3)], FactorCatalogue.BuiltIn);
        var states = RegimeTracker.Run(Series, plan, Blocks(closes));
        var factor = FactorColumns.Compute(Series, Blocks(closes), ["regime(10,30,0.5,0.1,3)"], FactorCatalogue.BuiltIn)[0];
        states.Select(s => s < 0 ? double.NaN : s - 1.0).ShouldBe(factor);
        states.Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public void Blocks_of_any_size_give_the_same_states_and_the_future_changes_none()
    {
        var plan = new RegimePlan(
            [
                LadderMachine.Trend("short", 5, 15, 0.5, 0.1, 2),
                new LadderMachine("volatility", ["calm", "wild"], "volatility(20)", null, [new LadderRung(0.009, 0.0085)], 5),
                new HiddenMarkovMachine("hidden", ["down", "up"], 100, 40),
            ],
            FactorCatalogue.BuiltIn);
        plan.States.Count.ShouldBe(12);
        var closes = RandomWalk(4, 400).ToList();
        var whole = RegimeTracker.Run(Series, plan, Blocks(closes));
        RegimeTracker.Run(Series, plan, Blocks(closes, 1)).ShouldBe(whole);
        RegimeTracker.Run(Series, plan, Blocks(closes, 37)).ShouldBe(whole);
        var crashing = closes.Take(250).Concat(closes.Skip(250).Select((_, i) => i % 2 == 0 ? 1.0 : 1000)).ToList();
        RegimeTracker.Run(Series, plan, Blocks(crashing)).Take(250).ShouldBe(whole.Take(250));
    }

    [Fact]
    public void Rules_are_tried_in_order_and_what_none_names_is_the_other()
    {
        RegimeRule When(string state, params (string, string)[] when) => new(when.ToDictionary(w => w.Item1, w => w.Item2), state);
        var plan = new RegimePlan(
            [LadderMachine.Trend("short", 10, 30, 1, 0.5, 1), LadderMachine.Trend("long", 30, 100, 1, 0.5, 1)],
            FactorCatalogue.BuiltIn, [When("dip", ("long", "bullish"), ("short", "bearish")), When("up", ("long", "bullish"))], "out");
        plan.States.ShouldBe(["dip", "up", "out"]);
        string State(int s, int l) => plan.States[plan.Compose([s, l])];
        State(0, 2).ShouldBe("dip");
        State(1, 2).ShouldBe("up");
        State(2, 1).ShouldBe("out");
        plan.Compose([-1, 2]).ShouldBe(-1);
    }

    [Fact]
    public void A_plan_that_does_not_hold_together_is_refused_in_a_sentence()
    {
        static RegimePlan Plan(IReadOnlyList<RegimeMachine> machines, IReadOnlyList<RegimeRule>? rules = null) =>
            new(machines, FactorCatalogue.BuiltIn, rules);
        void Says(Func<object> make, string part) => Should.Throw<InputException>(make).Message.ShouldContain(part);
        var trend = LadderMachine.Trend("short", 10, 30, 1, 0.5, 1);
        Says(() => Plan([]), "at least one machine");
        Says(() => Plan([trend, trend]), "two machines are called 'short'");
        Says(() => Plan([trend with { Measure = "smaa(3)" }]), "did you mean 'sma'");
        Says(() => Plan([trend with { States = ["a", "b"] }]), "needs 1 steps");
        Says(() => Plan([LadderMachine.Trend("x", 1, 2, 0.1, 0.5, 1)]), "above the way up");
        Says(() => Plan([trend], [new RegimeRule(new Dictionary<string, string> { ["long"] = "bullish" }, "up")]),
            "machine 'long', which is not there");
        Says(() => Plan([trend], [new RegimeRule(new Dictionary<string, string> { ["short"] = "bull" }, "up")]),
            "which has bearish, neutral, bullish");
        Says(() => Plan([new HiddenMarkovMachine("h", ["a", "b"], 30, 5)]), "at least 40");
        Says(() => new RegimeTracker(Series,
            Plan([new LadderMachine("c", ["a", "b"], "correlation(OTHER,20)", null, [new LadderRung(1, 0)], 1)])), "OTHER");
    }
}
