using Granary.Engine.Analysis;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Tests.Runs;

public class EquityRecorderTests
{
    private static EquityRow[] RandomWalk(int rows, TimeSpan step, int seed = 1)
    {
        var random = new Random(seed);
        var made = new EquityRow[rows];
        double equity = 1000, peak = 1000;
        for (var i = 0; i < rows; i++)
        {
            equity *= 1 + 0.01 * (random.NextDouble() - 0.495);
            peak = Math.Max(peak, equity);
            made[i] = new EquityRow(new DateTime(2020, 1, 1).Ticks + i * step.Ticks, equity, equity, 0, 1 - equity / peak);
        }
        return made;
    }

    private static EquityRecorder Recorded(IEnumerable<EquityRow> rows, int most = 3000)
    {
        var recorder = new EquityRecorder(most);
        foreach (var row in rows) recorder.Add(row);
        return recorder;
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(999), InlineData(1000), InlineData(20_000), InlineData(300_001)]
    public void The_thinned_rows_keep_the_ends_the_extremes_and_the_order_and_are_few(int count)
    {
        var rows = RandomWalk(count, TimeSpan.FromMinutes(1));
        var thin = Recorded(rows).Rows();
        thin.Count.ShouldBeLessThanOrEqualTo(3000);
        thin.Count.ShouldBeGreaterThanOrEqualTo(Math.Min(count, 900));
        thin[0].ShouldBe(rows[0]);
        thin[^1].ShouldBe(rows[^1]);
        thin.Max(r => r.Equity).ShouldBe(rows.Max(r => r.Equity));
        thin.Min(r => r.Equity).ShouldBe(rows.Min(r => r.Equity));
        thin.Max(r => r.Drawdown).ShouldBe(rows.Max(r => r.Drawdown));
        thin.Zip(thin.Skip(1)).ShouldAllBe(p => p.First.Time < p.Second.Time);
    }

    [Fact]
    public void The_worst_drawdowns_are_those_of_the_whole_curve()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var rows = RandomWalk(5000, TimeSpan.FromHours(1), seed);
            var whole = new EquityCurve([.. rows.Select(r => r.Time)], [.. rows.Select(r => r.Equity)]);
            Recorded(rows).WorstDrawdowns().ShouldBe(Drawdown.Worst(whole));
        }
    }

    [Fact]
    public void Closes_are_the_days_last_rows_and_the_first_row()
    {
        var rows = RandomWalk(24 * 100, TimeSpan.FromHours(1));
        var closes = Recorded(rows).Closes();
        closes.ShouldBe(rows.GroupBy(r => r.Time / TimeSpan.TicksPerDay).Select(g => g.Last()).Prepend(rows[0]));
    }

    [Fact]
    public void In_a_short_run_closes_are_the_hours_last_rows()
    {
        var rows = RandomWalk(60 * 24 * 10, TimeSpan.FromMinutes(1));
        var closes = Recorded(rows).Closes();
        closes.ShouldBe(rows.GroupBy(r => r.Time / TimeSpan.TicksPerHour).Select(g => g.Last()).Prepend(rows[0]));
    }

    [Fact]
    public void A_daily_curve_is_its_own_closes()
    {
        var rows = RandomWalk(300, TimeSpan.FromDays(1));
        Recorded(rows).Closes().ShouldBe(rows);
    }
}
