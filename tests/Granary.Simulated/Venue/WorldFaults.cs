using System.Runtime.CompilerServices;
using Granary.Exchanges.Tests.Server;
using Granary.Simulated.Kernel;

namespace Granary.Simulated.Venue;

/// <summary>The faults of a venue, drawn by the world.</summary>
internal sealed class WorldFaults(World world) : ServerFaults
{
    /// <summary>Share of the requests that never arrive, or whose answer never does: the client waits in vain.</summary>
    public double Losses { get; set; }

    /// <summary>Share of the requests that arrive seconds later.</summary>
    public double Stalls { get; set; }

    /// <summary>Share of the requests that are refused because there are too many.</summary>
    public double TooMany { get; set; }

    public override bool Draw(double share, [CallerArgumentExpression(nameof(share))] string name = "") =>
        world.Faults.Happens(name[(name.LastIndexOf('.') + 1)..], share);
}
