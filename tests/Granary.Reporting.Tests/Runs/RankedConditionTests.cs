using Granary.Reporting.Runs;

namespace Granary.Reporting.Tests.Runs;

public class RankedConditionTests
{
    private static ConditionRow Row(string condition, string value, int trades, double importance) =>
        new(condition, value, trades, 0.5, 0, 0, 0, 0, importance);

    [Fact]
    public void Conditions_come_by_their_mean_importance_over_trades_and_those_without_one_last_in_their_order()
    {
        var ranking = RankedCondition.Of(
        [
            new StrategyConditions("a", [Row("hour", "01", 10, 0.1), Row("hour", "02", 20, 0.1), Row("state", "x", 5, double.NaN),
                Row("exit", "signal", 30, double.NaN), Row("weekday", "Monday", 30, 0.3)]),
            new StrategyConditions("b", [Row("hour", "01", 10, 0.5), Row("weekday", "Monday", 8, double.NaN)]),
        ]);
        ranking.Select(c => (c.Condition, c.Trades)).ShouldBe([("weekday", 30), ("hour", 40), ("state", 0), ("exit", 0)]);
        // By hand: (30 · 0.1 + 10 · 0.5) / 40.
        ranking[1].Importance.ShouldBe(0.2, 1e-12);
        ranking[2].Importance.ShouldBe(double.NaN);
    }
}
