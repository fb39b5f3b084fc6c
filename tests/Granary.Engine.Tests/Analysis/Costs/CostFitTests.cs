using Granary.Engine.Analysis.Costs;
using Granary.Engine.Trading;
using Granary.Testing;

namespace Granary.Engine.Tests.Analysis.Costs;

/// <summary>What fills cost, fitted to fills with planted costs.</summary>
public sealed class CostFitTests
{
    [Fact]
    public void Planted_costs_lie_within_their_intervals()
    {
        // By the confidence of 99 % one in a hundred misses; of 100 seeds each figure may miss five times.
        var seeds = TestEffort.Of(8, 100);
        var misses = new Dictionary<string, int>();
        for (var seed = 0; seed < seeds; seed++)
        {
            var planted = new PlantedFills(seed);
            var fit = CostFit.Of(planted.Fills);
            foreach (var cell in fit.Cells) Count($"{cell.Side} at {cell.Venue}", cell.Cost, planted.Truth(cell.Side, cell.Venue));
            foreach (var side in fit.Sides) Count($"{side.Side}", side.Cost, planted.TruthOfSide(side.Side));
            foreach (var hour in fit.Hours) Count($"hour {hour.Hour}", hour.Cost, planted.TruthOfHour(hour.Hour));
            Count("size", fit.Size!.Cost, PlantedFills.PerRoot);
            Count("volatility", fit.Volatility!.Cost, PlantedFills.PerRange);
        }
        misses.Count.ShouldBe(6 + 2 + 8 + 2);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", misses.Select(m => $"{m.Key}: {m.Value}")));
        misses.Where(m => m.Value > Math.Max(1, seeds * 5 / 100)).ShouldBeEmpty();

        void Count(string name, CostEstimate cost, double truth) => misses[name] = misses.GetValueOrDefault(name)
            + (cost.Low <= truth && truth <= cost.High ? 0 : 1);
    }
}
