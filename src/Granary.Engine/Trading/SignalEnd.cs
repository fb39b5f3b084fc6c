namespace Granary.Engine.Trading;

/// <summary>
/// End of a signal that opened no trade. <see cref="SignalEndTexts"/> defines each value. Digests have the numbers, so a new value comes
/// last.
/// </summary>
internal enum SignalEnd : byte
{
    Expired,
    Cancelled,
    NoCash,
    NoQuantity,
    NoStop,
    /// <summary>The bars ended before the entry filled.</summary>
    Unfilled,
    /// <summary>The order would have been smaller than the instrument permits.</summary>
    BelowMinimum,
    /// <summary>The symbol was delisted.</summary>
    Delisted,
    /// <summary>The symbol was not in the universe.</summary>
    NotMember,
    /// <summary>The price was 0 or less, and the entry counts in percent of it.</summary>
    PriceNotPositive,
    /// <summary>The quantity that a short position needs could not be borrowed.</summary>
    NotShortable,
}

/// <summary>Definitions of the ends of signals: how files, tables and notes say them.</summary>
internal static class SignalEndTexts
{
    /// <summary>The number of ends.</summary>
    internal const int Count = (int)SignalEnd.NotShortable + 1;

    private readonly record struct Text(string Word, string Title, string Sentence, string Counted, string? Refusal = null);

    private static Text Of(SignalEnd end) => end switch
    {
        SignalEnd.Expired => new("expired", "expired unfilled", "The entry's time was over before it filled.", "expired"),
        SignalEnd.Cancelled => new("cancelled", "cancelled", "The strategy withdrew the entry before it filled.", "cancelled"),
        SignalEnd.NoCash => new("no-cash", "no cash", "The strategy's own account could not pay for it.", "refused for cash",
            " by their strategy's own account, since its cash did not pay for them"),
        SignalEnd.NoQuantity => new("no-quantity", "quantity rounds to nothing", "The size came to less than one lot.",
            "less than one lot", ", since their size came to less than one lot. Use a larger size or more cash"),
        SignalEnd.NoStop => new("no-stop", "no stop to size on", "The size goes by the stop distance, and the entry had no stop.",
            "without the stop that riskPercent needs",
            ": size.riskPercent needs a stop, and they had none. Add stopLossPercent, or use another size"),
        SignalEnd.Unfilled => new("unfilled", "bars ended first", "The bars ended while the entry waited.",
            "unfilled when the bars ended"),
        SignalEnd.BelowMinimum => new("below-minimum", "below the minimum",
            "The size came to less than minQuantity or minNotional of its instrument.", "below the instrument's minimum",
            ", since their size came to less than minQuantity or minNotional of their instrument. Use a larger size or more cash"),
        SignalEnd.Delisted => new("delisted", "delisted", "The symbol was delisted.", "in a delisted symbol",
            ", since their symbol was delisted"),
        SignalEnd.NotMember => new("not-member", "not in the universe",
            "The symbol was not in the universe at the signal, or left it before the entry filled.", "outside of the universe",
            ", since their symbol was not in the universe then"),
        SignalEnd.PriceNotPositive => new("price-not-positive", "price not above 0",
            "The price was 0 or less, of which a percentage has no meaning.", "in percent of a price of 0 or less",
            ": a size, stop, target, trail or offset in percent has no meaning where the price is 0 or less. Use units and distances in "
                + "average true ranges"),
        SignalEnd.NotShortable => new("not-shortable", "not shortable",
            "At the signal, or at the fill, data.borrow had no more of the symbol to borrow.", "not shortable",
            ", since data.borrow had no more of their symbol to borrow"),
    };

    /// <summary>Its spelling in files: "no-cash".</summary>
    public static string Word(this SignalEnd end) => Of(end).Word;

    /// <summary>Its name in tables: "no cash".</summary>
    public static string Title(this SignalEnd end) => Of(end).Title;

    /// <summary>Its explanation.</summary>
    public static string Sentence(this SignalEnd end) => Of(end).Sentence;

    /// <summary>The words of a note after the number of such signals: "refused for cash".</summary>
    public static string Counted(this SignalEnd end) => Of(end).Counted;

    /// <summary>Whether the strategy's own account refused the entry at its signal.</summary>
    public static bool IsRefusal(this SignalEnd end) => Of(end).Refusal is not null;

    /// <summary>The words of a note after "signals were refused": the cause and the remedy; empty if the entry was not refused.</summary>
    public static string Refusal(this SignalEnd end) => Of(end).Refusal ?? "";
}
