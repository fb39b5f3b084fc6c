using Granary.Engine.Brokerage;
using Granary.Simulation.Batches;

namespace Granary.Trading.Live;

/// <summary>The prefix of the client order ids of an account, and the origin of earlier ones.</summary>
/// <param name="Tag">The prefix of order ids since the last switch.</param>
/// <param name="Handed">Trades from before the switch.</param>
internal sealed record OrderNames(string Tag, HandedTrades Handed)
{
    /// <summary>Returns the tag of an account: constant over its sessions until a switch, and different from that of other
    /// accounts.</summary>
    public static string TagOf(List<JournalEvent> past, BatchSpec spec, LiveOptions options) =>
        HandedTrades.LastSwitch(past)?.Tag ?? past.OfType<SessionStarted>().FirstOrDefault()?.Tag
        ?? ClientOrderId.Tag($"{options.Account}\n{spec.Name}\n{options.Configuration}");
}
