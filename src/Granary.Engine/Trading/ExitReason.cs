namespace Granary.Engine.Trading;

/// <summary>Cause of a trade's exit. <see cref="ExitReasonTexts"/> defines each value.</summary>
public enum ExitReason : byte
{
    /// <summary>Still open when the bars ended.</summary>
    Open,
    Signal,
    Stop,
    Target,
    TrailingStop,
    MaxBars,
    Time,
    /// <summary>The account's equity was below the maintenance requirement.</summary>
    MarginCall,
    /// <summary>Prices had moved the portfolio beyond a limit that holds at every bar.</summary>
    Limit,
    /// <summary>The next choice of a walk-forward took over the account.</summary>
    Handover,
    /// <summary>The account's equity reached zero and the account was closed.</summary>
    Ruined,
    /// <summary>Its symbol stopped trading, and it was closed at the last close.</summary>
    DataEnded,
    /// <summary>Its symbol was delisted.</summary>
    Delisted,
    /// <summary>The margin of the position had fallen to its maintenance margin, and the exchange took the position over.</summary>
    Liquidation,
    /// <summary>Its symbol had left the universe.</summary>
    LeftUniverse,
    /// <summary>An operator closed it.</summary>
    Operator,
    /// <summary>Its contract had expired, and it was settled in cash at the last price.</summary>
    Expired,
    /// <summary>The borrowed quantity was recalled.</summary>
    Recalled,
}

/// <summary>Definitions of the causes of exits: how files, tables and messages say them.</summary>
internal static class ExitReasonTexts
{
    private static (string Word, string Title, string Sentence) Of(ExitReason reason) => reason switch
    {
        ExitReason.Open => ("open", "still open", "The trade was open when the bars ended; its exit price is the last close."),
        ExitReason.Signal => ("signal", "signal", "The strategy closed the trade."),
        ExitReason.Stop => ("stop", "stop", "The price reached the stop; a gap beyond it fills at the open."),
        ExitReason.Target => ("target", "target", "The price reached the target."),
        ExitReason.TrailingStop => ("trailing-stop", "trailing stop",
            "The price fell back by the trailing distance from the best close since the entry, or with trailFrom: high from the "
                + "highest high."),
        ExitReason.MaxBars => ("max-bars", "bars held", "The trade had been open for maxBars bars."),
        ExitReason.Time => ("time", "time of day", "The time of day of exitAt had come."),
        ExitReason.MarginCall => ("margin-call", "margin call",
            "The equity was below what the positions need (execution.maintenancePercent)."),
        ExitReason.Limit => ("limit", "limit", "Prices had moved the portfolio beyond a limit that is enforced at every bar."),
        ExitReason.Handover => ("handover", "handover", "The next choice of a walk-forward took over the account."),
        ExitReason.Ruined => ("ruined", "ruined", "The account's equity had reached zero, and it was closed."),
        ExitReason.DataEnded => ("data-ended", "data ended",
            "The symbol stopped trading; the trade was closed at its last close (execution.atEnd: close)."),
        ExitReason.Delisted => ("delisted", "delisted", "The symbol was delisted; the trade was closed at the price of the delisting."),
        ExitReason.Liquidation => ("liquidation", "liquidation",
            "The margin had fallen to what the position requires (execution.margin), and the exchange took it over with the rest."),
        ExitReason.LeftUniverse => ("left-universe", "left universe",
            "The symbol had left the universe; the trade was closed at the next open (universe.onLeave: close), or at the last close if the "
                + "next bar was of its next membership."),
        ExitReason.Expired => ("expired", "expired",
            "The contract had expired, and no later one could take the position over; it was settled in cash at its last price."),
        ExitReason.Operator => ("operator", "operator", "An operator closed the trade, or all trades of the account."),
        ExitReason.Recalled => ("recalled", "recalled",
            "Less could be borrowed than was held short (data.borrow); the trade, or a part of it, was closed."),
    };

    /// <summary>Its spelling in files: "max-bars".</summary>
    public static string Word(this ExitReason reason) => Of(reason).Word;

    /// <summary>Its name in tables: "bars held".</summary>
    public static string Title(this ExitReason reason) => Of(reason).Title;

    /// <summary>Its explanation.</summary>
    public static string Sentence(this ExitReason reason) => Of(reason).Sentence;
}
