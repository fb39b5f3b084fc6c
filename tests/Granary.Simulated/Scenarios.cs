using Granary.Simulated.Batches;
using Granary.Simulated.Journals;
using Granary.Simulated.Kernel;
using Granary.Simulated.Servers;
using Granary.Simulated.Sessions;
using Granary.Simulated.Venue;

namespace Granary.Simulated;

/// <summary>
/// The scenarios. A seed belongs to one of them, by its remainder; those without a share are for the tests of the simulator.
/// </summary>
internal static class Scenarios
{
    public static readonly IScenario[] All =
    [
        new JournalScenario(), new ServerScenario(), new SessionsScenario(onDisk: false), new SessionsScenario(onDisk: true),
        new VenueScenario(), new BatchScenario(),
        new Echo(), new Broken(),
    ];

    /// <summary>The scenario of a seed.</summary>
    public static IScenario Of(ulong seed)
    {
        var place = (int)(seed % (ulong)All.Sum(s => s.Share));
        foreach (var scenario in All)
        {
            if (place < scenario.Share) return scenario;
            place -= scenario.Share;
        }
        throw new InvalidOperationException("the shares add up");
    }
}
