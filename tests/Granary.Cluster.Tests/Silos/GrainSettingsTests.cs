using Granary.Cluster.Grains;
using Granary.Cluster.Grains.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Granary.Cluster.Tests.Silos;

public sealed class GrainSettingsTests
{
    [Fact]
    public void A_silo_with_settings_out_of_range_is_refused_with_all_of_them_named()
    {
        var settings = new GrainSettings { Runs = "runs", Threads = 0, BlockSize = -1, SiloTimeout = TimeSpan.Zero };
        var fault = Should.Throw<OptionsValidationException>(() => new HostApplicationBuilder()
            .UseOrleans(silo => silo.AddGranaryGrains(settings, TestCatalogues.All)));
        string.Join('\n', fault.Failures).ShouldSatisfyAllConditions(
            f => f.ShouldContain("Threads must be between 1 and 1024"),
            f => f.ShouldContain("BlockSize must be between 1 and 1048576"),
            f => f.ShouldContain("SiloTimeout must be between 00:00:00.1000000 and 01:00:00"));
    }

    [Fact]
    public void The_defaults_are_within_their_ranges() =>
        Should.NotThrow(() => new HostApplicationBuilder()
            .UseOrleans(silo => silo.AddGranaryGrains(new GrainSettings { Runs = "runs" }, TestCatalogues.All)));
}
