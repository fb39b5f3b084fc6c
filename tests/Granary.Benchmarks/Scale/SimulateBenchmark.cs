using Granary.Benchmarks.Scale.Model;
using Granary.Cluster.Wire;
using Granary.Simulation.Batches;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Granary.Benchmarks.Scale;

/// <summary>A million strategies on up to 200 simulated silos.</summary>
internal static class SimulateBenchmark
{
    private static readonly SimulatedCase[] s_cases =
    [
        new(2, 4, 1_000_000, 100, 525_600), new(20, 4, 1_000_000, 100, 525_600), new(200, 4, 1_000_000, 1, 525_600),
        new(200, 4, 1_000_000, 10, 525_600), new(200, 4, 1_000_000, 100, 525_600), new(200, 4, 1_000_000, 1000, 525_600),
        new(200, 4, 1_000_000, 100, 5_256_000), new(200, 4, 1_000_000, 100, 5_256_000, 0.5),
    ];

    /// <param name="only">Number of a case, from 1; null for all.</param>
    public static void Run(string measured, int? only)
    {
        var serializer = new ServiceCollection().AddSerializer().AddWireFormat().BuildServiceProvider().GetRequiredService<Serializer>();
        var planned = Planned();
        var costs = SimulatedCosts.Of(Measurement.Read(measured), planned);
        Console.WriteLine($"a strategy is planned in {planned * 1e6:0.0} µs");
        Console.WriteLine("| silos | feeds | bars | groups | feeds opened | seconds | ideal | batch grain | reporting | polls MB/s | repeated |");
        for (var i = 0; i < s_cases.Length; i++)
            if (only is null || only == i + 1)
                Console.WriteLine(new AssignmentSimulation(s_cases[i], costs, serializer).Row());
    }

    // Each silo plans the whole batch.
    private static double Planned()
    {
        using var bars = new GeneratedBars(1);
        var spec = new BatchReader(TestCatalogues.All).Read(bars.Batch(500, 1000));
        var best = double.MaxValue;
        for (var i = 0; i < 4; i++)
        {
            var processor = Environment.CpuUsage.TotalTime;
            var plan = BatchPlan.MakeSearched(spec, ["S00"]);
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - processor).TotalSeconds / plan.Instances.Count);
        }
        return best;
    }
}
