using Granary.Engine.Analysis;

namespace Granary.Engine.Tests.Analysis;

public sealed class WinnerTests
{
    [Fact]
    public void Statistics_and_a_trace_name_the_same_winners_down_to_the_last_bit()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var start = Math.ScaleB(1 + random.NextDouble(), random.Next(-20, 40));
            foreach (var end in (double[])[start, Math.BitIncrement(start), Math.BitDecrement(start), start * 1.1, start * 0.9, 0, -start])
            {
                var trace = new EquityTrace(TimeSpan.TicksPerDay, 7, start, [start * 2, end]);
                var totalReturn = new EquityMeasures { Start = start, Final = end }.Growth - 1;
                Winner.Is(totalReturn).ShouldBe(end > start);
                trace.IsWinner().ShouldBe(end > start);
                trace.IsWinner(7, 9).ShouldBe(end > start);
            }
        }
    }

    [Fact]
    public void An_account_that_had_lost_everything_wins_nothing_afterwards()
    {
        new EquityTrace(TimeSpan.TicksPerDay, 7, 100, [-5, -1]).IsWinner(8, 9).ShouldBeFalse();
        Winner.Is(double.NaN).ShouldBeFalse();
    }
}
