using Granary.Engine.Analysis.Costs;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Analysis.Costs;

/// <summary>Fills whose cost is planted: by side and venue, hour, size and range, with noise that a day shares in part.</summary>
internal sealed class PlantedFills
{
    public static readonly string[] Places = ["alpha", "beta", "gamma"];

    // By side and venue; of a fill without size, in a bar without range, in a mean hour.
    private static readonly double[] s_buy = [3, 5, 2], s_sell = [4, 7, 2.5];
    private static readonly double[] s_hour = [1.5, 0, 0, -1, 0, 0, 0.5, 0];
    public const double PerRoot = 20, PerRange = 0.05;

    public PlantedFills(int seed, int days = 60, int perDay = 25, double noise = 4)
    {
        var random = new Random(seed);
        var fills = new List<FillCost>();
        for (var day = 0; day < days; day++)
        {
            var shared = Normal(random);
            for (var i = 0; i < perDay; i++)
            {
                var (side, venue, hour) = (random.Next(2), PlaceOf(random), random.Next(s_hour.Length));
                var (share, range) = (Math.Pow(random.NextDouble(), 3) * 0.2, 20 + 100 * random.NextDouble());
                var cost = (side == 0 ? s_buy : s_sell)[venue] + s_hour[hour] + PerRoot * Math.Sqrt(share) + PerRange * range
                    + noise * (0.3 * shared + 0.95 * Normal(random));
                fills.Add(new FillCost(side == 0 ? Side.Buy : Side.Sell, Places[venue], cost, share, range, hour, 700_000 + day));
            }
        }
        Fills = fills;
    }

    public IReadOnlyList<FillCost> Fills { get; }

    // The true cost of a cell at the mean size, range and hour of these fills.
    public double Truth(Side side, string venue) => (side == Side.Buy ? s_buy : s_sell)[Array.IndexOf(Places, venue)]
        + Fills.Average(f => s_hour[f.Hour]) + PerRoot * Fills.Average(f => Math.Sqrt(f.Share)) + PerRange * Fills.Average(f => f.Range);

    public double TruthOfHour(int hour) => s_hour[hour] - Fills.Average(f => s_hour[f.Hour]);

    public double TruthOfSide(Side side) => Fills.Where(f => f.Side == side).Average(f => Truth(side, f.Venue));

    // The last venue is thin.
    private static int PlaceOf(Random random) => random.NextDouble() switch { < 0.7 => 0, < 0.98 => 1, _ => 2 };

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
