using System.Security.Cryptography;
using System.Text;
using Granary.Engine.Brokerage;
using Granary.Simulation.Batches;

namespace Granary.Trading.Live;

/// <summary>How the client order ids of an account are made, and whose the earlier ones are.</summary>
/// <param name="Tag">Begins the ids of orders since the last switch.</param>
/// <param name="Handed">Trades of before it.</param>
internal sealed record OrderNames(string Tag, HandedTrades Handed)
{
    /// <summary>The tag of an account: the same for all its sessions until it is handed over, and another for another account.</summary>
    public static string TagOf(List<JournalEvent> past, BatchSpec spec, LiveOptions options) =>
        HandedTrades.LastSwitch(past)?.Tag ?? past.OfType<SessionStarted>().FirstOrDefault()?.Tag
        ?? "g" + Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Account}\n{spec.Name}\n{options.Configuration}")))[..8];
}
