namespace Granary.Engine.Brokerage;

/// <summary>Treatment of open trades when an account is handed over to a different production configuration.</summary>
internal enum HandOverPolicy : byte
{
    /// <summary>A strategy that both configurations define identically keeps its trades; others wind down.</summary>
    Keep,

    /// <summary>The strategy that entered a trade manages it to its end; waiting entries are cancelled.</summary>
    WindDown,

    /// <summary>Market orders close all trades when the next session starts; waiting entries are cancelled.</summary>
    Close,
}

/// <summary>Treatment of one open trade or pending entry at a handover.</summary>
internal enum TradeHandling : byte
{
    /// <summary>The new configuration has the same strategy, which keeps managing the trade.</summary>
    Kept,

    /// <summary>The strategy of the earlier configuration manages it to its end, and makes no new entries.</summary>
    WindsDown,

    /// <summary>A market order closes it.</summary>
    Closes,
}

/// <summary>A trade, or a waiting entry, that was open when its account switched to a different configuration.</summary>
/// <param name="Entry">Client order id of its entry.</param>
/// <param name="Strategy">The strategy's id in the journal.</param>
/// <param name="RunsAs">The id of the strategy that manages it in sessions after the switch.</param>
/// <param name="Configuration">SHA-256 of the configuration that defines this strategy.</param>
internal sealed record HandedTrade(string Entry, string Strategy, string Symbol, string RunsAs, string Configuration,
    TradeHandling Handling);

/// <summary>A production configuration that open trades still need.</summary>
/// <param name="Hash">SHA-256 of the text.</param>
/// <param name="Folder">Folder to which relative paths in it are resolved.</param>
internal sealed record EarlierConfiguration(string Hash, string Folder, string Text);

/// <summary>The account switched to a different production configuration, which sessions trade from here on.</summary>
/// <param name="Configuration">SHA-256 of the new configuration.</param>
/// <param name="Tag">Prefix of the client order ids of orders after the switch.</param>
/// <param name="Version">Number of the deployment.</param>
/// <param name="Symbols">The symbols of the journal's bars, which later sessions also take.</param>
/// <param name="Trades">Open trades and pending entries, and the treatment of each.</param>
/// <param name="Earlier">The configurations of strategies that only wind down or close.</param>
internal sealed record DeploymentSwitched(long Timestamp, string Configuration, string Tag, int Version, HandOverPolicy Policy,
    IReadOnlyList<string> Symbols, IReadOnlyList<HandedTrade> Trades, IReadOnlyList<EarlierConfiguration> Earlier, string Who, string Why)
    : JournalEvent(Timestamp);
