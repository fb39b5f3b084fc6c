using Granary.Api.Health;
using Granary.Cluster.Tests.Fixtures;
using Granary.Silo;
using Granary.Silo.Options;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Cluster.Tests.Streams;

public sealed class StreamReadinessTests
{
    [Fact]
    public async Task A_silo_whose_streams_need_brokers_is_not_ready_while_none_answers()
    {
        var runs = Directory.CreateTempSubdirectory("granary-streams-");
        var brokers = $"127.0.0.1:{FreePorts.Take(1)[0]}";
        await using (var silo = SiloApplication.Build(
            new SiloSettings { Runs = runs.FullName, Streams = StreamTransport.Kafka, Kafka = brokers }, TestCatalogues.All, null))
        {
            var check = silo.Services.GetServices<IReadinessCheck>().Single(c => c.Name == "streams");
            (await check.CheckAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull()
                .ShouldStartWith($"Kafka at {brokers} did not answer");
        }
        await using (var silo = SiloApplication.Build(new SiloSettings { Runs = runs.FullName }, TestCatalogues.All, null))
            silo.Services.GetServices<IReadinessCheck>().ShouldNotContain(c => c.Name == "streams");
        runs.Delete(recursive: true);
    }
}
