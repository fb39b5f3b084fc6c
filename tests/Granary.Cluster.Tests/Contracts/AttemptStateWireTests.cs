using Granary.Cluster.Portfolios;
using Granary.Cluster.Wire;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Trading.Live;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Granary.Cluster.Tests.Contracts;

/// <summary>A session's restarts are decided from what ended its attempt, which may have run on another silo.</summary>
public sealed class AttemptStateWireTests
{
    private static readonly LiveStatus s_status = new(LiveState.Paused, new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc), 7, 3, 1, 1.5,
        2.5, 3.5, 4.5, new Dictionary<string, double> { ["COINUSDT"] = 0.25 }, 1, 2, 3, 4, 5, 6, 7, 8, 9, "gone", null, double.NaN, 1,
        ["a note"]);

    public static TheoryData<Exception, bool> Faults => new()
    {
        { new InputException("the option is wrong"), false },
        { new BarDataException("the bars are wrong"), false },
        { new JournalException("the journal is away"), true },
        { new LeaseException("another session trades"), true },
        { new BarStoreException("the feed is away"), true },
        { new SiloUnavailableException("the silo is lost"), true },
        { new TaskCanceledException("a wait was ended"), true },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void The_fault_of_an_attempt_keeps_its_type_and_sentence_so_that_it_is_retried_as_on_its_own_silo(Exception fault, bool passes)
    {
        using var services = new ServiceCollection().AddWireFormat().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var read = serializer.Deserialize<AttemptState>(serializer.SerializeToArray(
            new AttemptState("here", "there", s_status, null, fault)))!;
        (read.Host, read.Gateway, read.Digest, read.IsOver).ShouldBe(("here", "there", null, true));
        (read.Status!.State, read.Status.Bars, read.Status.Positions["COINUSDT"], read.Status.JournalFault, read.Status.Notes.Single())
            .ShouldBe((LiveState.Paused, 7, 0.25, "gone", "a note"));
        (read.Fault!.GetType(), read.Fault.Message).ShouldBe((fault.GetType(), fault.Message));

        var restarts = new SessionRestarts(TimeProvider.System, e => e is OrleansException);
        Enumerable.Range(0, 30).All(_ => restarts.After(read.Fault, null) is not null).ShouldBe(passes);
    }
}
