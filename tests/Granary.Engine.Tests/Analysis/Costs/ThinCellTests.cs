using Granary.Engine.Analysis.Costs;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Analysis.Costs;

/// <summary>Cells with few fills, and fills that have no spread.</summary>
public sealed class ThinCellTests
{
    private static FillCost Fill(double slippage, string venue, int day, int hour = 10) =>
        new(Side.Buy, venue, slippage, double.NaN, double.NaN, hour, day);

    private static List<FillCost> Places(int fillsOfLast, double shift)
    {
        var random = new Random(3);
        List<FillCost> fills = [];
        for (var venue = 0; venue < 6; venue++)
            for (var i = 0; i < (venue == 5 ? fillsOfLast : 400); i++)
                fills.Add(Fill(5 + 0.3 * venue + (venue == 5 ? shift : 0) + 8 * (random.NextDouble() - 0.5), "v" + venue, i % 20));
        return fills;
    }

    [Fact]
    public void A_thin_cell_is_drawn_to_the_pool_and_a_full_one_keeps_its_own()
    {
        var thin = CostFit.Of(Places(2, 1.5));
        var cell = thin.Cells.Single(c => c.Venue == "v5");
        cell.Shrinkage.ShouldBeGreaterThan(0.4);
        Math.Abs(cell.Cost.Mean - thin.Pool.Mean).ShouldBeLessThan(0.65 * Math.Abs(cell.Raw - thin.Pool.Mean));
        (cell.Cost.High - cell.Cost.Low).ShouldBeGreaterThan(3 * (thin.Cells[0].Cost.High - thin.Cells[0].Cost.Low));
        var full = CostFit.Of(Places(400, 6)).Cells.Single(c => c.Venue == "v5");
        full.Shrinkage.ShouldBeLessThan(0.02);
        full.Cost.Mean.ShouldBe(full.Raw, 0.1);
    }

    [Fact]
    public void A_cell_counts_its_fills_over_its_fills_and_the_penalty()
    {
        // Without other terms the prediction is pool + n/(n + λ) · (mean − pool), and the pool the mean of cells weighted by n/(n + λ).
        var fit = CostFit.Of(Places(10, 0));
        var own = fit.Cells.Select(c => 1 - c.Shrinkage).ToArray();
        var pool = fit.Cells.Zip(own, (c, w) => w * c.Raw).Sum() / own.Sum();
        foreach (var (cell, weight) in fit.Cells.Zip(own)) cell.Cost.Mean.ShouldBe(pool + weight * (cell.Raw - pool), 1e-9);
    }

    [Fact]
    public void Fills_without_any_spread_have_their_cost_exactly()
    {
        // Buys cost 3 points and sells 7, always.
        var fills = Enumerable.Range(0, 100).Select(i => new FillCost(i % 2 == 0 ? Side.Buy : Side.Sell, "a", i % 2 == 0 ? 3 : 7, 0.01, 20,
            i % 5, i / 10)).ToList();
        var fit = CostFit.Of(fills);
        fit.Cells.Select(c => c.Cost.Mean).ShouldBe([3, 7], 1e-3);
        foreach (var cell in fit.Cells)
        {
            cell.Cost.Low.ShouldBeLessThan(cell.Raw + 1e-6);
            cell.Cost.High.ShouldBeGreaterThan(cell.Raw - 1e-6);
        }
        (fit.Size, fit.Volatility).ShouldBe((null, null));
        var same = CostFit.Of([.. Enumerable.Range(0, 5).Select(i => Fill(2, "a", i))]);
        (same.Pool.Mean, same.Pool.Low, same.Pool.High, same.Deviation).ShouldBe((2, 2, 2, 0));
    }

    [Fact]
    public void Two_fills_have_an_interval_and_the_same_seed_the_same_one()
    {
        List<FillCost> two = [Fill(1, "a", 0), Fill(3, "a", 1)];
        var fit = CostFit.Of(two, 5);
        (fit.Pool.Mean, fit.Clusters).ShouldBe((2, 2));
        fit.Pool.Low.ShouldBeLessThan(1);
        fit.Pool.High.ShouldBeGreaterThan(3);
        CostFit.Of(two, 5).Pool.ShouldBe(fit.Pool);
        CostFit.Of(two, 6).Pool.Low.ShouldNotBe(fit.Pool.Low);
        Should.Throw<ArgumentOutOfRangeException>(() => CostFit.Of([Fill(1, "a", 0)]));
    }
}
