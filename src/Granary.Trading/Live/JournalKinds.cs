using Granary.Engine.Brokerage;

namespace Granary.Trading.Live;

/// <summary>
/// Kinds of journal entries that a reader can exclude. Kinds that are unknown to this version are never excluded, because reading them is
/// an error.
/// </summary>
internal static class JournalKinds
{
    /// <summary>Kinds that a session does not need to continue: facts that follow from others, and reports.</summary>
    public static IReadOnlyList<string> BesideSession { get; } =
    [
        nameof(TradeChanged), nameof(PositionChanged), nameof(WeightsDecided), nameof(OrderChanged),
        nameof(SessionChanged), nameof(PortfolioActed), nameof(ModelWatched),
    ];

    /// <summary>Kinds other than session starts and switches of deployment.</summary>
    public static IReadOnlyList<string> BesideStarts { get; } = AllBut(nameof(SessionStarted), nameof(DeploymentSwitched));

    /// <summary>Returns all known kinds except these.</summary>
    public static IReadOnlyList<string> AllBut(params ReadOnlySpan<string> kinds)
    {
        List<string> others = [.. JournalCodec.KindNames];
        foreach (var kind in kinds) others.Remove(kind);
        return others;
    }
}
