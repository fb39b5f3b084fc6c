using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Trading;

public class TradedNotionalTests
{
    [Fact]
    public void What_was_seen_to_be_traded_is_the_sum_of_the_last_days_and_changes_nothing()
    {
        var (traded, random, all) = (new TradedNotional(5), new Random(3), new List<(long Day, double Notional)>());
        long time = 0;
        for (var i = 0; i < 300; i++)
        {
            time += random.NextInt64(2 * TimeSpan.TicksPerDay);
            var day = time / TimeSpan.TicksPerDay;
            // Also as a later bar would ask.
            foreach (var ahead in (int[])[0, 1, 4, 9])
                traded.Seen(time + ahead * TimeSpan.TicksPerDay).ShouldBe(
                    all.Where(a => a.Day > day + ahead - 5).Sum(a => a.Notional), 1e-9);
            traded.At(time).ShouldBe(all.Where(a => a.Day > day - 5).Sum(a => a.Notional), 1e-9);
            traded.Add(time, i + 1);
            all.Add((day, i + 1));
        }
    }
}
