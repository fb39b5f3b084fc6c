using Granary.Cluster.Wire;
using Granary.Engine.Trading;
using Granary.Simulation.Passes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Granary.Cluster.Tests.Contracts;

/// <summary>The counts of ended signals on their way to another silo.</summary>
public sealed class SignalEndsWireTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Each_count_arrives_under_its_reason()
    {
        var ends = new SignalEnds([.. Enum.GetValues<SignalEnd>().Select((_, i) => i + 1)]);
        var serializer = _services.GetRequiredService<Serializer<StrategyOutcome>>();
        var read = serializer.Deserialize(serializer.SerializeToArray(new StrategyOutcome(1, null, 5, 0, 10, null) { SignalEnds = ends }))!;
        read.SignalEnds.ShouldBe(ends);
        serializer.Deserialize(serializer.SerializeToArray(StrategyOutcome.Failed(1, 0, "x")))!.SignalEnds.ShouldBe(default);
    }

    [Fact]
    public void Counts_of_a_version_with_other_reasons_are_refused()
    {
        var converter = new StrategyOutcomeConverter();
        var wire = converter.ConvertToSurrogate(new StrategyOutcome(1, null, 5, 0, 10, null));
        Should.Throw<ArgumentException>(() => converter.ConvertFromSurrogate(wire with { SignalEnds = [.. wire.SignalEnds, 0] }))
            .Message.ShouldContain("run the same version everywhere");
    }
}
