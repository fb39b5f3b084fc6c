using Granary.Application.Weights;
using Granary.Cluster.Grains.Portfolios;
using Granary.Cluster.Grains.Services;
using Granary.Cluster.Portfolios;
using Granary.Cluster.Tests.Fixtures;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Granary.Cluster.Tests.Live;

/// <summary>Weights that the grain of the portfolio has stored, before there was a grain for weights.</summary>
public sealed class EarlierWeightsTests
{
    private static readonly GrainId s_portfolio = GrainId.Create("portfolio", "main");

    private static PortfolioWeights Version(long number, double weight) => new("main", number,
        new Dictionary<string, double> { ["a"] = weight }, "anna", $"why {number}", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task They_are_taken_over_once_and_callers_of_the_previous_version_get_the_same_answers()
    {
        await using var cluster = await TestSilos.StartAsync(1);
        var storage = cluster.Storage.For(cluster.Cluster.GetSiloServiceProvider(cluster.Alive[0].SiloAddress)
            .GetRequiredService<Serializer>());
        var earlier = new GrainState<PortfolioRecord>(new PortfolioRecord { Versions = [Version(2, 0.25), Version(1, 1)] });
        await storage.WriteStateAsync("portfolio", s_portfolio, earlier);

        var weights = new ClusterWeights(cluster.Grains);
        (await weights.HistoryAsync("main")).Select(w => (w.Version, w.Weights["a"], w.Who, w.Why))
            .ShouldBe([(2, 0.25, "anna", "why 2"), (1, 1, "anna", "why 1")]);
        await LeftAsync();
        var stale = await Should.ThrowAsync<StaleWeightsException>(() =>
            weights.SetAsync("main", 0, new Dictionary<string, double> { ["a"] = 0 }, "ben", "none yet?").AsTask());
        stale.Current.ShouldBe(2);
        (await weights.SetAsync("main", 2, new Dictionary<string, double> { ["a"] = 0.5 }, "ben", "again")).Version.ShouldBe(3);

        var before = cluster.Grains.GetGrain<IPortfolioGrain>("main");
        (await before.FindAsync())!.Version.ShouldBe(3);
        (await before.SetAsync(2, new Dictionary<string, double> { ["a"] = 1 }, "carl", "late")).ShouldBe(new WeightsAnswer(null, 3));
        (await before.SetAsync(3, new Dictionary<string, double> { ["a"] = 1 }, "carl", "now")).Weights!.Version.ShouldBe(4);

        // The next activations have what the weights' grain stored, and nothing of the portfolio's.
        foreach (var grain in (IAddressable[])[before, cluster.Grains.GetGrain<IWeightsGrain>("main")])
            await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        await Eventually.HoldsAsync(async () => (await before.HistoryAsync()).Select(w => w.Version).SequenceEqual([4, 3, 2, 1]));
        (await before.EarlierWeightsAsync()).ShouldBeEmpty();

        async Task LeftAsync()
        {
            var left = new GrainState<PortfolioRecord>();
            await storage.ReadStateAsync("portfolio", s_portfolio, left);
            (left.RecordExists, left.State!.Versions.Count).ShouldBe((true, 0));
        }
    }

    [Fact]
    public async Task Without_storage_for_their_new_place_they_stay_in_the_old_one()
    {
        await using var cluster = await TestSilos.StartAsync(1);
        var storage = cluster.Storage.For(cluster.Cluster.GetSiloServiceProvider(cluster.Alive[0].SiloAddress)
            .GetRequiredService<Serializer>());
        await storage.WriteStateAsync("portfolio", s_portfolio,
            new GrainState<PortfolioRecord>(new PortfolioRecord { Versions = [Version(1, 1)] }));
        cluster.Storage.Away = "weights";
        var grain = cluster.Grains.GetGrain<IWeightsGrain>("main");
        await Should.ThrowAsync<Exception>(() => grain.FindAsync());
        (await cluster.Grains.GetGrain<IPortfolioGrain>("main").EarlierWeightsAsync()).Count.ShouldBe(1);
        cluster.Storage.Away = null;
        await Eventually.HoldsAsync(async () => (await new ClusterWeights(cluster.Grains).FindAsync("main"))?.Version == 1);
    }
}
