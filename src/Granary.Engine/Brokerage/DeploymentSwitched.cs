namespace Granary.Engine.Brokerage;

/// <summary>What becomes of open trades when an account is handed over to another production configuration.</summary>
public enum HandOverPolicy : byte
{
    /// <summary>A strategy that both configurations define alike keeps its trades; others wind down.</summary>
    Keep,

    /// <summary>Each trade ends by the rules of the strategy that entered it; entries that wait are cancelled.</summary>
    WindDown,

    /// <summary>Each trade is closed by a market order when the next session starts; entries that wait are cancelled.</summary>
    Close,
}

/// <summary>What becomes of one trade, or of an entry that waits.</summary>
public enum TradeHandling : byte
{
    /// <summary>The new configuration has the same strategy, which goes on with it.</summary>
    Kept,

    /// <summary>The strategy of the earlier configuration ends it by its own rules, and enters nothing more.</summary>
    WindsDown,

    /// <summary>A market order closes it.</summary>
    Closes,
}

/// <summary>A trade, or an entry that waits, that was open when its account was handed over.</summary>
/// <param name="Entry">Client order id of its entry.</param>
/// <param name="Strategy">The strategy's id in the journal.</param>
/// <param name="RunsAs">The id of the strategy that manages it in sessions after the switch.</param>
/// <param name="Configuration">SHA-256 of the configuration that defines this strategy.</param>
public sealed record HandedTrade(string Entry, string Strategy, string Symbol, string RunsAs, string Configuration, TradeHandling Handling);

/// <summary>A production configuration that open trades still need.</summary>
/// <param name="Hash">SHA-256 of the text.</param>
/// <param name="Folder">What relative paths in it are relative to.</param>
public sealed record EarlierConfiguration(string Hash, string Folder, string Text);

/// <summary>The account was handed over to another production configuration: sessions from here on trade that one.</summary>
/// <param name="Configuration">SHA-256 of the new configuration.</param>
/// <param name="Tag">Begins the client order ids of orders after the switch.</param>
/// <param name="Version">Number of the deployment.</param>
/// <param name="Symbols">The symbols of the journal's bars, in the order in which the bars number them.</param>
/// <param name="Trades">What was open, and what becomes of it.</param>
/// <param name="Earlier">The configurations of strategies that only wind down or close.</param>
public sealed record DeploymentSwitched(long Timestamp, string Configuration, string Tag, int Version, HandOverPolicy Policy,
    IReadOnlyList<string> Symbols, IReadOnlyList<HandedTrade> Trades, IReadOnlyList<EarlierConfiguration> Earlier, string Who, string Why)
    : JournalEvent(Timestamp);
