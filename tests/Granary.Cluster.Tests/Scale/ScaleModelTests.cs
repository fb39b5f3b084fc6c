using Granary.Benchmarks.Scale.Model;
using Granary.Cluster.Wire;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Granary.Cluster.Tests.Scale;

/// <summary>The model of a cluster's costs in docs/scale.md, and the simulated large cluster.</summary>
public sealed class ScaleModelTests
{
    private const string Begin = "<!-- model -->\n", End = "<!-- end -->\n";

    private static IReadOnlyList<Measurement> Measured => Measurement.Read(
        Path.Combine(SharedData.RepositoryRoot, "tests", "Granary.Benchmarks", "Scale", "measured.csv"));

    [Fact]
    public async Task The_page_on_scale_has_the_costs_that_follow_from_the_measurements()
    {
        var path = Path.Combine(SharedData.RepositoryRoot, "docs", "scale.md");
        var page = await File.ReadAllTextAsync(path);
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        var tables = FitReport.Page(Measured);
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1")
            await File.WriteAllTextAsync(path, page[..from] + tables + page[to..]);
        else
            page[from..to].ShouldBe(tables, "write it with GRANARY_WRITE_DOCS=1");
    }

    [Fact]
    public void The_fit_finds_the_coefficients_of_a_sum()
    {
        double[][] rows = [[1, 0, 2], [1, 5, 1], [1, 2, 9], [1, 7, 7], [1, 100, 3]];
        var fit = LeastSquares.Solve(rows, [.. rows.Select(r => 3 * r[0] + 0.5 * r[1] + 0.001 * r[2])], 0.1);
        fit.Coefficients[0].ShouldBe(3, 1e-9);
        fit.Coefficients[1].ShouldBe(0.5, 1e-9);
        fit.Coefficients[2].ShouldBe(0.001, 1e-9);
    }

    [Fact]
    public void A_feed_of_a_large_cluster_is_read_by_a_few_silos_and_a_lost_silo_s_strategies_run_again()
    {
        var serializer = new ServiceCollection().AddSerializer().AddWireFormat().BuildServiceProvider().GetRequiredService<Serializer>();
        var costs = SimulatedCosts.Of(Measured, planned: 3e-6);
        var of = new SimulatedCase(Silos: 40, Threads: 2, Strategies: 80_000, Feeds: 20, Bars: 100_000);
        var run = new AssignmentSimulation(of, costs, serializer, isTimed: false).Run();
        run.Groups.ShouldBeInRange(4 * 40, 4 * 40 + 40);
        run.Readings.ShouldBeInRange(20, 4 * 40 + 40);
        run.Repeated.ShouldBe(0);

        var lost = new AssignmentSimulation(of with { EvictAt = 0.5 }, costs, serializer, isTimed: false).Run();
        lost.Repeated.ShouldBeGreaterThan(0);
        lost.Groups.ShouldBeGreaterThan(run.Groups, "the groups of the lost silo begin again");
    }
}
