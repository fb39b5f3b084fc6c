using System.Text;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Modelling.Weighting;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Modelling.Tests.Batches;

/// <summary>
/// The rule "score" against a calculation by hand. Returns of the window, in percent, with mean, deviation (ddof 1) and ratio:
/// A 4 0 4 0 (2, √(16/3), 0.8660) · B 0 4 2 2 (2, √(8/3), 1.2247) · C 3 1 3 1 (2, √(4/3), 1.7321) · D −1 1 −1 −1 (−0.5). A and C move
/// together (1), B against both. So C and B are chosen: √3 / (√3 + √1.5) = 2 − √2 and √1.5 / (√3 + √1.5) = √2 − 1.
/// </summary>
public sealed class WeightsByScoreTests
{
    private const int A = 0, B = 1, C = 2, D = 3;
    private const long FirstDay = 738_000;

    private static readonly double[][] Percent = [[4, 0, 4, 0], [0, 4, 2, 2], [3, 1, 3, 1], [-1, 1, -1, -1]];

    private static BatchPlan Plan { get; } = BatchPlan.Make(new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes("""
        { "name": "test", "data": { "source": "csv:.", "symbols": ["X"], "timeframe": "1h" }, "strategies": [ { "class": "SmaCross",
          "params": { "fast": [3, 4, 5, 6], "slow": 20 } } ], "portfolio": { "weights": "score" } }
        """), Path.GetTempPath()), ["X"]);

    private static Dictionary<int, StrategyOutcome> Outcomes(double[][] percent, int beginsLater = -1)
    {
        var outcomes = new Dictionary<int, StrategyOutcome>();
        for (var i = 0; i < percent.Length; i++)
        {
            var skip = i == beginsLater ? 1 : 0;
            var (equity, last) = (new List<double>(), 100.0);
            foreach (var p in percent[i].Skip(skip)) equity.Add(last *= 1 + p / 100);
            outcomes[i] = new StrategyOutcome(i, null, 0, 0, 0,
                null)
            { Trace = new EquityTrace(TimeSpan.TicksPerDay, FirstDay + skip, 100, [.. equity]) };
        }
        return outcomes;
    }

    // Four days, and a fifth that must not be read.
    private static double[][] With(params double[] fifth) => [.. Percent.Select((p, i) => (double[])[.. p, fifth[i]])];

    private static readonly RebalanceSpec FourDays = new() { Every = CalendarSpan.OfDays(1), Window = CalendarSpan.OfDays(4) };

    private static Dictionary<int, double> Chosen(WeightChoice choice, int step = 0) =>
        choice.History[step].Chosen.ToDictionary(w => w.Strategy, w => w.Weight);

    [Fact]
    public void Weights_are_in_proportion_to_the_ratios_of_those_that_earn_and_do_not_move_with_a_better_one()
    {
        var chosen = Chosen(ScheduledWeights.ByEquity(Plan, Outcomes(With(1, 1, 1, 1)), WeightMethods.Score, FourDays));
        chosen.Keys.ShouldBe([C, B]);
        chosen[C].ShouldBe(2 - Math.Sqrt(2), 1e-9);
        chosen[B].ShouldBe(Math.Sqrt(2) - 1, 1e-9);
    }

    [Fact]
    public void They_come_into_force_when_the_window_is_over_and_not_before()
    {
        var schedule = ScheduledWeights.ByEquity(Plan, Outcomes(With(1, 1, 1, 1)), WeightMethods.Score, FourDays).Schedule!;
        var at = (FirstDay + 4) * TimeSpan.TicksPerDay;
        schedule.At(C, at - 1).ShouldBe(0);
        schedule.At(C, at).ShouldBe(2 - Math.Sqrt(2), 1e-9);
        schedule.At(A, at).ShouldBe(0);
        schedule.At(D, at).ShouldBe(0);
    }

    [Fact]
    public void What_comes_after_the_choice_has_no_part_in_it()
    {
        var one = Chosen(ScheduledWeights.ByEquity(Plan, Outcomes(With(50, -50, -99, 80)), WeightMethods.Score, FourDays));
        one.ShouldBe(Chosen(ScheduledWeights.ByEquity(Plan, Outcomes(With(1, 1, 1, 1)), WeightMethods.Score, FourDays)));
    }

    [Fact]
    public void The_next_choice_looks_at_the_last_days_alone()
    {
        // Days 2 to 5: A 0 4 0 4, B 4 2 2 2 (2.5, ratio 2.5), C 1 3 1 3 (√3), D 1 −1 −1 9 (2, √(68/3) → 0.4201).
        var second = Chosen(ScheduledWeights.ByEquity(Plan,
            Outcomes([[4, 0, 4, 0, 4, 0], [0, 4, 2, 2, 2, 0], [3, 1, 3, 1, 3, 0], [-1, 1, -1, -1, 9, 0]]), WeightMethods.Score, FourDays),
            step: 1);
        var d = 2 / Math.Sqrt(68.0 / 3);
        // D moves with C: (−1·−1) + (1·−3) + (−1·−3) + (1·7) = 8 over 3·√(4/3)·√(68/3) = 0.4851, which is allowed.
        var sum = 2.5 + Math.Sqrt(3) + d;
        second[B].ShouldBe(2.5 / sum, 1e-9);
        second[C].ShouldBe(Math.Sqrt(3) / sum, 1e-9);
        second[D].ShouldBe(d / sum, 1e-9);
        second.ShouldNotContainKey(A);
    }

    [Fact]
    public void A_gain_without_deviation_has_an_infinite_ratio_and_leaves_nothing_to_others()
    {
        // C grows by 3 percent a day; the others move.
        double[][] percent = [Percent[A], Percent[B], [3, 3, 3, 3], Percent[D]];
        Dictionary<int, double> Weights() => Chosen(ScheduledWeights.ByEquity(Plan,
            Outcomes([.. percent.Select(p => (double[])[.. p, 1])]), WeightMethods.Score, FourDays));
        Weights().ShouldBe(new Dictionary<int, double> { [C] = 1 });
        // Two of them share the weight.
        percent[A] = [1, 1, 1, 1];
        Weights().ShouldBe(new Dictionary<int, double> { [A] = 0.5, [C] = 0.5 }, ignoreOrder: true);
        // One that falls steadily, or stands still, is no gain.
        percent[A] = [-1, -1, -1, -1];
        percent[C] = [0, 0, 0, 0];
        Weights().Keys.ShouldBe([B]);
    }

    [Fact]
    public void Bounds_on_number_weight_and_correlation_are_kept()
    {
        Chosen(ScheduledWeights.ByEquity(Plan, Outcomes(With(1, 1, 1, 1)), WeightMethods.Score, FourDays with { MaxStrategies = 1 }))
            .ShouldBe(new Dictionary<int, double> { [C] = 1 });
        var capped = Chosen(ScheduledWeights.ByEquity(Plan, Outcomes(With(1, 1, 1, 1)), WeightMethods.Score,
            FourDays with { MaxWeight = 0.5 }));
        (capped[C], Math.Round(capped[B], 6)).ShouldBe((0.5, 0.414214));
    }

    [Fact]
    public void Who_was_not_there_when_the_window_began_is_not_judged_by_it()
    {
        // Without C, A is no longer held back by a better one: √(3)/2 to √1.5.
        var chosen = Chosen(ScheduledWeights.ByEquity(Plan, Outcomes(With(1, 1, 1, 1), beginsLater: C), WeightMethods.Score, FourDays));
        var (a, b) = (Math.Sqrt(3) / 2, Math.Sqrt(1.5));
        chosen[B].ShouldBe(b / (a + b), 1e-9);
        chosen[A].ShouldBe(a / (a + b), 1e-9);
        chosen.Count.ShouldBe(2);
    }

    [Fact]
    public void Spans_of_months_and_years_are_the_calendars_own_and_choices_do_not_drift()
    {
        static long Day(int year, int month, int day) =>
            new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks / TimeSpan.TicksPerDay;
        var random = new Random(5);
        var last = 100.0;
        double[] equity = [.. Enumerable.Range(0, 3 * 365).Select(_ => last *= 1 + 0.01 * (random.NextDouble() - 0.45))];
        var outcomes = Plan.Instances.ToDictionary(i => i.Index, i => new StrategyOutcome(i.Index, null, (UInt128)i.Index, 1, 1, null)
        {
            Trace = new EquityTrace(TimeSpan.TicksPerDay, Day(2020, 1, 31), 100, equity),
        });
        var choice = ScheduledWeights.ByEquity(Plan, outcomes, "equal",
            new RebalanceSpec { Every = CalendarSpan.OfMonths(1), Window = CalendarSpan.OfMonths(12) });
        // By the calendar, and not each 30.4375 days: the 31st comes back after a shorter month.
        choice.History.Take(4).Select(s => new DateTime(s.Time)).ShouldBe(
            [new(2021, 1, 31), new(2021, 2, 28), new(2021, 3, 31), new(2021, 4, 30)]);
        choice.History[12].Time.ShouldBe(new DateTime(2022, 1, 31).Ticks);
        choice.From.ShouldBe(new DateTime(2021, 1, 31).Ticks);
    }
}
