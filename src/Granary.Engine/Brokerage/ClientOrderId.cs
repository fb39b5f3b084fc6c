using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Engine.Brokerage;

/// <summary>
/// Makes and reads client order ids. They are derived, so that a restarted session asks for the same orders: <c>TAG-STRATEGY-TRADE-e</c>
/// for an entry, <c>-x1</c> for the first exit, <c>h</c> in the place of the strategy for an entry by hand.
/// </summary>
internal static class ClientOrderId
{
    private const string Hand = "h", EntryEnd = "-e";

    /// <summary>Returns the tag with which the ids of an account begin: 9 characters.</summary>
    /// <param name="origin">What tells the account, and its switches, from others.</param>
    public static string Tag(string origin) => "g" + HashOf(origin)[..8];

    /// <summary>Whether an id was made under a tag.</summary>
    public static bool Has(string id, string tag) => id.StartsWith(tag + "-", StringComparison.Ordinal);

    /// <param name="strategy">Index of the strategy; null for an entry by hand.</param>
    /// <param name="trade">Number of the trade, or of the entry by hand.</param>
    public static string Entry(string tag, int? strategy, int trade) => $"{TradeOf(tag, strategy, trade)}{EntryEnd}";

    /// <param name="number">Number of the exit of this trade, from 1.</param>
    /// <inheritdoc cref="Entry"/>
    public static string Exit(string tag, int? strategy, int trade, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{TradeOf(tag, strategy, trade)}-x{number}");

    /// <summary>Returns the id of an order that an adapter places for an entry.</summary>
    /// <param name="kind">s for a stop, t for a target, l for a liquidation.</param>
    /// <param name="number">Number of the leg of this entry, from 1.</param>
    public static string Leg(string entry, char kind, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{entry}-{kind}{number}");

    /// <summary>Returns the id for a venue that takes so many characters: the id itself if it fits, otherwise a hash of it.</summary>
    public static string Fit(string id, int length) => id.Length <= length ? id : "h" + HashOf(id)[..(length - 1)];

    /// <summary>Whether an id is of an entry by hand.</summary>
    public static bool IsByHand(string id) => id.Contains($"-{Hand}-", StringComparison.Ordinal);

    /// <summary>Returns the number in the id of an entry by hand.</summary>
    public static int HandNumberOf(string id) =>
        int.Parse(id.AsSpan()[(id.IndexOf($"-{Hand}-", StringComparison.Ordinal) + Hand.Length + 2)..^EntryEnd.Length],
            CultureInfo.InvariantCulture);

    private static string TradeOf(string tag, int? strategy, int trade) =>
        string.Create(CultureInfo.InvariantCulture, $"{tag}-{strategy?.ToString(CultureInfo.InvariantCulture) ?? Hand}-{trade}");

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
