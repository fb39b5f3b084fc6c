using Granary.Engine.Brokerage;

namespace Granary.Trading.Live;

/// <summary>
/// Kinds of journal entries that a reader leaves out. Kinds that this version does not know are never left out: reading them is an error.
/// </summary>
public static class JournalKinds
{
    /// <summary>What a session does not need to continue: facts that follow from others, and reports.</summary>
    public static IReadOnlyList<string> BesideSession { get; } =
    [
        nameof(EntrySkipped), nameof(TradeChanged), nameof(PositionChanged), nameof(WeightsDecided), nameof(OrderChanged),
        nameof(SessionChanged), nameof(PortfolioActed),
    ];

    /// <summary>What an <see cref="AccountLedger"/> does not book.</summary>
    public static IReadOnlyList<string> BesideLedger { get; } = AllBut(nameof(OrderIntended), nameof(OrderAnswered), nameof(VenueReported),
        nameof(OrderClosed), nameof(Reconciled));

    /// <summary>What neither starts a session nor hands its account over.</summary>
    public static IReadOnlyList<string> BesideStarts { get; } = AllBut(nameof(SessionStarted), nameof(DeploymentSwitched));

    /// <summary>All known kinds but these.</summary>
    public static IReadOnlyList<string> AllBut(params ReadOnlySpan<string> kinds)
    {
        List<string> others = [.. JournalCodec.KindNames];
        foreach (var kind in kinds) others.Remove(kind);
        return others;
    }
}
