using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Engine.Tests.Factors;

public sealed class SeasonTests
{
    [Theory]
    [InlineData(24, 1, 1)]
    [InlineData(24, 3, 1)]
    [InlineData(168, 1, 7)]
    [InlineData(8766, 2, 300)]
    public void Sine_and_cosine_of_the_place_in_the_period_follow_from_the_time(int hours, int harmonic, int step)
    {
        var start = new DateTime(2023, 12, 30, 5, 0, 0, DateTimeKind.Utc);
        Bar[] bars = [.. Enumerable.Range(0, 100).Select(i => new Bar(start.AddHours((double)i * step).Ticks, 1, 1, 1, 1, 1))];
        var (request, line) = FactorCatalogue.BuiltIn.Parse($"season({hours},{harmonic}).cos");
        line.ShouldBe(1);
        var kernel = request.CreateKernel(new MarketSeries(new Instrument { Symbol = "X" }, Timeframe.Parse("1h")));
        double[][] lines = [new double[100], new double[100]];
        kernel.Process(new FactorInput(BarBlock.FromBars(0, bars), 0, 100), new FactorOutput(lines, 0, 100));
        for (var i = 0; i < bars.Length; i++)
        {
            var angle = 2 * Math.PI * harmonic * (new DateTime(bars[i].Time) - DateTime.UnixEpoch).TotalHours / hours;
            lines[0][i].ShouldBe(Math.Sin(angle), 1e-9);
            lines[1][i].ShouldBe(Math.Cos(angle), 1e-9);
        }
    }
}
